/// Reads what people and models write as an answer.
struct MathParser {
    let tokens: [MathToken]
    var place = 0
    var depth = 0
    /// How many `|` are open: within them one more closes.
    var bars = 0
    private static let mostDepth = 40
    private static let mostTokens = 600

    /// The value of a text; nil if it is no formula.
    static func parse(_ text: String) -> MathValue? {
        guard let tokens = MathTokens.cut(text), !tokens.isEmpty, tokens.count <= mostTokens else { return nil }
        var parser = MathParser(tokens: tokens)
        guard let value = parser.list(), parser.place == tokens.count else { return nil }
        return value
    }

    private init(tokens: [MathToken]) { self.tokens = tokens }

    var next: MathToken? { place < tokens.count ? tokens[place] : nil }
    func isNext(_ marks: Character...) -> Bool {
        if case .mark(let mark)? = next { marks.contains(mark) } else { false }
    }

    mutating func take(_ mark: Character) -> Bool {
        guard isNext(mark) else { return false }
        place += 1
        return true
    }

    mutating func deeper<Result>(_ body: (inout MathParser) -> Result?) -> Result? {
        depth += 1
        defer { depth -= 1 }
        return depth < Self.mostDepth ? body(&self) : nil
    }

    // MARK: Lists and relations

    /// Values with commas or words between them are a set.
    mutating func list() -> MathValue? {
        guard let first = union() else { return nil }
        var items = [first]
        var hasOnlyOr = true
        while place < tokens.count {
            if isNext(",", ";") || next == .word("or") || next == .word("and") {
                while isNext(",", ";") || next == .word("or") || next == .word("and") {
                    hasOnlyOr = hasOnlyOr && next == .word("or")
                    place += 1
                }
                guard let item = union() else { return nil }
                items.append(item)
            } else {
                return nil
            }
        }
        // "x < 1 or x > 2" joins two intervals.
        if items.count > 1, hasOnlyOr, items.allSatisfy(\.isInterval) { return .union(items) }
        let flat = items.flatMap { item -> [MathValue] in if case .set(let inner) = item { inner } else { [item] } }
        return flat.count == 1 ? flat[0] : .set(Self.solutions(flat))
    }

    /// `x = 2` and `x = 3` are the solutions 2 and 3; two values of different letters stay equations.
    private static func solutions(_ items: [MathValue]) -> [MathValue] {
        var names: [Expression] = []
        var values: [MathValue] = []
        for item in items {
            guard case .equation(let left, let right) = item, left.isName else { return items }
            names.append(left)
            values.append(right)
        }
        return names.dropFirst().allSatisfy { $0 == names[0] } ? values : items
    }

    mutating func union() -> MathValue? {
        guard let first = relation() else { return nil }
        var items = [first]
        while take("∪") {
            guard let item = relation() else { return nil }
            items.append(item)
        }
        return items.count == 1 ? items[0] : .union(items)
    }

    mutating func relation() -> MathValue? {
        if case .word(let word)? = next, !["or", "and"].contains(word), !isMoney(word) {
            place += 1
            return .words(word.lowercased())
        }
        guard let first = value() else { return nil }
        guard case .mark(let mark)? = next, "=<>≤≥∈≈".contains(mark) else { return first }
        guard case .quantity(let left, nil, false) = first else { return nil }
        place += 1
        guard let second = value() else { return nil }
        switch mark {
        case "=", "≈", "∈":
            // A chain ends in what was asked for, and that may have its decimals behind.
            var last = second
            if mark == "≈", left.variables.isEmpty {
                guard let both = MathValue.rounded(first, to: second) else { return nil }
                last = both
            }
            let isRounded = mark == "≈" && left.variables.isEmpty
            while case .mark(let further)? = next, further == "=" || further == "≈" {
                place += 1
                guard let item = value() else { return nil }
                if further == "≈" {
                    guard let both = MathValue.rounded(last, to: item) else { return nil }
                    last = both
                } else {
                    last = item
                }
            }
            return isRounded ? last : .equation(left, last)
        default: return interval(left, mark, second)
        }
    }

    /// `x > 5`, `5 < x`, `-2 < x <= 1` as intervals.
    mutating func interval(_ left: Expression, _ mark: Character, _ right: MathValue) -> MathValue? {
        guard case .quantity(let right, nil, false) = right else { return nil }
        let isLess = "<≤".contains(mark)
        let isOpen = "<>".contains(mark)
        let infinity = MathValue.number(.constant("infinity")),
            minus = MathValue.number(.negative(.constant("infinity")))
        if case .mark(let other)? = next, "<>≤≥".contains(other), "<≤".contains(other) == isLess, right.isName {
            place += 1
            guard case .quantity(let end, nil, false)? = value() else { return nil }
            let otherOpen = "<>".contains(other)
            return isLess
                ? .bracketed(isOpen ? "(" : "[", [.number(left), .number(end)], otherOpen ? ")" : "]")
                : .bracketed(otherOpen ? "(" : "[", [.number(end), .number(left)], isOpen ? ")" : "]")
        }
        let bound = left.isName ? right : left
        guard left.isName != right.isName, bound.variables.isEmpty else { return nil }
        let isBelow = left.isName == isLess
        return isBelow
            ? .bracketed("(", [minus, .number(bound)], isOpen ? ")" : "]")
            : .bracketed(isOpen ? "(" : "[", [.number(bound), infinity], ")")
    }

    /// An expression with its unit, or values in brackets.
    mutating func value() -> MathValue? {
        if let bracketed = bracketed() ?? matrix() ?? point() { return bracketed }
        if take("±") {
            guard let size = sum() else { return nil }
            return .set([.number(size), .number(.negative(size))])
        }
        let start = place
        let isNegative = take("-")
        if let currency = currency() {
            guard let amount = sum() else { return nil }
            return .quantity(isNegative ? .negative(amount) : amount, currency, isPercent: false)
        }
        place = start
        guard let first = sum() else { return nil }
        if take("±") {
            guard let second = sum() else { return nil }
            return .set([.number(.sum([first, second])), .number(.sum([first, .negative(second)]))])
        }
        if take("%") || takeWord("percent") { return .quantity(first, nil, isPercent: true) }
        let unit = currency() ?? unit()
        // Letters with words behind them are words.
        if let unit, unit.isNoun, !first.variables.isEmpty { return nil }
        return .quantity(first, unit, isPercent: false)
    }

    /// A point with its name in front: `P(2, 3)`.
    private mutating func point() -> MathValue? {
        guard case .letter(let name)? = next, name.isUppercase, place + 1 < tokens.count,
            tokens[place + 1] == .mark("(")
        else { return nil }
        let start = place
        place += 1
        if let found = bracketed(), case .bracketed("(", _, ")") = found { return found }
        place = start
        return nil
    }

    /// Rows of values, as between `\begin{pmatrix}` and `\end{pmatrix}`.
    private mutating func matrix() -> MathValue? {
        guard take(MathTokens.matrixStart) else { return nil }
        return deeper { parser in
            var rows: [MathValue] = []
            var row: [MathValue] = []
            while let item = parser.value() {
                row.append(item)
                if parser.take("&") { continue }
                rows.append(.bracketed("&", row, "&"))
                row = []
                guard parser.take(MathTokens.matrixRow) else { break }
            }
            guard row.isEmpty, !rows.isEmpty, parser.take(MathTokens.matrixEnd) else { return nil }
            return .bracketed(MathTokens.matrixStart, rows, MathTokens.matrixEnd)
        }
    }

    mutating func takeWord(_ word: String) -> Bool {
        guard case .word(let found)? = next, found.lowercased() == word else { return false }
        place += 1
        return true
    }

    /// Values in brackets with commas between; nil, and nothing taken, if it is but a bracketed expression.
    mutating func bracketed() -> MathValue? {
        let pairs: [Character: [Character]] = [
            "(": [")", "]"], "[": ["]", ")"], "\u{2774}": ["\u{2775}"], "{": ["}"],
        ]
        guard case .mark(let open)? = next, let closing = pairs[open] else { return nil }
        let start = place
        return deeper { parser in
            parser.place += 1
            var items: [MathValue] = []
            while let item = parser.relation() {
                items.append(item)
                guard parser.take(",") || parser.take(";") else { break }
            }
            guard case .mark(let close)? = parser.next, closing.contains(close) else {
                parser.place = start
                return nil
            }
            parser.place += 1
            if open == "\u{2774}" || (open == "{" && items.count > 1) { return .set(items) }
            guard items.count > 1 else {
                parser.place = start
                return nil
            }
            return .bracketed(open, items, close)
        }
    }
}
