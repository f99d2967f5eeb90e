/// JSON as the two reference writers spell it, byte for byte: `serde_json` for headers, Python's `json` for indexes.
enum JSONText {
    /// `text` as a JSON string, quotes included.
    /// - Parameters:
    ///   - text: any string.
    ///   - asciiOnly: whether everything outside printable ASCII is escaped, as Python does and serde does not.
    /// - Returns: the quoted string.
    static func quoted(_ text: String, asciiOnly: Bool = false) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && (!asciiOnly || byte <= 0x7E) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        if isPlain { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 || (asciiOnly && scalar.value > 0x7E) {
                    for unit in UTF16.encode(scalar) ?? .init() { result += escaped(unit) }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func escaped(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension JSONValue {
    /// The value as compact JSON, cut after some 80 characters: for error messages.
    var excerpt: String {
        let text = compactText
        return text.count <= 80 ? text : text.prefix(77) + "..."
    }

    private var compactText: String {
        switch self {
        case .object(let members):
            "{" + members.map { JSONText.quoted($0.key) + ":" + $0.value.compactText }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.compactText).joined(separator: ", ") + "]"
        case .string(let text): JSONText.quoted(text)
        case .number(let digits): digits
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        }
    }
}
