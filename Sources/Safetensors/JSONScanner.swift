/// A JSON value that keeps what Foundation's decoders lose: the order of members, repeated keys, and numbers as written.
enum JSONValue: Equatable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    struct Member: Equatable {
        let key: String
        let value: JSONValue
    }
}

/// Where a text stops being JSON, and why.
struct JSONSyntaxError: Error, Equatable {
    /// The offending byte, counted from 0.
    let offset: Int
    /// What was found or expected there, to follow "at byte N: ".
    let reason: String
}

/// A strict reader of JSON (RFC 8259) for the headers of safetensors files and the indexes of checkpoints.
///
/// It exists because these formats forbid repeated keys, which no decoder within reach reports. It accepts exactly
/// JSON: no comments, no trailing commas, no lone surrogates, nothing after the value but white space.
struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// Lists and objects may nest this deep, as in the reference; deeper text would exhaust the stack.
    private static let maximumDepth = 127

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Parses one JSON value.
    /// - Parameter bytes: the text, which must be valid UTF-8.
    /// - Returns: the value, its members in the order of the text, repeated ones included.
    /// - Throws: ``JSONSyntaxError`` where the text is not JSON.
    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        var scanner = JSONScanner(bytes)
        let value = try scanner.value()
        scanner.skipWhitespace()
        guard scanner.position == bytes.count else {
            throw scanner.error("something follows the end of the value")
        }
        return value
    }

    // MARK: Values

    private mutating func value() throws -> JSONValue {
        skipWhitespace()
        switch peek() {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return .number(try number())
        case nil: throw error("the text ends where a value must stand")
        default: throw error("a value must stand here")
        }
    }

    private mutating func nested(_ body: (inout JSONScanner) throws -> JSONValue) throws -> JSONValue {
        guard depth < Self.maximumDepth else {
            throw error("lists and objects are nested more than \(Self.maximumDepth) deep")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func object() throws -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        skipWhitespace()
        if take("}") { return .object(members) }
        while true {
            skipWhitespace()
            guard peek() == UInt8(ascii: "\"") else { throw error("a key in double quotes must stand here") }
            let key = try string()
            skipWhitespace()
            guard take(":") else { throw error("a colon must follow the key") }
            members.append(JSONValue.Member(key: key, value: try value()))
            skipWhitespace()
            if take("}") { return .object(members) }
            guard take(",") else { throw error("a comma or a closing brace must stand here") }
        }
    }

    private mutating func array() throws -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipWhitespace()
        if take("]") { return .array(elements) }
        while true {
            elements.append(try value())
            skipWhitespace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw error("a comma or a closing bracket must stand here") }
        }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw error("a value must stand here") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws -> String {
        let start = position
        _ = take("-")
        let leadingZero = peek() == UInt8(ascii: "0")
        let wholeDigits = try digits()
        guard !leadingZero || wholeDigits == 1 else { throw error("a number must not begin with 0") }
        if take(".") { _ = try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            _ = try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Passes over one digit or more and returns their number.
    private mutating func digits() throws -> Int {
        let start = position
        while let byte = peek(), Self.isDigit(byte) { position += 1 }
        guard position > start else { throw error("a digit must stand here") }
        return position - start
    }

    // MARK: Strings

    private mutating func string() throws -> String {
        position += 1
        var text = ""
        var start = position  // of the run of plain bytes not yet added to the text
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                text += String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                text.unicodeScalars.append(try escape())
                start = position
            case 0..<0x20:
                throw error("a control character stands unescaped in a string")
            default:
                position += 1
            }
        }
        throw error("the text ends inside a string")
    }

    private mutating func escape() throws -> Unicode.Scalar {
        let byte = peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default:
            position -= 1
            throw error("an unknown escape stands in a string")
        }
    }

    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let start = position
        let high = try hexadecimalQuad()
        if let scalar = Unicode.Scalar(high) { return scalar }
        // A surrogate: only a high one directly followed by a low one is a character.
        if (0xD800..<0xDC00).contains(high), take("\\"), take("u") {
            let low = try hexadecimalQuad()
            if (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
        }
        throw JSONSyntaxError(offset: start, reason: "half of a surrogate pair stands alone in a string")
    }

    private mutating func hexadecimalQuad() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("four hexadecimal digits must follow \\u")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func error(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: position, reason: reason)
    }
}
