import Foundation

/// Texts without what stands around their words.
enum Plain {
    private typealias Scalars = Substring.UnicodeScalarView

    /// Without marks at either end, and without brackets and commands around all of it.
    static func bare(_ text: String) -> String {
        if isPlain(text.utf8.first), isPlain(text.utf8.last) { return text }
        var rest = Substring(text).unicodeScalars
        for _ in 0..<12 {
            let length = (rest.startIndex, rest.endIndex)
            strip(&rest)
            unwrap(&rest)
            if length == (rest.startIndex, rest.endIndex) { break }
        }
        return withoutLoneDollar(String(Substring(rest)))
    }

    /// Whether a letter or a digit of ASCII.
    private static func isPlain(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "*", "_", "`", "\"", "'", "“", "”", "‘", "’", "「", "」", ".", ",", ";", ":", "!", "?", "。", "，", "：", "#",
            "-", "–",
            "—", " ", "\t", "\n", "\r", ">":
            true
        default: !scalar.isASCII && scalar.properties.isWhitespace
        }
    }

    private static func strip(_ text: inout Scalars) {
        while let last = text.last, isMark(last) { text.removeLast() }
        while let first = text.first, isMark(first) {
            // A minus or a point in front of a digit is part of a number.
            if first == "-" || first == "–" || first == ".", isNumberBehind(text.dropFirst()) { return }
            text.removeFirst()
        }
    }

    /// Whether a number or a formula follows its sign.
    private static func isNumberBehind(_ text: Scalars) -> Bool {
        guard let first = text.first else { return false }
        switch first {
        case "0"..."9", ".", "\\", "$", "€", "£", "(", "√", "π", "½", "¼", "¾": return true
        // A small letter alone, as in `-x^2`.
        case "a"..."z": return text.dropFirst().first.map { !$0.properties.isAlphabetic } ?? true
        default: return first.properties.numericType != nil
        }
    }

    private static let pairs: [(open: [Unicode.Scalar], close: [Unicode.Scalar])] = [
        ("(", ")"), ("[", "]"), ("{", "}"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("<", ">"), ("（", "）"),
        ("【", "】"),
    ].map { (Array($0.0.unicodeScalars), Array($0.1.unicodeScalars)) }
    private static let wrappers = ["\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\boxed{", "\\textit{"].map {
        Array($0.unicodeScalars)
    }

    /// Without brackets, marks of formulas and commands around all of it.
    private static func unwrap(_ text: inout Scalars) {
        guard let first = text.first, "([{$\\<（【".unicodeScalars.contains(first) else { return }
        for (open, close) in pairs where open[0] == first && text.starts(with: open) {
            guard text.count > open.count + close.count, text.suffix(close.count).elementsEqual(close) else { continue }
            let inside = text.dropFirst(open.count).dropLast(close.count)
            if open.count == 1, open != close {
                // A tuple keeps its brackets.
                guard isBalanced(inside, open[0], close[0]), !inside.contains(",") else { continue }
            } else {
                guard !inside.contains("$"), !inside.starts(with: open) else { continue }
            }
            text = inside
            return
        }
        guard first == "\\", text.last == "}" else { return }
        for wrapper in wrappers where text.starts(with: wrapper) {
            let inside = text.dropFirst(wrapper.count).dropLast()
            if isBalanced(inside, "{", "}") { text = inside }
            return
        }
    }

    /// Whether brackets within a text belong together, so that those around it do.
    private static func isBalanced(_ text: Scalars, _ open: Unicode.Scalar, _ close: Unicode.Scalar) -> Bool {
        var depth = 0
        for scalar in text {
            if scalar == open { depth += 1 }
            if scalar == close { depth -= 1 }
            if depth < 0 { return false }
        }
        return true
    }

    /// With letters, digits and marks of full width in their usual form.
    static func narrowed(_ text: String) -> String {
        guard text.utf8.contains(0xEF) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard (0xFF01...0xFF5E).contains(scalar.value), let usual = Unicode.Scalar(scalar.value - 0xFEE0) else {
                result.append(scalar)
                continue
            }
            result.append(usual)
            if ",:;!?".unicodeScalars.contains(usual) { result.append(" ") }
        }
        return String(result)
    }

    /// What stands in `\text{...}` and the like, without the command.
    static func withoutCommands(_ text: String) -> String {
        guard text.utf8.count < 1000, text.contains("\\") else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "\\") {
            result += rest[..<mark]
            rest = rest[mark...]
            if let wrapper = wordCommands.first(where: rest.hasPrefix),
                let close = rest.dropFirst(wrapper.count).firstIndex(of: "}")
            {
                result += rest[rest.index(rest.startIndex, offsetBy: wrapper.count)..<close]
                rest = rest[rest.index(after: close)...]
            } else if rest.hasPrefix("\\ ") {
                result += " "
                rest = rest.dropFirst(2)
            } else {
                result += "\\"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static let wordCommands = [
        "\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\textit{", "\\textrm{",
    ]

    /// Without a dollar sign that has no other.
    private static func withoutLoneDollar(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")), text.count(where: { $0 == "$" }) == 1 else { return text }
        if text.hasSuffix("$") { return String(text.dropLast()) }
        return text.hasPrefix("$") && text.dropFirst().first?.isLetter == true ? String(text.dropFirst()) : text
    }

    /// For comparing words: small letters without accents, single spaces, no article in front.
    static func words(_ text: String) -> String {
        var words = withoutAccents(bare(text)).lowercased().split(whereSeparator: { $0.isWhitespace }).map(String.init)
        if words.count > 1, let first = words.first, ["the", "a", "an"].contains(first) { words.removeFirst() }
        if words.count <= 4, words.starts(with: ["none", "of"]), let last = words.last, nothings.contains(last) {
            return "none of the above"
        }
        return words.map { $0 == "&" ? "and" : $0 }.joined(separator: " ")
    }

    private static let nothings: Set<String> = ["above", "these", "them", "those", "options", "choices", "answers"]

    private static func withoutAccents(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return text.folding(options: .diacriticInsensitive, locale: nil)
    }
}
