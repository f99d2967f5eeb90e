import Mathematics

/// The options that stand in a question's text, a line each: `A:40°`, `(B) 50°`.
enum QuestionChoices {
    /// Those options; none if the lines are no options from A on.
    static func read(_ question: String?) -> [Exercise.Choice] {
        guard let question, question.utf8.count < 10_000 else { return [] }
        var found: [Exercise.Choice] = []
        for line in question.split(whereSeparator: \.isNewline) {
            var rest = Substring(String(line).trimmed)
            if rest.first == "(" { rest = rest.dropFirst() }
            guard let letter = rest.first, letter.isASCII, letter.isUppercase, let mark = rest.dropFirst().first,
                ":.)".contains(mark)
            else { continue }
            found.append(.init(letter: String(letter), text: String(rest.dropFirst(2)).trimmed))
        }
        let letters = "ABCDEFGHIJKLMNOP".prefix(found.count).map(String.init)
        return found.count > 1 && found.map(\.letter) == letters && found.allSatisfy { !$0.text.isEmpty } ? found : []
    }
}
