/// Reads what people and models write as an answer.
struct MathParser {
    private let tokens: [MathToken]
    private var place = 0
    private var depth = 0
    /// How many `|` are open: within them one more closes.
    private var bars = 0
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

    private var next: MathToken? { place < tokens.count ? tokens[place] : nil }
    private func isNext(_ marks: Character...) -> Bool {
        if case .mark(let mark)? = next { marks.contains(mark) } else { false }
    }

    private mutating func take(_ mark: Character) -> Bool {
        guard isNext(mark) else { return false }
        place += 1
        return true
    }

    private mutating func deeper<Result>(_ body: (inout MathParser) -> Result?) -> Result? {
        depth += 1
        defer { depth -= 1 }
        return depth < Self.mostDepth ? body(&self) : nil
    }

    // MARK: Lists and relations

    /// Values with commas or words between them are a set.
    private mutating func list() -> MathValue? {
        guard let first = union() else { return nil }
        var items = [first]
        while place < tokens.count {
            if isNext(",", ";") || next == .word("or") || next == .word("and") {
                while isNext(",", ";") || next == .word("or") || next == .word("and") { place += 1 }
                guard let item = union() else { return nil }
                items.append(item)
            } else {
                return nil
            }
        }
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

    private mutating func union() -> MathValue? {
        guard let first = relation() else { return nil }
        var items = [first]
        while take("∪") {
            guard let item = relation() else { return nil }
            items.append(item)
        }
        return items.count == 1 ? items[0] : .union(items)
    }

    private mutating func relation() -> MathValue? {
        if case .word(let word)? = next, !["or", "and"].contains(word) {
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
            if isNext("=", "≈") {
                // A chain ends in what was asked for.
                var last = second
                while isNext("=", "≈") {
                    place += 1
                    guard let further = value() else { return nil }
                    last = further
                }
                return .equation(left, last)
            }
            return .equation(left, second)
        default: return interval(left, mark, second)
        }
    }

    /// `x > 5`, `5 < x`, `-2 < x <= 1` as intervals.
    private mutating func interval(_ left: Expression, _ mark: Character, _ right: MathValue) -> MathValue? {
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
    private mutating func value() -> MathValue? {
        if let bracketed = bracketed() { return bracketed }
        let isMoney = take("$") || take("€") || take("£")
        guard let first = sum() else { return nil }
        if take("±") {
            guard let second = sum() else { return nil }
            return .set([.number(.sum([first, second])), .number(.sum([first, .negative(second)]))])
        }
        if isMoney { return .quantity(first, Unit("dollar"), isPercent: false) }
        if take("%") || takeWord("percent") { return .quantity(first, nil, isPercent: true) }
        return .quantity(first, unit(), isPercent: false)
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard case .word(let found)? = next, found.lowercased() == word else { return false }
        place += 1
        return true
    }

    /// A unit behind a number, with a power and another unit below it.
    private mutating func unit() -> Unit? {
        if take("°") {
            if case .letter(let letter)? = next, letter == "C" || letter == "F" {
                place += 1
                return Unit(letter == "C" ? "celsius" : "fahrenheit")
            }
            return Unit("degree")
        }
        let start = place
        guard let top = simpleUnit() else { return nil }
        guard take("/") else { return top }
        guard let bottom = simpleUnit(), let size = top.size.divided(by: bottom.size) else {
            place = start
            return nil
        }
        return Unit(quantity: top.quantity + "/" + bottom.quantity, size: size)
    }

    private mutating func simpleUnit() -> Unit? {
        var words: [String] = []
        let start = place
        while case .word(let word)? = next, !["or", "and"].contains(word) {
            words += word.split(separator: " ").map(String.init)
            place += 1
        }
        var power = 1
        if let first = words.first?.lowercased(), first == "square" || first == "sq" || first == "cubic" {
            power = first == "cubic" ? 3 : 2
            words.removeFirst()
        }
        if take("²") { power = 2 }
        if take("³") { power = 3 }
        if isNext("^"), place + 1 < tokens.count, case .number(let digits) = tokens[place + 1], let read = Int(digits) {
            power = read
            place += 2
        }
        if words.count == 1, let unit = Unit(words[0], power: power) { return unit }
        // A noun that is counted is no unit, and is like itself alone.
        if power == 1, !words.isEmpty {
            return Unit(quantity: words.joined(separator: " ").lowercased(), size: .one)
        }
        place = start
        return nil
    }

    /// Values in brackets with commas between; nil, and nothing taken, if it is but a bracketed expression.
    private mutating func bracketed() -> MathValue? {
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

    // MARK: Expressions

    private mutating func sum() -> Expression? {
        deeper { parser in
            guard let first = parser.product() else { return nil }
            var parts = [first]
            while parser.isNext("+", "-") {
                let isMinus = parser.isNext("-")
                parser.place += 1
                guard let part = parser.product() else { return nil }
                parts.append(isMinus ? .negative(part) : part)
            }
            return parts.count == 1 ? parts[0] : .sum(parts)
        }
    }

    private mutating func product() -> Expression? {
        if take("-") { return deeper { $0.product() }.map { .negative($0) } }
        guard var result = signed() else { return nil }
        while true {
            if take("*") {
                guard let factor = signed() else { return nil }
                result = .product([result, factor])
            } else if isNext("/") || (isNext(":") && place + 1 < tokens.count) {
                place += 1
                guard let divisor = signed() else { return nil }
                result = .quotient(result, divisor)
            } else if startsFactor {
                if case .number? = next, case .number = tokens[place - 1] {
                    // Side by side numbers are nothing but mixed: 1 1/2.
                    guard let fraction = plainFraction(), Self.isMixed(result, fraction) else { return nil }
                    result = .sum([result, fraction])
                    continue
                }
                guard let factor = power() else { return nil }
                result = Self.isMixed(result, factor) ? .sum([result, factor]) : .product([result, factor])
            } else {
                return result
            }
        }
    }

    /// Two whole numbers with a slash between.
    private mutating func plainFraction() -> Expression? {
        guard place + 2 < tokens.count, case .number(let top) = tokens[place], tokens[place + 1] == .mark("/"),
            case .number(let bottom) = tokens[place + 2], let a = Rational(digits: top),
            let b = Rational(digits: bottom)
        else { return nil }
        place += 3
        return .quotient(.number(a), .number(b))
    }

    /// A whole number and a fraction of numbers side by side add up.
    private static func isMixed(_ left: Expression, _ right: Expression) -> Bool {
        guard case .number(let whole) = left, whole.isWhole,
            case .quotient(.number(let top), .number(let bottom)) = right
        else {
            return false
        }
        return top.isWhole && bottom.isWhole
    }

    private var startsFactor: Bool {
        switch next {
        case .number, .letter, .name: true
        case .mark("|"): bars == 0
        case .mark(let mark): "({[½¼¾".contains(mark)
        case .word, nil: false
        }
    }

    private mutating func signed() -> Expression? {
        deeper { parser in
            if parser.take("-") { return parser.signed().map { .negative($0) } }
            if parser.take("+") { return parser.signed() }
            return parser.power()
        }
    }

    private mutating func power() -> Expression? {
        guard var base = atom() else { return nil }
        while true {
            if take("²") {
                base = .power(base, .number(Rational(2)))
            } else if take("³") {
                base = .power(base, .number(Rational(3)))
            } else if take("_") {
                // An index makes another letter of it.
                guard let index = group() ?? atom() else { return nil }
                base = .variable("\(base)_\(index)")
            } else if isNext("^"), place + 1 < tokens.count, tokens[place + 1] == .mark("°") {
                // Degrees: left to the unit.
                place += 1
                return base
            } else if isNext("^"), place + 2 < tokens.count, tokens[place + 1] == .mark("{"),
                tokens[place + 2] == .mark("°")
            {
                place += 2
                let isClosed = place + 1 < tokens.count && tokens[place + 1] == .mark("}")
                guard isClosed else { return nil }
                // `^{\circ}` as the unit expects it: the degree sign alone.
                place += 2
                return .product([base, .variable("°")])
            } else if take("^") {
                guard let exponent = group() ?? (isNext("-") ? signed() : atom()) else { return nil }
                base = .power(base, exponent)
            } else if take("!") {
                guard let value = base.exact, value.isWhole, value.numerator >= 0, value.numerator <= 100 else {
                    return nil
                }
                var product = Rational.one
                for factor in stride(from: 2, through: Int(value.numerator), by: 1) {
                    guard let next = product.multiplied(by: Rational(factor)) else { return nil }
                    product = next
                }
                base = .number(product)
            } else {
                return base
            }
        }
    }

    /// An expression in braces.
    private mutating func group() -> Expression? {
        guard isNext("{") else { return nil }
        return deeper { parser in
            parser.place += 1
            guard let inside = parser.sum(), parser.take("}") else { return nil }
            return inside
        }
    }

    private mutating func atom() -> Expression? {
        guard let token = next else { return nil }
        place += 1
        switch token {
        case .number(let digits):
            let parts = digits.split(separator: "e")
            return Rational(digits: String(parts[0]), exponent: parts.count > 1 ? Int(parts[1]) ?? 10_000 : 0).map {
                .number($0)
            }
        case .letter(let letter): return letter == "e" ? .constant("e") : .variable(String(letter))
        case .mark("½"): return .quotient(.number(.one), .number(Rational(2)))
        case .mark("¼"): return .quotient(.number(.one), .number(Rational(4)))
        case .mark("¾"): return .quotient(.number(Rational(3)), .number(Rational(4)))
        case .mark("("): return closed(")")
        case .mark("["): return closed("]")
        case .mark("{"): return closed("}")
        case .mark("|"):
            bars += 1
            defer { bars -= 1 }
            return closed("|").map { .function("abs", [$0]) }
        case .name(let name): return named(name)
        default: return nil
        }
    }

    private mutating func closed(_ mark: Character) -> Expression? {
        deeper { parser in
            guard let inside = parser.sum(), parser.take(mark) else { return nil }
            return inside
        }
    }

    private mutating func named(_ name: String) -> Expression? {
        switch name {
        case "pi", "infinity": return .constant(name)
        case "frac":
            guard let top = group() ?? digit(), let bottom = group() ?? digit() else { return nil }
            return .quotient(top, bottom)
        case "sqrt":
            var degree = Expression.number(Rational(2))
            if take("[") {
                guard let read = closed("]") else { return nil }
                degree = read
            }
            guard let inside = group() ?? digit() ?? atom() else { return nil }
            return .power(inside, .quotient(.number(.one), degree))
        case let function where MathTokens.functions.contains(function):
            var base: Expression?
            if take("_") { base = group() ?? digit() ?? atom() }
            var exponent: Expression?
            if take("^") { exponent = group() ?? digit() }
            guard let inside = group() ?? power() else { return nil }
            let value = Expression.function(function, [degrees(inside)] + (base.map { [$0] } ?? []))
            return exponent.map { .power(value, $0) } ?? value
        case "angle", "triangle": return atom()
        default: return .variable(name)
        }
    }

    /// The angle of `sin 30°` in radians.
    private mutating func degrees(_ inside: Expression) -> Expression {
        if case .product(let parts) = inside, parts.last == .variable("°") {
            return .product([parts[0], .constant("pi"), .quotient(.number(.one), .number(Rational(180)))])
        }
        guard take("°") else { return inside }
        return .product([inside, .constant("pi"), .quotient(.number(.one), .number(Rational(180)))])
    }

    /// The next digit alone, as in `\frac12` and `\sqrt3`.
    private mutating func digit() -> Expression? {
        guard case .number(let digits)? = next else { return nil }
        if digits.count == 2, digits.allSatisfy(\.isNumber), place > 0, tokens[place - 1] == .name("frac") {
            // `\frac12` was cut as one number: its two digits are above and below.
            return nil
        }
        place += 1
        return Rational(digits: digits).map { .number($0) }
    }
}
