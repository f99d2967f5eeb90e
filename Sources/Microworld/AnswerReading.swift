import Foundation

extension Question {
    /// Whether a response gives the right answer.
    /// - Parameter response: what was written, with or without thoughts before it.
    /// - Returns: true if ``reading(of:)`` is the right answer.
    public func accepts(_ response: String) -> Bool { reading(of: response) == plain(answerText) }

    /// The answer that a response gives, in plain words.
    ///
    /// Of options the letter counts (`B`, `B.`, `(B)`, `B. red`) or the text, but no letter in prose: "A blue boat"
    /// names none. A free answer is readable if it is of the kind that was asked for: a number, a colour, a shape, a
    /// place, yes or no. Numbers are read alike in both: `3`, `03`, `+3` and `three`, of angles also `60 degrees` and
    /// `60°`.
    /// - Parameter response: what was written.
    /// - Returns: the text of the option that was named, or the words, case and a last full stop aside, numbers in
    ///   digits; nil if it cannot be read as an answer to this question.
    public func reading(of response: String) -> String? {
        guard let text = AnswerReading.final(in: response).map(plain) else { return nil }
        guard options.isEmpty else { return option(text) }
        if Int(plain(answerText)) != nil { return Int(text) == nil ? nil : text }
        let words = Self.vocabularies.first { $0.contains(plain(answerText)) }
        return words?.contains(text) == true ? text : nil
    }

    /// The option that a text names, by its letter, by its words, or by both.
    private func option(_ text: String) -> String? {
        let plain = options.map(self.plain)
        if plain.contains(text) { return text }
        for (letter, words) in zip(Self.letters.map({ $0.lowercased() }), plain) {
            if text == letter { return words }
            // Letter and words must name the same option.
            for mark in ["(\(letter)).", "(\(letter)):", "(\(letter))", "\(letter).", "\(letter))", "\(letter):"]
            where text.hasPrefix(mark) {
                let rest = self.plain(String(text.dropFirst(mark.count)))
                if rest.isEmpty || rest == words { return words }
            }
        }
        return nil
    }

    /// A text without what does not make it another: case, blanks at the ends, a last full stop; numbers in digits.
    private func plain(_ text: String) -> String {
        var text = AnswerReading.plain(text)
        if query == .thirdAngle, let unit = ["degrees", "degree", "°"].first(where: { text.hasSuffix($0) }) {
            text = AnswerReading.plain(String(text.dropLast(unit.count)))
        }
        if let number = Self.numbers.firstIndex(of: text) ?? Int(text) { return "\(number)" }
        return text
    }

    private static let numbers = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ]

    /// The words that answer a question which no number answers.
    private static let vocabularies = [
        SceneColor.allCases.map(\.rawValue), ShapeKind.allCases.map(\.rawValue), Grid(side: 3).names, ["yes", "no"],
    ]
}

/// Finds the answer in a response.
public enum AnswerReading {
    /// The part of a response that is its answer.
    ///
    /// Thoughts are no answer, whatever they contain. A closed answer counts although another is begun behind it and
    /// never closed, and although a stray `</answer>` follows.
    /// - Parameter response: what was written.
    /// - Returns: of what follows the last `</think>`, or of all if there is none: what stands in the last
    ///   `<answer>...</answer>`, or the whole where no answer is begun; nil if an answer is begun and none closed, or a
    ///   thought is not closed.
    public static func final(in response: String) -> String? {
        let thought = response.range(of: "</think>", options: .backwards)
        let said = response[(thought?.upperBound ?? response.startIndex)...]
        guard !said.contains("<think>") else { return nil }
        if let last = said.range(of: "</answer>", options: .backwards),
            let start = said.range(of: "<answer>", options: .backwards, range: said.startIndex..<last.lowerBound),
            let end = said.range(of: "</answer>", range: start.upperBound..<said.endIndex)
        {
            return String(said[start.upperBound..<end.lowerBound])
        }
        return said.contains("<answer>") ? nil : String(said)
    }

    /// A text without what does not make it another answer.
    /// - Parameter text: an answer.
    /// - Returns: the text in small letters, without blanks at its ends and without a last full stop.
    public static func plain(_ text: String) -> String {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        return text.hasSuffix(".") ? String(text.dropLast()).trimmingCharacters(in: .whitespacesAndNewlines) : text
    }
}
