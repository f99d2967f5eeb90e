import Foundation

/// Answers that are given as a JSON object: `{"answer": "C"}`, in a fence or behind prose.
enum ObjectAnswer {
    private static let names: Set<String> = [
        "answer", "finalanswer", "correctanswer", "option", "choice", "correctoption", "correctchoice", "finalchoice",
        "selectedoption",
    ]
    private static let mostBytes = 8000

    /// The value that is called the answer; nil if the text does not end in such an object.
    static func value(in text: String) -> String? {
        var rest = text.trimmed[...]
        if rest.hasSuffix("```") { rest = rest.dropLast(3).trimmed[...] }
        guard rest.hasSuffix("}"), rest.utf8.count <= mostBytes, let start = start(of: rest),
            let object = try? JSONSerialization.jsonObject(with: Data(rest[start...].utf8)) as? [String: Any]
        else { return nil }
        let values = object.filter { names.contains($0.key.lowercased().filter(\.isLetter)) }.map(\.value)
        guard values.count == 1, let value = values.first else { return nil }
        switch value {
        case let text as String: return text.trimmed
        case let number as NSNumber where "\(type(of: number))".contains("Bool"): return number.boolValue ? "Yes" : "No"
        case let number as NSNumber: return number.stringValue
        default: return nil
        }
    }

    /// Where the object begins: at the beginning of the text or of a line.
    private static func start(of text: Substring) -> Substring.Index? {
        if text.first == "{" { return text.startIndex }
        var place = text.endIndex
        while let line = text[..<place].lastIndex(where: \.isNewline) {
            let next = text[text.index(after: line)...].first { !$0.isWhitespace }
            if next == "{" { return text.index(after: line) }
            place = line
        }
        return nil
    }
}
