import Foundation

/// A value as Python writes it: what tables hold where a list or a dictionary was written as text.
enum PythonLiteral: Equatable {
    /// A text, or a number, a truth value or None in Python's own words.
    case text(String)
    /// A list, tuple or set.
    case list([PythonLiteral])
    /// A dictionary whose keys are texts.
    case dictionary([String: PythonLiteral])

    /// Reads a literal.
    /// - Returns: nil if the text is none.
    init?(_ text: String) {
        var parser = LiteralParser(bytes: Array(text.utf8))
        guard let value = parser.value(), parser.isAtEnd() else { return nil }
        self = value
    }

    /// What Python's `str` gives of a text or number; nil for others.
    var plain: String? {
        if case .text(let text) = self { return text }
        return nil
    }
}

/// Reads literals from bytes of UTF-8.
private struct LiteralParser {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    mutating func isAtEnd() -> Bool {
        skipBlanks()
        return position == bytes.count
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func value() -> PythonLiteral? {
        skipBlanks()
        guard position < bytes.count, depth < 64 else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch bytes[position] {
        case UInt8(ascii: "["): return items(until: "]").map { .list($0) }
        case UInt8(ascii: "("): return items(until: ")").map { .list($0) }
        case UInt8(ascii: "{"): return braces()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return texts().map { .text($0) }
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard position + 1 < bytes.count, [0x22, 0x27].contains(bytes[position + 1]) else { return word() }
            position += 1
            return texts().map { .text($0) }
        default: return word()
        }
    }

    private mutating func items(until end: Character) -> [PythonLiteral]? {
        position += 1
        var items: [PythonLiteral] = []
        while !take(end) {
            guard let item = value() else { return nil }
            items.append(item)
            guard take(",") else { return take(end) ? items : nil }
        }
        return items
    }

    private mutating func braces() -> PythonLiteral? {
        position += 1
        var (members, items): ([String: PythonLiteral], [PythonLiteral]) = ([:], [])
        while !take("}") {
            guard let key = value() else { return nil }
            if take(":") {
                guard let name = key.plain, let member = value() else { return nil }
                members[name] = member
            } else {
                items.append(key)
            }
            guard take(",") || position < bytes.count && bytes[position] == UInt8(ascii: "}") else { return nil }
        }
        return items.isEmpty ? .dictionary(members) : members.isEmpty ? .list(items) : nil
    }

    /// A number, a truth value or None.
    private mutating func word() -> PythonLiteral? {
        let begin = position
        while position < bytes.count, isWord(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[begin..<position], as: UTF8.self)
        if ["True", "False", "None", "nan", "inf"].contains(text) { return .text(text) }
        guard !text.isEmpty, let number = Double(text.filter { $0 != "_" }) else { return nil }
        // Python writes 2.50 as 2.5.
        return .text(Int(text).map(String.init) ?? "\(number)")
    }

    private func isWord(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
            || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-._".utf8.contains(byte)
    }

    /// One text or several side by side, which are one.
    private mutating func texts() -> String? {
        var text: [UInt8] = []
        repeat {
            guard let part = quoted() else { return nil }
            text += part
            skipBlanks()
        } while position < bytes.count && [0x22, 0x27].contains(bytes[position])
        return String(validating: text, as: UTF8.self)
    }

    private mutating func quoted() -> [UInt8]? {
        let quote = bytes[position]
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            // Pictures stand in such lists: what is plain is taken at once.
            let end = min(
                ByteSearch.first(quote, in: bytes, from: position, to: bytes.count),
                ByteSearch.first(UInt8(ascii: "\\"), in: bytes, from: position, to: bytes.count))
            text += bytes[position..<end]
            position = end
            guard position < bytes.count else { return nil }
            position += 1
            if bytes[end] == quote { return text }
            guard let escaped = escape() else { return nil }
            text += escaped
        }
        return nil
    }

    /// What follows a backslash.
    private mutating func escape() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "a"): return [0x07]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "v"): return [0x0B]
        case UInt8(ascii: "0"): return [0x00]
        case 0x0A: return []
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [byte]
        case UInt8(ascii: "x"): return scalar(digits: 2)
        case UInt8(ascii: "u"): return scalar(digits: 4)
        case UInt8(ascii: "U"): return scalar(digits: 8)
        // Python leaves the backslash where it means nothing.
        default: return [UInt8(ascii: "\\"), byte]
        }
    }

    private mutating func scalar(digits: Int) -> [UInt8]? {
        guard position + digits <= bytes.count,
            let number = UInt32(String(decoding: bytes[position..<position + digits], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(number)
        else { return nil }
        position += digits
        return Array(String(Character(scalar)).utf8)
    }
}
