/// Options that stand in the text of a problem: a line each (`A. red`), or in one line behind brackets (`(A) red (B)
/// blue`), a heading (`Options: A. red B. blue`) or the first of them (`A. red B. blue`).
enum OptionList {
    /// Where an option begins.
    private struct Mark {
        /// How its letter is marked.
        enum Style: CaseIterable {
            case brackets
            case squareBrackets
            case point
            case bracket
            case colon
        }

        let letter: Character
        let isSmall: Bool
        let style: Style
        let start: Int
        let end: Int
        let beginsLine: Bool
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    /// The options of a problem, at least two and without gaps from A on; none if there are none.
    static func choices(in problem: String) -> [Exercise.Choice] {
        // As characters "\r\n" would be one of its own.
        let text = Array(problem.replacing("\r\n", with: "\n"))
        let marks = marks(in: text)
        let byLine = lists(marks.filter(\.beginsLine))
        let inLine = lists(marks).filter { isList($0, in: text) }
        // The last list is the one that is meant; examples of how to answer stand before it.
        guard let list = (byLine.isEmpty ? inLine : byLine).max(by: { $0[0].start < $1[0].start }) else { return [] }
        return list.enumerated().map { index, mark in
            let end = index + 1 < list.count ? list[index + 1].start : endOfLine(mark.end, text)
            return Exercise.Choice(letter: String(mark.letter), text: words(text[mark.end..<end]))
        }
    }

    /// Runs of marks of one style from A on.
    private static func lists(_ marks: [Mark]) -> [[Mark]] {
        var lists: [[Mark]] = []
        for style in Mark.Style.allCases {
            for isSmall in [false, true] {
                let same = marks.filter { $0.style == style && $0.isSmall == isSmall }
                for first in same.indices where same[first].letter == "A" {
                    var list = [same[first]]
                    for mark in same[(first + 1)...] {
                        if mark.letter == "A" { break }
                        if list.count < letters.count, mark.letter == letters[list.count] { list.append(mark) }
                    }
                    if list.count > 1 { lists.append(list) }
                }
            }
        }
        return lists
    }

    /// Whether marks that do not begin lines are options; `A. Smith and B. Jones` are none.
    private static func isList(_ list: [Mark], in text: [Character]) -> Bool {
        let first = list[0]
        if first.style == .brackets || first.style == .squareBrackets || first.beginsLine { return true }
        let before = String(text[max(0, first.start - 30)..<first.start]).lowercased()
        return ["options:", "choices:", "options are:", "choices are:", "answers:", "following:"].contains { heading in
            before.split(whereSeparator: \.isWhitespace).joined(separator: " ").hasSuffix(heading)
        }
    }

    private static func marks(in text: [Character]) -> [Mark] {
        var marks: [Mark] = []
        var beginsLine = true
        for place in text.indices {
            if let mark = mark(place, text, beginsLine) { marks.append(mark) }
            if text[place].isNewline {
                beginsLine = true
            } else if !text[place].isWhitespace, !"*-•#>([".contains(text[place]) {
                beginsLine = false
            }
        }
        return marks
    }

    /// The mark that begins at a place, if one does.
    private static func mark(_ place: Int, _ text: [Character], _ beginsLine: Bool) -> Mark? {
        func at(_ place: Int) -> Character? { text.indices.contains(place) ? text[place] : nil }
        func mark(_ letter: Character?, _ style: Mark.Style, _ end: Int) -> Mark? {
            guard let letter, let capital = letter.uppercased().first, letters.contains(capital) else { return nil }
            return Mark(
                letter: capital, isSmall: letter != capital, style: style, start: place, end: end,
                beginsLine: beginsLine)
        }
        if at(place) == "(", at(place + 2) == ")" { return mark(at(place + 1), .brackets, place + 3) }
        if at(place) == "[", at(place + 2) == "]" { return mark(at(place + 1), .squareBrackets, place + 3) }
        if let before = at(place - 1), !before.isWhitespace, !"*,;".contains(before) { return nil }
        // Within a line a letter of its own is followed by a space.
        if !beginsLine, let behind = at(place + 2), !behind.isWhitespace, behind != "*" { return nil }
        switch at(place + 1) {
        case ".": return mark(at(place), .point, place + 2)
        case ")": return mark(at(place), .bracket, place + 2)
        case ":": return mark(at(place), .colon, place + 2)
        default: return nil
        }
    }

    private static func endOfLine(_ start: Int, _ text: [Character]) -> Int {
        // An option may begin on the line below its letter.
        let first = text[start...].firstIndex { !$0.isWhitespace && $0 != "*" } ?? text.endIndex
        return text[first...].firstIndex(where: \.isNewline) ?? text.endIndex
    }

    private static func words(_ text: ArraySlice<Character>) -> String {
        func isEdge(_ character: Character) -> Bool { character.isWhitespace || character == "*" }
        var rest = text.drop(while: isEdge)
        while let last = rest.last, isEdge(last) || ",;-•".contains(last) { rest.removeLast() }
        return String(rest)
    }
}
