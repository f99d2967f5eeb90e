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

    private enum Token: Equatable {
        case number(String)
        case command(String)
        case mark(Unicode.Scalar)
        /// `a` or `b`, names that mean something where the kit evaluates what it has printed.
        case letter(Unicode.Scalar)
    }

    private let tokens: [Token]
    /// The value of the letter `a`, if it has one.
    private let variable: Double?
    private var place = 0
    private var depth = 0
    private static let mostDepth = 60
    private static let mostDigits = 400

    /// The value of a text, nil if it has none.
    static func value(of text: PythonText, a variable: Double? = nil) -> Double? {
        guard text.scalars.count < 10_000, let tokens = tokens(LatexText.normalized(text).scalars) else { return nil }
        var parser = LatexNumber(tokens: tokens, variable: variable)
        guard let value = parser.sum(), parser.place == tokens.count else { return nil }
        let double = value.double
        return double.isFinite ? double : nil
    }

    private init(tokens: [Token], variable: Double?) { (self.tokens, self.variable) = (tokens, variable) }

    /// Whether two texts are the same expression of the letters `a` and `b`.
    ///
    /// What the kit has made of the two texts is called `a` and `b` where it is evaluated, so that the difference of equal ones is zero,
    /// and that of other letters an error.
    static func isSameOfLetters(_ first: PythonText, _ second: PythonText) -> Bool {
        guard let first = lettered(first), let second = lettered(second) else { return false }
        return first == second
    }

    private static func lettered(_ text: PythonText) -> [Token]? {
        guard text.scalars.count < 10_000, var tokens = tokens(LatexText.normalized(text).scalars) else { return nil }
        while let first = tokens.first, tokens.count > 2 {
            if first == .command("text"), tokens.count == 4 || tokens[2] == .mark("(") {
                tokens.removeFirst()
            } else if let last = tokens.last,
                [[.mark("("), .mark(")")], [.mark("{"), .mark("}")], [.mark("["), .mark("]")]]
                    .contains([first, last]), !tokens[1..<tokens.count - 1].contains(last)
            {
                tokens = Array(tokens[1..<tokens.count - 1])
            } else {
                break
            }
        }
        let isKnown = tokens.allSatisfy { if case .command(let name) = $0 { name == "frac" } else { true } }
        return isKnown && tokens.contains { if case .letter = $0 { true } else { false } } ? tokens : nil
    }

    // MARK: Tokens

    private static func tokens(_ text: [Unicode.Scalar]) -> [Token]? {
        var result: [Token] = []
        var place = 0
        func isDigit(_ index: Int) -> Bool { index < text.count && ("0"..."9").contains(text[index]) }
        while place < text.count {
            let scalar = text[place]
            if scalar == " " || scalar == "\r" {
                place += 1
            } else if isDigit(place) || (scalar == "." && isDigit(place + 1)) {
                // Behind the minus of typography the library's number has no groups.
                let isGrouped = place == 0 || text[place - 1] != "\u{2212}"
                guard let end = end(ofNumber: text, place, isGrouped: isGrouped) else { return nil }
                let digits = text[place..<end].filter { $0 != "," }
                guard digits.count <= mostDigits else { return nil }
                result.append(.number(PythonText(Array(digits)).string))
                place = end
            } else if scalar == "\\" {
                var end = place + 1
                while end < text.count, ("a"..."z").contains(text[end]) || ("A"..."Z").contains(text[end]) { end += 1 }
                if end == place + 1 { end = min(end + 1, text.count) }
                let name = PythonText(Array(text[(place + 1)..<end])).string
                place = end
                switch name {
                case ",", ":", ";", " ", "quad", "qquad": continue
                case "%": result.append(.mark("%"))
                case "lbrack": result.append(.mark("["))
                case "rbrack": result.append(.mark("]"))
                case "lbrace": result.append(.mark("{"))
                case "rbrace": result.append(.mark("}"))
                case "times", "cdot": result.append(.mark("*"))
                case "div": result.append(.mark("/"))
                default: result.append(.command(name))
                }
            } else {
                switch scalar {
                case "\u{2212}", "-": result.append(.mark("-"))
                case "+", "*", "/", ":", "^", "_", "(", ")", "[", "]", "{", "}", "%": result.append(.mark(scalar))
                case "a", "b": result.append(.letter(scalar))
                default: return nil
                }
                place += 1
            }
        }
        return result
    }

    /// Where a number ends: digits, groups of three behind commas, a point with digits behind it.
    private static func end(ofNumber text: [Unicode.Scalar], _ start: Int, isGrouped: Bool) -> Int? {
        var place = start
        func isDigit(_ index: Int) -> Bool { index < text.count && ("0"..."9").contains(text[index]) }
        while isDigit(place) { place += 1 }
        while isGrouped, place < text.count, text[place] == ",", isDigit(place + 1), isDigit(place + 2),
            isDigit(place + 3)
        {
            place += 4
            // Digits that follow a group are a number of their own.
        }
        if place < text.count, text[place] == "." {
            guard isDigit(place + 1) else { return nil }
            place += 1
            while isDigit(place) { place += 1 }
        }
        return place
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
        case .mark(let mark): return ["(", "[", "{"].contains(mark)
        case .command(let name): return ["frac", "text"].contains(name)
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
        case .letter("a"): return variable.map { .lazy($0) }
        case .mark("("): return group(until: ")")
        case .mark("["): return group(until: "]")
        case .mark("{"): return group(until: "}")
        case .command("text"): return take("{") ? group(until: "}") : nil
        case .command("frac"):
            guard take("{"), let top = group(until: "}"), take("{"), let bottom = group(until: "}") else { return nil }
            if case .rational(let a, 1) = top, case .rational(let b, 1) = bottom {
                return .rational(reducing: a, over: b)
            }
            return bottom.double == 0 ? nil : .lazy(top.double / bottom.double)
        default: return nil
        }
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

/// What latex2sympy2-extended does to a text before it parses it.
enum LatexText {
    private static let removed = ["\\left", "\\right", "\\displaystyle", "\\!", "\\$", "$", "\"", "'"]
    private static let replaced = [
        ("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\cfrac", "\\frac"), ("\\mathrm", "\\text"),
        ("\\mathbf", "\\text"),
        ("\\mathit", "\\text"), ("\\textbf", "\\text"), ("\\textit", "\\text"), ("\\textrm", "\\text"), ("{,}", ","),
        ("percent", "\\%"), ("\n", " "), ("\t", " "),
    ]

    static func normalized(_ text: PythonText) -> PythonText {
        var result = unboxed(text.string)
        for word in removed { result = result.replacingOccurrences(of: word, with: "") }
        for (old, new) in replaced { result = result.replacingOccurrences(of: old, with: new) }
        return PythonText(result)
    }

    /// What stands in the box, if there is one; of several the library makes a set, which has no value.
    private static func unboxed(_ text: String) -> String {
        guard let mark = text.range(of: "\\boxed", options: .backwards) else { return text }
        let rest = text[mark.upperBound...].drop { $0 == " " }
        guard rest.first == "{" else { return String(rest) }
        var open = 0
        for index in rest.indices {
            if rest[index] == "{" { open += 1 }
            if rest[index] == "}" { open -= 1 }
            if open == 0 {
                let inside = String(rest[rest.index(after: rest.startIndex)..<index])
                let before = text[..<mark.lowerBound]
                guard before.contains("\\boxed") else { return inside.trimmingCharacters(in: .whitespaces) }
                let other = unboxed(String(before))
                return other == inside ? inside : "\(other), \(inside)"
            }
        }
        return String(rest)
    }
}
