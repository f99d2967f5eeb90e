/// Texts without what stands around their words.
enum Plain {
    private static let marks: Set<Character> = [
        "*", "_", "`", "\"", "'", "“", "”", "‘", "’", "「", "」", ".", ",", ";", ":", "!", "?", "。", "，", "：", "#", "-",
        "–", "—", " ", "\t", ">",
    ]
    private static let pairs: [(String, String)] = [
        ("(", ")"), ("[", "]"), ("{", "}"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("<", ">"), ("（", "）"),
        ("【", "】"),
    ]
    private static let wrappers = ["\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\boxed{", "\\textit{"]

    /// Without marks at either end, and without brackets and commands around all of it.
    static func bare(_ text: String) -> String {
        var result = text.trimmed
        if isPlain(result.utf8.first), isPlain(result.utf8.last) { return result }
        for _ in 0..<12 {
            let before = result
            result = strip(result)
            for (open, close) in pairs
            where result.count > open.count + close.count && result.hasPrefix(open) && result.hasSuffix(close)
                && isPair(result, open, close)
            {
                result = String(result.dropFirst(open.count).dropLast(close.count)).trimmed
            }
            for wrapper in wrappers where result.hasPrefix(wrapper) && result.hasSuffix("}") {
                result = String(result.dropFirst(wrapper.count).dropLast()).trimmed
            }
            if result == before { break }
        }
        return result
    }

    /// Whether a letter or a digit of ASCII.
    private static func isPlain(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func strip(_ text: String) -> String {
        var characters = Array(text)[...]
        while let last = characters.last, marks.contains(last) { characters.removeLast() }
        while let first = characters.first, marks.contains(first) {
            // A minus or a point in front of a digit is part of a number.
            if characters.count > 1, first == "-" || first == "–" || first == ".",
                characters[characters.startIndex + 1].isNumber
                    || ".\\$€£(√π".contains(characters[characters.startIndex + 1])
                    || isVariable(characters, at: characters.startIndex + 1)
            {
                break
            }
            characters.removeFirst()
        }
        return String(characters)
    }

    /// Whether a small letter stands alone, as in `-x^2`.
    private static func isVariable(_ characters: ArraySlice<Character>, at index: Int) -> Bool {
        characters[index].isLowercase && (index + 1 == characters.endIndex || !characters[index + 1].isLetter)
    }

    /// Whether brackets at both ends belong together.
    private static func isPair(_ text: String, _ open: String, _ close: String) -> Bool {
        guard open.count == 1, open != close, let opening = open.first, let closing = close.first else {
            return !text.dropFirst(open.count).dropLast(close.count).contains(open)
        }
        // A tuple keeps its brackets.
        if text.contains(",") { return false }
        var depth = 0
        for (index, character) in text.enumerated() {
            if character == opening { depth += 1 }
            if character == closing { depth -= 1 }
            if depth == 0, index < text.count - 1 { return false }
        }
        return true
    }

    /// For comparing words: small letters, single spaces, no article in front.
    static func words(_ text: String) -> String {
        var words = bare(text).lowercased().split(whereSeparator: { $0.isWhitespace }).map(String.init)
        if words.count > 1, let first = words.first, ["the", "a", "an"].contains(first) { words.removeFirst() }
        return words.map { $0 == "&" ? "and" : $0 }.joined(separator: " ")
    }
}
