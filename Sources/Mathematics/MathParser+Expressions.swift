extension MathParser {
    mutating func sum() -> Expression? {
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

    mutating func product() -> Expression? {
        if take("-") { return deeper { $0.product() }.map { .negative($0) } }
        guard var result = signed() else { return nil }
        while true {
            if take("*") {
                guard let factor = signed() else { return nil }
                result = .product([result, factor])
            } else if isNext("/") || (isNext(":") && place + 1 < tokens.count) {
                let isRatio = take(":")
                if !isRatio { place += 1 }
                guard let divisor = signed() else { return nil }
                // A ratio of three is no quotient.
                if isRatio, isNext(":") { return nil }
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
    mutating func plainFraction() -> Expression? {
        guard place + 2 < tokens.count, case .number(let top) = tokens[place], tokens[place + 1] == .mark("/"),
            case .number(let bottom) = tokens[place + 2], let a = Rational(digits: top),
            let b = Rational(digits: bottom)
        else { return nil }
        place += 3
        return .quotient(.number(a), .number(b))
    }

    /// A whole number and a fraction of numbers side by side add up.
    static func isMixed(_ left: Expression, _ right: Expression) -> Bool {
        guard case .number(let whole) = left, whole.isWhole,
            case .quotient(.number(let top), .number(let bottom)) = right
        else {
            return false
        }
        return top.isWhole && bottom.isWhole
    }

    var startsFactor: Bool {
        switch next {
        case .number, .letter, .name: true
        case .mark("|"): bars == 0
        case .mark(let mark): "({[½¼¾".contains(mark)
        case .word, nil: false
        }
    }

    mutating func signed() -> Expression? {
        deeper { parser in
            if parser.take("-") { return parser.signed().map { .negative($0) } }
            if parser.take("+") { return parser.signed() }
            return parser.power()
        }
    }

    mutating func power() -> Expression? {
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
    mutating func group() -> Expression? {
        guard isNext("{") else { return nil }
        return deeper { parser in
            parser.place += 1
            guard let inside = parser.sum(), parser.take("}") else { return nil }
            return inside
        }
    }

    mutating func atom() -> Expression? {
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

    mutating func closed(_ mark: Character) -> Expression? {
        deeper { parser in
            guard let inside = parser.sum(), parser.take(mark) else { return nil }
            return inside
        }
    }

    mutating func named(_ name: String) -> Expression? {
        switch name {
        case "pi", "infinity": return .constant(name)
        case "frac":
            guard let top = group() ?? digit(), let bottom = group() ?? digit() else { return nil }
            return .quotient(top, bottom)
        case "sqrt":
            var degree = Expression.number(Rational(2))
            if take("∛") {
                degree = .number(Rational(3))
            } else if take("[") {
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
            guard let inside = group() ?? argument() else { return nil }
            // sin^{-1} is the inverse, and no quotient.
            if exponent?.exact == Rational(-1), base == nil, ["sin", "cos", "tan"].contains(function) {
                return .function("arc" + function, [degrees(inside)])
            }
            let value = Expression.function(function, [degrees(inside)] + (base.map { [$0] } ?? []))
            return exponent.map { .power(value, $0) } ?? value
        case "angle", "triangle": return atom()
        default: return .variable(name)
        }
    }

    /// What a function without brackets is of: `2x` in `sin 2x cos x`.
    private mutating func argument() -> Expression? {
        let isBracketed = isNext("(", "[", "|")
        guard var result = power() else { return nil }
        while !isBracketed {
            switch next {
            case .letter, .name("pi"), .name("frac"), .name("sqrt"): break
            default: return result
            }
            guard let factor = power() else { return nil }
            result = .product([result, factor])
        }
        return result
    }

    /// The angle of `sin 30°` in radians.
    mutating func degrees(_ inside: Expression) -> Expression {
        if case .product(let parts) = inside, parts.last == .variable("°") {
            return .product([parts[0], .constant("pi"), .quotient(.number(.one), .number(Rational(180)))])
        }
        guard take("°") else { return inside }
        return .product([inside, .constant("pi"), .quotient(.number(.one), .number(Rational(180)))])
    }

    /// The next digit alone, as in `\frac12` and `\sqrt3`.
    mutating func digit() -> Expression? {
        guard case .number(let digits)? = next else { return nil }
        if digits.count == 2, digits.allSatisfy(\.isNumber), place > 0, tokens[place - 1] == .name("frac") {
            // `\frac12` was cut as one number: its two digits are above and below.
            return nil
        }
        place += 1
        return Rational(digits: digits).map { .number($0) }
    }
}
