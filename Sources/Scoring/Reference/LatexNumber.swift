import BigInt
import Foundation

/// The number that a LaTeX expression stands for, as latex2sympy2-extended parses it and Python evaluates what that prints.
///
/// Roots, constants, functions and letters are parsed by the library too, but what it prints of them has no value in the kit's
/// surroundings: they have none here. Two numbers side by side add up, because the library takes them for a mixed fraction.
struct LatexNumber {
    /// A rational number that the library makes at once, or an expression that stays one until it is printed.
    private enum Value {
        case rational(BigInt, BigInt)
        case lazy(Double)

        var double: Double {
            switch self {
            case .rational(let p, let q): Double(p) / Double(q)
            case .lazy(let value): value
            }
        }

        static func rational(reducing p: BigInt, over q: BigInt) -> Value? {
            guard !q.isZero else { return nil }
            let divisor = p.greatestCommonDivisor(with: q)
            let (n, d) = divisor.isZero ? (p, BigInt(1)) : (p / divisor, q / divisor)
            return d < 0 ? .rational(-n, -d) : .rational(n, d)
        }
    }

    private let tokens: [LatexToken]
    /// The values of the letters that have one.
    private let variables: [Unicode.Scalar: Double]
    private var place = 0
    private var depth = 0
    private static let mostDepth = 60

    /// The value of a text, nil if it has none.
    /// - Parameters:
    ///   - text: in small letters.
    ///   - variables: the values of the letters `a` and `b`, where they have one.
    /// - Returns: nil if it has none.
    static func value(of text: PythonText, variables: [Unicode.Scalar: Double] = [:]) -> Double? {
        guard text.scalars.count < 10_000 else { return nil }
        let normalized = LatexText.normalized(text)
        if let number = LatexText.grouped(normalized) { return number }
        guard let tokens = LatexToken.tokens(normalized.scalars) else { return nil }
        return value(of: tokens, variables)
    }

    private static func value(of tokens: [LatexToken], _ variables: [Unicode.Scalar: Double]) -> Double? {
        // Of what is about as large the library takes the left side, unless that is only letters.
        if let mark = tokens.lastIndex(of: .command("approx")) {
            let left = Array(tokens[..<mark])
            let isName = !left.isEmpty && left.allSatisfy(\.isSymbol)
            return value(of: isName ? Array(tokens[(mark + 1)...]) : left, variables)
        }
        guard let tokens = unwrapped(tokens) else { return nil }
        if tokens.count == 1, case .text(let content) = tokens[0] {
            // Its text is printed as it is, and evaluated.
            if let value = variables.first(where: { String($0.key) == content })?.value { return value }
            return PythonExpression.value(of: PythonText(content), names: [:])?.double
        }
        var parser = LatexNumber(tokens: tokens, variables: variables)
        guard let value = parser.sum(), parser.place == tokens.count else { return nil }
        let double = value.double
        return double.isFinite ? double : nil
    }

    /// What stands in parentheses that stand around everything; nil in braces, which make a set.
    private static func unwrapped(_ tokens: [LatexToken]) -> [LatexToken]? {
        var tokens = tokens
        while tokens.count > 2, let first = tokens.first, LatexToken.isWhole(tokens) {
            if first == .mark("{") || first == .command("{") { return nil }
            guard first == .mark("(") || first == .mark("[") || first == .command("(") else { break }
            tokens = Array(tokens[1..<tokens.count - 1])
        }
        return tokens
    }

    private init(tokens: [LatexToken], variables: [Unicode.Scalar: Double]) {
        (self.tokens, self.variables) = (tokens, variables)
    }

    /// Whether two texts are the same expression of the letters `a` and `b`.
    ///
    /// What the kit has made of the two texts is called `a` and `b` where it is evaluated, so that the difference of equal ones is zero,
    /// and that of other letters an error.
    static func isSameOfLetters(_ first: PythonText, _ second: PythonText) -> Bool {
        guard let first = lettered(first), let second = lettered(second) else { return false }
        return first == second
    }

    private static func lettered(_ text: PythonText) -> [LatexToken]? {
        guard text.scalars.count < 10_000, let tokens = LatexToken.tokens(LatexText.normalized(text).scalars),
            let inner = unwrapped(tokens)
        else { return nil }
        let plain = inner.map { token -> LatexToken in
            if case .text(let content) = token, ["a", "b"].contains(content), let letter = content.unicodeScalars.first
            {
                return .letter(letter)
            }
            return token
        }
        let isKnown = plain.allSatisfy { token in
            switch token {
            case .command(let name): name == "frac"
            case .text: false
            case .letter(let letter): letter == "a" || letter == "b"
            case .number, .mark: true
            }
        }
        return isKnown && plain.contains { if case .letter = $0 { true } else { false } } ? plain : nil
    }

    // MARK: Grammar

    private func isNext(_ mark: Unicode.Scalar) -> Bool { place < tokens.count && tokens[place] == .mark(mark) }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard isNext(mark) else { return false }
        place += 1
        return true
    }

    private mutating func sum() -> Value? {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.mostDepth, var value = product() else { return nil }
        while isNext("+") || isNext("-") {
            let isPlus = isNext("+")
            place += 1
            guard let right = product() else { return nil }
            value = .lazy(value.double + (isPlus ? right.double : -right.double))
        }
        return value
    }

    private mutating func product() -> Value? {
        guard var value = signed() else { return nil }
        while isNext("*") || isNext("/") || isNext(":") {
            let isTimes = isNext("*")
            place += 1
            guard let right = signed() else { return nil }
            if isTimes {
                value = .lazy(value.double * right.double)
            } else if case .rational(let a, 1) = value, case .rational(let b, 1) = right {
                guard let quotient = Value.rational(reducing: a, over: b) else { return nil }
                value = quotient
            } else {
                guard right.double != 0 else { return nil }
                value = .lazy(value.double / right.double)
            }
        }
        return value
    }

    private mutating func signed() -> Value? {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.mostDepth else { return nil }
        if take("+") { return signed() }
        if take("-") {
            switch signed() {
            case .rational(let p, let q): return .rational(-p, q)
            case .lazy(let value): return .lazy(-value)
            case nil: return nil
            }
        }
        return neighbours()
    }

    /// One after the other without a sign between: a whole number and a positive fraction or number add up, others multiply.
    private mutating func neighbours() -> Value? {
        var values: [Value] = []
        while startsValue {
            guard let value = postfixed() else { return nil }
            values.append(value)
        }
        guard var result = values.popLast() else { return nil }
        while let left = values.popLast() {
            if case .rational(let whole, 1) = left, case .rational(let p, let q) = result, p > 0 {
                guard let mixed = Value.rational(reducing: whole < 0 ? whole * q - p : whole * q + p, over: q) else {
                    return nil
                }
                result = mixed
            } else {
                result = .lazy(left.double * result.double)
            }
        }
        return result
    }

    private var startsValue: Bool {
        guard place < tokens.count else { return false }
        switch tokens[place] {
        case .number, .letter: return true
        case .text: return true
        case .mark(let mark): return ["(", "[", "{"].contains(mark)
        case .command(let name):
            return ["frac", "sqrt", "binom", "dbinom", "tbinom", "gcd", "lcm", "phantom"].contains(name)
        }
    }

    /// A value with per cent signs, degrees and powers behind it.
    private mutating func postfixed() -> Value? {
        let isNumber = if place < tokens.count, case .number = tokens[place] { true } else { false }
        guard var value = atom() else { return nil }
        while true {
            if isNumber, take("_") {
                // An index, which means nothing here.
                guard exponent() != nil else { return nil }
            } else if take("^") {
                if isDegree { continue }
                guard let exponent = exponent(), let result = Self.power(value, exponent) else { return nil }
                value = result
            } else if isNumber, take("%") {
                value = .lazy(value.double * 0.01)
            } else {
                return value
            }
        }
    }

    /// `\circ` or `{\circ}` behind a caret.
    private var isDegree: Bool {
        mutating get {
            if place < tokens.count, tokens[place] == .command("circ") {
                place += 1
                return true
            }
            if place + 2 < tokens.count, isNext("{"), tokens[place + 1] == .command("circ"),
                tokens[place + 2] == .mark("}")
            {
                place += 3
                return true
            }
            return false
        }
    }

    private mutating func exponent() -> Value? {
        if isNext("{") { return atom() }
        guard place < tokens.count, case .number(let digits) = tokens[place] else { return nil }
        place += 1
        return Self.number(digits)
    }

    private mutating func atom() -> Value? {
        guard place < tokens.count else { return nil }
        let token = tokens[place]
        place += 1
        switch token {
        case .number(let digits): return Self.number(digits)
        case .letter(let letter): return variables[letter].map { .lazy($0) }
        case .text(let content):
            // Not a number to the library, whatever it says: it is printed and evaluated only.
            if let value = variables.first(where: { String($0.key) == content })?.value { return .lazy(value) }
            return (PythonNumber(float: content)?.double).map { .lazy($0) }
        case .mark("("): return group(until: ")")
        case .mark("["): return group(until: "]")
        case .mark("{"): return group(until: "}")
        case .command("phantom"): return take("{") ? group(until: "}") : nil
        case .command("sqrt"): return root()
        case .command("binom"), .command("dbinom"), .command("tbinom"): return binomial()
        case .command("gcd"), .command("lcm"): return divisor(isGreatest: token == .command("gcd"))
        case .command("frac"):
            guard take("{"), let top = group(until: "}"), take("{"), let bottom = group(until: "}") else { return nil }
            if case .rational(let a, 1) = top, case .rational(let b, 1) = bottom {
                return .rational(reducing: a, over: b)
            }
            return bottom.double == 0 ? nil : .lazy(top.double / bottom.double)
        default: return nil
        }
    }

    /// A root with an index: a square root is printed by a name that is not known.
    private mutating func root() -> Value? {
        guard take("["), let index = sum(), take("]"), take("{"), let base = group(until: "}"),
            case .rational(let p, let q) = index, !p.isZero, let exponent = Value.rational(reducing: q, over: p)
        else { return nil }
        return Self.power(base, exponent)
    }

    /// The number of ways to choose, which the library computes at once.
    private mutating func binomial() -> Value? {
        guard take("{"), let top = group(until: "}"), take("{"), let bottom = group(until: "}"),
            case .rational(let n, 1) = top, case .rational(let k, 1) = bottom, n >= 0, n < 1000
        else { return nil }
        guard k >= 0, k <= n else { return .rational(0, 1) }
        var result = BigInt(1)
        for step in 0..<Int(k) { result = result * (n - BigInt(step)) / BigInt(step + 1) }
        return .rational(result, 1)
    }

    /// The greatest common divisor or the least common multiple of whole numbers, which the library takes for no whole number.
    private mutating func divisor(isGreatest: Bool) -> Value? {
        guard take("(") else { return nil }
        var result: BigInt?
        repeat {
            guard let value = sum(), case .rational(let number, 1) = value else { return nil }
            let common = result.map { $0.greatestCommonDivisor(with: number) }
            if let last = result, let common, !isGreatest {
                result = common.isZero ? 0 : BigInt((last * number / common).magnitude)
            } else {
                result = common ?? number
            }
        } while take(",")
        return take(")") ? result.map { .lazy(Double($0)) } : nil
    }

    private mutating func group(until mark: Unicode.Scalar) -> Value? {
        guard let value = sum(), take(mark) else { return nil }
        return value
    }

    private static func number(_ digits: String) -> Value? {
        if digits.contains(".") { return Double(digits.hasPrefix(".") ? "0" + digits : digits).map { .lazy($0) } }
        return BigInt(digits, radix: 10).map { .rational($0, 1) }
    }

    private static func power(_ base: Value, _ exponent: Value) -> Value? {
        // These are printed as roots, whose name is not known where they are evaluated.
        if case .rational(let p, 2) = exponent, p == 1 || p == -1 { return nil }
        let result = pow(base.double, exponent.double)
        return result.isFinite ? .lazy(result) : nil
    }
}
