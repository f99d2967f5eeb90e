import Foundation

/// Text made safe for where it stands.
enum Escaping {
    /// For HTML and SVG, between tags and between double or single quotes.
    ///
    /// Control characters, which XML cannot hold at all, become their pictures (␀ and so on).
    static func markup(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(visible(scalar))
            }
        }
        return result
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09, 0x0A: scalar
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80...0x9F, 0xFDD0...0xFDEF: "\u{FFFD}"
        case let value where value & 0xFFFE == 0xFFFE: "\u{FFFD}"
        default: scalar
        }
    }

    /// A JSON string with its quotes, safe within a script element: no `<`, so neither `</script` nor `<!--` can stand there.
    static func json(_ text: String) -> String {
        var result = "\""
        result.reserveCapacity(text.utf8.count + 2)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "<", ">", "&", "\u{2028}", "\u{2029}": result += escape(scalar)
            case _ where scalar.value < 0x20: result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// A field of a CSV file, quoted where it must be (RFC 4180).
    static func csv(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
            return text
        }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    /// A line of a CSV file.
    static func csvLine(_ fields: [String]) -> String {
        fields.map(csv).joined(separator: ",") + "\n"
    }

    /// The name of a file made of a title: letters, digits and hyphens.
    static func fileName(_ title: String) -> String {
        let isKept: (Character) -> Bool = { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
        let words = title.lowercased().split { !isKept($0) }.map { String($0) }
        return words.isEmpty ? "figure" : words.prefix(10).joined(separator: "-")
    }
}
