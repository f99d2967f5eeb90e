import Foundation

/// Lists and dictionaries of texts as Python or JSON write them, which some columns hold.
///
/// Words need no quotes here and stay as they are written, `true` and `2.50` too: they become names of rows. Where values
/// count, as in the loading of benchmarks, literals are read as Python reads them.
enum ColumnLiteral {
    /// The texts of a list; a text that is no list is its only element.
    static func list(_ text: String) -> [String] {
        var reader = Reader(text)
        guard case .list(let values)? = reader.whole() else { return text.isEmpty ? [] : [text] }
        return values.compactMap(\.text)
    }

    /// The values of a dictionary by their keys, lists among them as they are written; empty for anything else.
    static func dictionary(_ text: String?) -> [String: String] {
        guard let text else { return [:] }
        var reader = Reader(text)
        guard case .dictionary(let pairs)? = reader.whole() else { return [:] }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private indirect enum Value {
        case text(String)
        case list([Value])
        case dictionary([(String, String)])

        var text: String? { if case .text(let text) = self { text } else { nil } }
    }

    private struct Reader {
        private let characters: [Character]
        private var place = 0
        private var depth = 0

        init(_ text: String) { characters = Array(text) }

        mutating func whole() -> Value? {
            let value = value()
            skipSpace()
            return place == characters.count ? value : nil
        }

        private mutating func skipSpace() {
            while place < characters.count, characters[place].isWhitespace { place += 1 }
        }

        private mutating func take(_ character: Character) -> Bool {
            skipSpace()
            guard place < characters.count, characters[place] == character else { return false }
            place += 1
            return true
        }

        private mutating func value() -> Value? {
            depth += 1
            defer { depth -= 1 }
            skipSpace()
            guard depth < 20, place < characters.count else { return nil }
            switch characters[place] {
            case "[": return elements("[", "]")
            case "(": return elements("(", ")")
            case "{": return pairs()
            case "'", "\"": return quoted().map { .text($0) }
            default:
                let word = characters[place...].prefix { !",:]})".contains($0) }
                place += word.count
                let text = String(word).trimmingCharacters(in: .whitespaces)
                return text.isEmpty ? nil : .text(text)
            }
        }

        private mutating func elements(_ open: Character, _ close: Character) -> Value? {
            guard take(open) else { return nil }
            var values: [Value] = []
            while !take(close) {
                guard let value = value() else { return nil }
                values.append(value)
                guard take(",") || (place < characters.count && characters[place] == close) else { return nil }
            }
            return .list(values)
        }

        private mutating func pairs() -> Value? {
            guard take("{") else { return nil }
            var pairs: [(String, String)] = []
            while !take("}") {
                guard let key = value()?.text, take(":") else { return nil }
                skipSpace()
                let start = place
                guard let value = value() else { return nil }
                pairs.append((key, value.text ?? String(characters[start..<place])))
                guard take(",") || (place < characters.count && characters[place] == "}") else { return nil }
            }
            return .dictionary(pairs)
        }

        private mutating func quoted() -> String? {
            let mark = characters[place]
            place += 1
            var text = ""
            while place < characters.count {
                let character = characters[place]
                place += 1
                if character == mark { return text }
                if character == "\\", place < characters.count {
                    let escaped = characters[place]
                    place += 1
                    text.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
                } else {
                    text.append(character)
                }
            }
            return nil
        }
    }
}
