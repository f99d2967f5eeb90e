import BigInt
import Foundation

/// The value of an arithmetic expression of Python, as its `eval` gives it.
///
/// Numbers and what is computed from them: everything else, names and calls among them, has no value here, as it has no difference there.
struct PythonExpression {
    private enum Token: Equatable {
        case number(PythonNumber)
        case name(String)
        case mark(String)
    }

    private let tokens: [Token]
    private let names: [String: PythonNumber]
    private var place = 0
    private var depth = 0

    /// Nothing larger is computed: Python would not come to an end, or to memory's.
    private static let mostBits = 40_000
    private static let mostDepth = 90

    /// The value of a text; nil if it is no such expression.
    static func value(of text: PythonText, names: [String: PythonNumber]) -> PythonNumber? {
        guard let tokens = tokens(text.scalars) else { return nil }
        var parser = PythonExpression(tokens: tokens, names: names)
        guard let value = parser.disjunction(), parser.place == tokens.count else { return nil }
        return value
    }

    private init(tokens: [Token], names: [String: PythonNumber]) { (self.tokens, self.names) = (tokens, names) }

    // MARK: Tokens

    private static let marks = [
        "**", "//", "<<", ">>", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "(", ")", "^", "&", "|", "~", "<", ">",
    ]

    private static func tokens(_ text: [Unicode.Scalar]) -> [Token]? {
        var result: [Token] = []
        var place = 0, open = 0
        while place < text.count {
            let scalar = text[place]
            if scalar == "#" {
                // A comment, to the end of the line.
                while place < text.count, text[place] != "\n", text[place] != "\r" { place += 1 }
            } else if scalar == " " || scalar == "\t" || scalar == "\u{C}"
                || (open > 0 && (scalar == "\n" || scalar == "\r"))
            {
                place += 1
            } else if isDigit(scalar) || (scalar == "." && place + 1 < text.count && isDigit(text[place + 1])) {
                guard let (number, end) = number(text, place) else { return nil }
                result.append(.number(number))
                place = end
            } else if isLetter(scalar) {
                var end = place
                while end < text.count, isLetter(text[end]) || isDigit(text[end]) { end += 1 }
                result.append(.name(PythonText(Array(text[place..<end])).string))
                place = end
            } else {
                let two = PythonText(Array(text[place..<min(place + 2, text.count)])).string
                let one = String(scalar)
                guard let mark = marks.first(where: { $0 == two }) ?? marks.first(where: { $0 == one }) else {
                    return nil
                }
                if mark == "(" { open += 1 }
                if mark == ")" { open -= 1 }
                guard open >= 0 else { return nil }
                result.append(.mark(mark))
                place += mark.unicodeScalars.count
            }
        }
        return result
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    /// A literal at a place, and where it ends.
    private static func number(_ text: [Unicode.Scalar], _ start: Int) -> (PythonNumber, Int)? {
        var place = start
        func run(_ isPart: (Unicode.Scalar) -> Bool) -> String? {
            var digits = ""
            var last: Unicode.Scalar?
            while place < text.count, isPart(text[place]) || (text[place] == "_" && last != nil && last != "_") {
                if text[place] != "_" { digits.unicodeScalars.append(text[place]) }
                last = text[place]
                place += 1
            }
            return last == "_" ? nil : digits
        }
        if text[start] == "0", start + 1 < text.count,
            let radix = ["x": 16, "o": 8, "b": 2][String(text[start + 1]).lowercased()]
        {
            place += 2
            if place < text.count, text[place] == "_" { place += 1 }
            guard let digits = run({ Int(String($0), radix: radix) != nil }), !digits.isEmpty,
                let value = BigInt(digits, radix: radix)
            else { return nil }
            return (.integer(value), place)
        }
        guard let whole = run(isDigit) else { return nil }
        var fraction: String?
        if place < text.count, text[place] == "." {
            place += 1
            fraction = ""
            if place < text.count, isDigit(text[place]) {
                guard let digits = run(isDigit) else { return nil }
                fraction = digits
            }
        }
        var exponent: String?
        if place < text.count, text[place] == "e" || text[place] == "E" {
            var ahead = place + 1
            if ahead < text.count, text[ahead] == "+" || text[ahead] == "-" { ahead += 1 }
            if ahead < text.count, isDigit(text[ahead]) {
                let sign = text[place + 1] == "-" ? "-" : ""
                place = ahead
                guard let digits = run(isDigit) else { return nil }
                exponent = sign + digits
            }
        }
        if fraction != nil || exponent != nil {
            let literal = (whole.isEmpty ? "0" : whole) + "." + (fraction?.isEmpty == false ? fraction ?? "0" : "0")
            guard let value = Double(literal + (exponent.map { "e" + $0 } ?? "")) else { return nil }
            return (.float(value), place)
        }
        // A number may not begin with a zero, unless it is nothing else.
        guard whole.first != "0" || whole.allSatisfy({ $0 == "0" }), whole.count <= 4300,
            let value = BigInt(whole, radix: 10)
        else { return nil }
        return (.integer(value), place)
    }

    // MARK: Grammar, from the loosest operation to the tightest

    private mutating func take(_ marks: String...) -> String? {
        guard place < tokens.count else { return nil }
        switch tokens[place] {
        case .mark(let mark) where marks.contains(mark):
            place += 1
            return mark
        case .name(let name) where marks.contains(name):
            place += 1
            return name
        default: return nil
        }
    }

    private mutating func disjunction() -> PythonNumber? {
        guard var value = conjunction() else { return nil }
        while take("or") != nil {
            guard let next = conjunction() else { return nil }
            value = value.isZero ? next : value
        }
        return value
    }

    private mutating func conjunction() -> PythonNumber? {
        guard var value = inversion() else { return nil }
        while take("and") != nil {
            guard let next = inversion() else { return nil }
            value = value.isZero ? value : next
        }
        return value
    }

    private mutating func inversion() -> PythonNumber? {
        if take("not") != nil { return inversion().map { .integer($0.isZero ? 1 : 0) } }
        return comparison()
    }

    private mutating func comparison() -> PythonNumber? {
        guard var left = bitOr() else { return nil }
        var holds: Bool?
        while let mark = take("==", "!=", "<", ">", "<=", ">=") {
            guard let right = bitOr() else { return nil }
            let result =
                switch mark {
                case "==": left.double == right.double
                case "!=": left.double != right.double
                case "<": left.double < right.double
                case ">": left.double > right.double
                case "<=": left.double <= right.double
                default: left.double >= right.double
                }
            holds = (holds ?? true) && result
            left = right
        }
        return holds.map { .integer($0 ? 1 : 0) } ?? left
    }

    private mutating func bitOr() -> PythonNumber? { chain(["|"]) { $0.bitXor() } }
    private mutating func bitXor() -> PythonNumber? { chain(["^"]) { $0.bitAnd() } }
    private mutating func bitAnd() -> PythonNumber? { chain(["&"]) { $0.shift() } }
    private mutating func shift() -> PythonNumber? { chain(["<<", ">>"]) { $0.sum() } }
    private mutating func sum() -> PythonNumber? { chain(["+", "-"]) { $0.product() } }
    private mutating func product() -> PythonNumber? { chain(["*", "/", "//", "%"]) { $0.signed() } }

    private mutating func chain(_ marks: [String], _ operand: (inout PythonExpression) -> PythonNumber?)
        -> PythonNumber?
    {
        guard var value = operand(&self) else { return nil }
        while place < tokens.count, case .mark(let mark) = tokens[place], marks.contains(mark) {
            place += 1
            guard let right = operand(&self), let result = Self.apply(mark, value, right) else { return nil }
            value = result
        }
        return value
    }

    private mutating func signed() -> PythonNumber? {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.mostDepth else { return nil }
        switch take("+", "-", "~") {
        case "+": return signed()
        case "-":
            switch signed() {
            case .integer(let value): return .integer(-value)
            case .float(let value): return .float(-value)
            case nil: return nil
            }
        case "~":
            guard case .integer(let value) = signed() else { return nil }
            return .integer(-value - 1)
        default: return power()
        }
    }

    private mutating func power() -> PythonNumber? {
        guard let base = atom() else { return nil }
        guard take("**") != nil else { return base }
        guard let exponent = signed() else { return nil }
        return Self.power(base, exponent)
    }

    private mutating func atom() -> PythonNumber? {
        guard place < tokens.count else { return nil }
        switch tokens[place] {
        case .number(let number):
            place += 1
            return number
        case .name(let name):
            place += 1
            return names[name]
        case .mark("("):
            place += 1
            guard let value = disjunction(), take(")") != nil else { return nil }
            return value
        case .mark: return nil
        }
    }

    // MARK: Operations

    private static func apply(_ mark: String, _ left: PythonNumber, _ right: PythonNumber) -> PythonNumber? {
        if case .integer(let a) = left, case .integer(let b) = right { return apply(mark, a, b) }
        let (a, b) = (left.double, right.double)
        guard a.isFinite || left.isFloat, b.isFinite || right.isFloat else { return nil }
        switch mark {
        case "+": return .float(a + b)
        case "-": return .float(a - b)
        case "*": return .float(a * b)
        case "/": return b == 0 ? nil : .float(a / b)
        case "//": return b == 0 ? nil : .float((a / b).rounded(.down))
        case "%":
            guard b != 0 else { return nil }
            let rest = fmod(a, b)
            return .float(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
        default: return nil
        }
    }

    private static func apply(_ mark: String, _ a: BigInt, _ b: BigInt) -> PythonNumber? {
        guard a.bitWidth + b.bitWidth < mostBits else { return nil }
        switch mark {
        case "+": return .integer(a + b)
        case "-": return .integer(a - b)
        case "*": return .integer(a * b)
        case "/":
            let quotient = Double(a) / Double(b)
            return b.isZero || !quotient.isFinite ? nil : .float(quotient)
        case "//", "%":
            guard !b.isZero else { return nil }
            var (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
            if !rest.isZero, (rest.signum() < 0) != (b.signum() < 0) {
                quotient -= 1
                rest += b
            }
            return .integer(mark == "//" ? quotient : rest)
        case "^": return .integer(a ^ b)
        case "&": return .integer(a & b)
        case "|": return .integer(a | b)
        case "<<": return b < 0 || b > mostBits ? nil : .integer(a << Int(b))
        case ">>": return b < 0 ? nil : .integer(b > mostBits ? (a < 0 ? -1 : 0) : a >> Int(b))
        default: return nil
        }
    }

    private static func power(_ base: PythonNumber, _ exponent: PythonNumber) -> PythonNumber? {
        if case .integer(let a) = base, case .integer(let b) = exponent, b >= 0 {
            if a.magnitude <= 1 { return .integer(b.isZero ? 1 : a < 0 && b % 2 != 0 ? -1 : a.magnitude == 0 ? 0 : 1) }
            guard b < mostBits, a.bitWidth * Int(b) < mostBits else { return nil }
            return .integer(a.power(Int(b)))
        }
        let result = pow(base.double, exponent.double)
        // Of a negative number Python gives a complex one; zero has no negative powers; what is too large is an error.
        guard result.isFinite else { return nil }
        return .float(result)
    }
}

extension PythonNumber {
    fileprivate var isFloat: Bool { if case .float = self { true } else { false } }
}
