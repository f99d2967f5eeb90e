/// The words of a text that belong to a language, not to a formula.
enum LanguageWords {
    private static let short = Language.byWords.reduce(into: Set<String>()) { $0.formUnion($1.commonWords) }
    /// The furthest that a formula between dollars reaches, in tokens.
    private static let longestFormula = 200

    /// The places of the words.
    static func places(_ text: TextWords) -> [Int] {
        let tokens = text.tokens
        var (result, place, lastDollar) = ([Int](), 0, -1)
        // For every dollar the next one on its line, from behind.
        var closing: [Int: Int] = [:]
        for place in tokens.indices.reversed() where tokens[place].kind == .mark || tokens[place].kind == .newline {
            if tokens[place].kind == .newline { lastDollar = -1 }
            guard tokens[place].text == "$" else { continue }
            if lastDollar > 0, lastDollar - place <= longestFormula { closing[place] = lastDollar }
            lastDollar = place
        }
        while place < tokens.count {
            if let end = closing[place] {
                place = end + 1
                continue
            }
            if isLanguage(tokens, place) { result.append(place) }
            place += 1
        }
        return result
    }

    private static func isLanguage(_ tokens: [TextWords.Token], _ place: Int) -> Bool {
        let token = tokens[place]
        guard token.kind == .word || token.kind == .ideograph else { return false }
        if place > 0, ["\\", "<", "/"].contains(tokens[place - 1].text) { return false }
        guard token.text.utf8.allSatisfy({ $0 < 0x80 }) else { return true }
        if token.isCapitals { return token.text == "i" }
        if token.text.utf8.count <= 2 { return short.contains(token.text) }
        return token.text.utf8.contains { "aeiouy".utf8.contains($0) }
    }
}
