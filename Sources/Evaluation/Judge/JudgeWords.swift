import Foundation

/// What a judge's words mean.
enum JudgeWords {
    /// What was extracted.
    enum Extract: Equatable {
        /// A short answer.
        case found(String)
        /// The response holds no answer.
        case nothing
    }

    /// The longest text that can be an extract and not a discussion of one.
    private static let longestExtract = 400

    /// The words without the label that judges like to repeat, and without marks around them.
    static func bare(_ words: String, labels: [String]) -> String {
        var text = words.trimmingCharacters(in: .whitespacesAndNewlines)
        for label in labels where text.lowercased().hasPrefix(label + ":") {
            text = text.dropFirst(label.count + 1).trimmingCharacters(in: .whitespacesAndNewlines)
            break
        }
        for mark in ["**", "`", "\""]
        where text.count > 2 * mark.count && text.hasPrefix(mark) && text.hasSuffix(mark) {
            let inner = text.dropFirst(mark.count).dropLast(mark.count)
            if !inner.contains(mark) { text = String(inner) }
        }
        return text
    }

    /// The short answer; nil if the words are none.
    static func extract(_ words: String) -> Extract? {
        let text = bare(words, labels: ["extracted answer", "final answer", "answer"])
        guard !text.isEmpty, text.count <= longestExtract else { return nil }
        let word = text.hasSuffix(".") ? String(text.dropLast()) : text
        return ["none", "no answer"].contains(word.lowercased()) ? .nothing : .found(text)
    }

    /// Whether the answers are the same; nil if the words say neither.
    static func comparison(_ words: String) -> Bool? {
        var text = bare(words, labels: ["same", "judgement", "judgment"])
        if text.hasSuffix(".") { text.removeLast() }
        return ["1": true, "0": false][text]
    }

    /// The option that is meant, `Z` for none of them; nil if the words are no letter of these.
    static func letter(_ words: String, of letters: [String]) -> String? {
        var text = bare(words, labels: ["letter", "answer"])
        if text.hasPrefix("("), let end = text.firstIndex(of: ")") {
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if let end = text.firstIndex(where: { ".:)".contains($0) || $0.isWhitespace }) {
            // "B. a tent", "B: a tent", but not "A boat".
            text = text[end].isWhitespace ? text : String(text[..<end])
        }
        return (letters + ["Z"]).first { $0 == text }
    }

    /// `Yes`, `No`, or nothing for unknown; nil if the words are none of these.
    static func yesNo(_ words: String) -> Extract? {
        var text = bare(words, labels: ["word", "answer", "output"])
        if text.hasSuffix(".") { text.removeLast() }
        return ["yes": .found("Yes"), "no": .found("No"), "unknown": .nothing][text.lowercased()]
    }
}
