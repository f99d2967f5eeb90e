import Foundation

extension Question {
    /// Whether a response gives the right answer.
    /// - Parameter response: what was written, with or without thoughts before it.
    /// - Returns: true if ``reading(of:)`` is the right answer.
    public func accepts(_ response: String) -> Bool { reading(of: response) == Self.plain(answerText) }

    /// The answer that a response gives, in plain words.
    ///
    /// Of options the letter counts (`B`, `B.`, `(B)`, `B. red`) or the text, but no letter in prose: "A blue boat" names none.
    /// A free answer is readable if it is of the kind that was asked for: a number, a colour, a shape, a place, yes or no.
    /// - Parameter response: what was written.
    /// - Returns: the text of the option that was named, or the words, case and a last full stop aside, numbers in digits;
    ///   nil if it cannot be read as an answer to this question.
    public func reading(of response: String) -> String? {
        guard let text = AnswerReading.final(in: response).map(Self.plain) else { return nil }
        guard options.isEmpty else { return option(text) }
        if Int(Self.plain(answerText)) != nil { return Int(text).map { "\($0)" } }
        let words = Self.vocabularies.first { $0.contains(Self.plain(answerText)) }
        return words?.contains(text) == true ? text : nil
    }

    /// The option that a text names, by its letter, by its words, or by both.
    private func option(_ text: String) -> String? {
        let plain = options.map(Self.plain)
        if plain.contains(text) { return text }
        for (letter, words) in zip(Self.letters.map({ $0.lowercased() }), plain) {
            let marks = ["(\(letter))", "(\(letter)).", "\(letter).", "\(letter))", "\(letter):"]
            if text == letter || marks.contains(text) { return words }
            // Letter and words must name the same option.
            for mark in marks
            where text.hasPrefix(mark + " ") && Self.plain(String(text.dropFirst(mark.count))) == words {
                return words
            }
        }
        return nil
    }

    /// A text without what does not make it another: case, blanks at the ends, a last full stop; numbers in digits.
    static func plain(_ text: String) -> String {
        var text = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        if text.hasSuffix(".") { text = String(text.dropLast()).trimmingCharacters(in: .whitespacesAndNewlines) }
        if let number = numbers.firstIndex(of: text) { return "\(number)" }
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
    /// - Parameter response: what was written.
    /// - Returns: what stands in the last `<answer>...</answer>`; without one, what follows `</think>`; without that, all of
    ///   it; nil if an answer is begun and not closed.
    public static func final(in response: String) -> String? {
        if let end = response.range(of: "</answer>", options: .backwards),
            let start = response.range(of: "<answer>", options: .backwards, range: response.startIndex..<end.lowerBound)
        {
            return String(response[start.upperBound..<end.lowerBound])
        }
        if response.contains("<answer>") { return nil }
        guard let thought = response.range(of: "</think>", options: .backwards) else { return response }
        return String(response[thought.upperBound...])
    }
}
