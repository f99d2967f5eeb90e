extension MathTokens {
    /// Digits with groups of three, a point, and an exponent directly behind.
    mutating func number() {
        var digits = ""
        var isGrouped = false
        while isDigit(place) {
            digits.unicodeScalars.append(text[place])
            place += 1
            if digits.count <= 3 || isGrouped { isGrouped = skipGroupMark(digits.count, isGrouped) || isGrouped }
        }
        if place + 1 < text.count, text[place] == ".",
            isDigit(place + 1) || place + 1 == text.count || text[place + 1] == "\\"
        {
            digits += "."
            place += 1
            while isDigit(place) {
                digits.unicodeScalars.append(text[place])
                place += 1
            }
        }
        if digits.hasPrefix(".") { digits = "0" + digits }
        if place < text.count, text[place] == "e" || text[place] == "E" {
            var ahead = place + 1
            if ahead < text.count, text[ahead] == "+" || text[ahead] == "-" { ahead += 1 }
            if isDigit(ahead) {
                digits += "e"
                place += 1
                while place < ahead || isDigit(place) {
                    if text[place] != "+" { digits.unicodeScalars.append(text[place]) }
                    place += 1
                }
            }
        }
        if digits.contains("."), !digits.contains("e"), repeating(digits) { return }
        tokens.append(.number(digits))
    }

    /// Decimals that come again for ever, `0.1\overline{6}`, as the fraction that they are; false if none follow.
    private mutating func repeating(_ digits: String) -> Bool {
        let mark: StaticString = "\\overline{"
        guard stands(mark, at: place) else { return false }
        let again = text[(place + mark.utf8CodeUnitCount)...].prefix { ("0"..."9").contains($0) }
        guard !again.isEmpty, again.count <= 40, again.endIndex < text.count, text[again.endIndex] == "}" else {
            return false
        }
        place = again.endIndex + 1
        let fixed = digits.split(separator: ".", omittingEmptySubsequences: false).last?.count ?? 0
        let below = String(repeating: "9", count: again.count) + String(repeating: "0", count: fixed)
        tokens += [
            .mark("("), .number(digits), .mark("+"), .number(string(again.startIndex..<again.endIndex)), .mark("/"),
            .number(below), .mark(")"),
        ]
        return true
    }

    /// A comma, or LaTeX's thin space, with exactly three digits behind.
    private mutating func skipGroupMark(_ count: Int, _ isGrouped: Bool) -> Bool {
        guard place < text.count else { return false }
        let length: Int
        switch text[place] {
        case ",", " ", "\u{202F}", "\u{A0}": length = 1
        case "{" where stands("{,}", at: place): length = 3
        case "\\" where stands("\\,", at: place) || stands("\\ ", at: place): length = 2
        case "\\" where stands("\\!,", at: place): length = 3
        default: return false
        }
        let end = place + length
        guard isDigit(end), isDigit(end + 1), isDigit(end + 2), !isDigit(end + 3), tokensAllowGroups,
            text[place] != " " || !isFraction(behind: end + 3)
        else { return false }
        place = end
        return true
    }

    /// Whether a slash follows: `1 100/200` is a mixed number.
    private func isFraction(behind index: Int) -> Bool {
        text[index...].first { !$0.properties.isWhitespace } == "/"
    }

    /// Within brackets a comma stands between members.
    private var tokensAllowGroups: Bool {
        !tokens.contains { [.mark("("), .mark("["), .mark("{"), .mark("\u{2774}")].contains($0) }
    }

    /// Raised digits as an exponent; those of squares and cubes alone stand for themselves.
    mutating func superscript() -> Bool {
        let raised = "⁰¹²³⁴⁵⁶⁷⁸⁹".unicodeScalars
        var digits = ""
        var end = place
        let isNegative = text[end] == "⁻"
        if isNegative { end += 1 }
        while end < text.count, let index = raised.firstIndex(of: text[end]) {
            digits += String(raised.distance(from: raised.startIndex, to: index))
            end += 1
        }
        guard !digits.isEmpty, isNegative || digits.count > 1 || !["2", "3"].contains(digits) else { return false }
        tokens += [.mark("^"), .mark("{")] + (isNegative ? [.mark("-")] : []) + [.number(digits), .mark("}")]
        place = end
        return true
    }

    static func isOhm(_ scalar: Unicode.Scalar) -> Bool { scalar == "Ω" || scalar == "\u{2126}" }

    /// Units in letters of other scripts: Ω, µA, 厘米, and what is counted in Chinese: 个.
    mutating func foreignUnit() -> Bool {
        guard !text[place].isASCII else { return false }
        if Self.isOhm(text[place]) {
            place += 1
            tokens.append(.word("ohm"))
            return true
        }
        if text[place] == "µ" || text[place] == "μ" {
            var end = place + 1
            while end < text.count, text[end].properties.isAlphabetic { end += 1 }
            guard Unit(string(place..<end)) != nil else { return false }
            tokens.append(.word(string(place..<end)))
            place = end
            return true
        }
        var end = place
        while end < text.count, (0x4E00...0x9FFF).contains(text[end].value) { end += 1 }
        let isBelow = tokens.last == .mark("/") && tokens.count > 1
        guard isBelow || { if case .number? = tokens.last { true } else { false } }(),
            let name = Unit.name(ofChinese: string(place..<end))
        else { return false }
        tokens.append(.word(name))
        place = end
        return true
    }

    /// `\Omega` behind a number, with a prefix or without, is the unit and no letter.
    mutating func ohms() -> Bool {
        switch tokens.last {
        case .number:
            tokens.append(.word("ohm"))
            return true
        case .letter(let prefix) where tokens.count > 1 && Unit(String(prefix) + "Ω") != nil:
            guard case .number = tokens[tokens.count - 2] else { return false }
            tokens[tokens.count - 1] = .word(String(prefix) + "Ω")
            return true
        default: return false
        }
    }
}
