import Foundation

/// Options that stand in a question's text: `Options: A: red, B: blue` or a line each.
enum OptionsInText {
    /// The question without its options, and these without their letters.
    /// - Returns: nil if the text ends in no options, at least A and B.
    static func split(_ text: String) -> (question: String, options: [String])? {
        for heading in ["Options:", "Choices:"] {
            guard let range = text.range(of: heading, options: .backwards),
                let options = options(text[range.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines))
            else { continue }
            let question = text[..<range.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
            return question.isEmpty ? nil : (question, options)
        }
        return nil
    }

    private static func options(_ text: String) -> [String]? {
        let styles: [(String) -> String] = [{ "\($0): " }, { "\($0). " }, { "(\($0)) " }, { "\($0)) " }]
        guard let style = styles.first(where: { text.hasPrefix($0("A")) }) else { return nil }
        var (options, rest) = ([String](), text.dropFirst(style("A").count))
        for letter in QuestionParts.letters.dropFirst() {
            let ends = [", ", ",\n", "\n"].compactMap { rest.range(of: $0 + style(letter)) }
            guard let end = ends.min(by: { $0.lowerBound < $1.lowerBound }) else { break }
            options.append(rest[..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines))
            rest = rest[end.upperBound...]
        }
        options.append(rest.trimmingCharacters(in: .whitespacesAndNewlines))
        return options.count > 1 ? options : nil
    }
}
