import Foundation

/// An expression as it was read.
indirect enum Expression: Equatable, Sendable {
    /// A number that is known exactly.
    case number(Rational)
    /// pi, e.
    case constant(String)
    /// A letter, or a name.
    case variable(String)
    case sum([Expression])
    case product([Expression])
    case quotient(Expression, Expression)
    case power(Expression, Expression)
    case negative(Expression)
    /// sqrt is a power; these are sin, ln and the like, and abs.
    case function(String, [Expression])
    /// The variables in it.
    var variables: Set<String> {
        switch self {
        case .number, .constant: []
        case .variable(let name): [name]
        case .sum(let parts), .product(let parts), .function(_, let parts):
            parts.reduce(into: []) { $0.formUnion($1.variables) }
        case .quotient(let a, let b), .power(let a, let b): a.variables.union(b.variables)
        case .negative(let a): a.variables
        }
    }

    /// Its exact value; nil if it has variables, is no fraction, or too large.
    var exact: Rational? {
        switch self {
        case .number(let value): return value
        case .constant, .variable: return nil
        case .sum(let parts):
            return parts.reduce(Optional(.zero)) { sum, part in sum.flatMap { a in part.exact.flatMap { a.adding($0) } }
            }
        case .product(let parts):
            return parts.reduce(Optional(.one)) { product, part in
                product.flatMap { a in part.exact.flatMap { a.multiplied(by: $0) } }
            }
        case .quotient(let a, let b): return a.exact.flatMap { a in b.exact.flatMap { a.divided(by: $0) } }
        case .power(let a, let b): return a.exact.flatMap { a in b.exact.flatMap { a.power($0) } }
        case .negative(let a): return a.exact.map { -$0 }
        case .function("abs", let parts):
            return parts.first?.exact.map { $0.numerator < 0 ? -$0 : $0 }
        case .function: return nil
        }
    }

    /// Its value in double precision where variables have values; not a number where it has none.
    func value(_ values: [String: Double]) -> Double {
        switch self {
        case .number(let value): return value.double
        case .constant(let name): return name == "pi" ? .pi : M_E
        case .variable(let name): return values[name] ?? .nan
        case .sum(let parts): return parts.reduce(0) { $0 + $1.value(values) }
        case .product(let parts): return parts.reduce(1) { $0 * $1.value(values) }
        case .quotient(let a, let b): return a.value(values) / b.value(values)
        case .power(let a, let b): return Self.power(a.value(values), b)(values)
        case .negative(let a): return -a.value(values)
        case .function(let name, let parts):
            let x = parts.first?.value(values) ?? .nan
            switch name {
            case "sin": return sin(x)
            case "cos": return cos(x)
            case "tan": return tan(x)
            case "cot": return 1 / tan(x)
            case "sec": return 1 / cos(x)
            case "csc": return 1 / sin(x)
            case "arcsin": return asin(x)
            case "arccos": return acos(x)
            case "arctan": return atan(x)
            case "ln": return log(x)
            case "log": return parts.count > 1 ? log(x) / log(parts[1].value(values)) : log10(x)
            case "exp": return exp(x)
            case "abs": return abs(x)
            default: return .nan
            }
        }
    }

    /// Odd roots of negative numbers are real.
    private static func power(_ base: Double, _ exponent: Expression) -> ([String: Double]) -> Double {
        { values in
            if base < 0, let exact = exponent.exact, !exact.isWhole, exact.denominator % 2 == 1 {
                let size = pow(-base, exact.double)
                return exact.numerator % 2 == 0 ? size : -size
            }
            return pow(base, exponent.value(values))
        }
    }
}

extension Expression {
    /// Whether two expressions have the same value for all values of their variables.
    ///
    /// Fractions are compared exactly. Else both are computed: numbers must agree to 1e-12 of their size, so that no decimals that a
    /// person writes stand for a root; expressions with variables at several places to 1e-10 of theirs.
    func isEqual(to other: Expression) -> Bool {
        if self == other { return true }
        if let a = exact, let b = other.exact { return a == b }
        let names = variables.union(other.variables)
        guard names.count <= 8 else { return false }
        // Values of variables are rounded more often than numbers are.
        let tolerance = names.isEmpty ? 1e-12 : 1e-10
        let places = names.isEmpty ? 1 : 12
        var agreed = 0
        for place in 0..<places {
            var values: [String: Double] = [:]
            for (index, name) in names.sorted().enumerated() {
                // Irrational and far from special values; some are negative.
                let step = Double(place * 7 + index * 3 + 1) * 0.618_033_988_749_895
                let size = 0.37 + 2.9 * (step - step.rounded(.down))
                values[name] = place % 3 == 2 ? -size : size
            }
            let (a, b) = (value(values), other.value(values))
            if a.isNaN, b.isNaN { continue }
            guard a.isFinite, b.isFinite, abs(a - b) <= tolerance * max(abs(a), abs(b)) + 1e-300 else { return false }
            // What is nought whatever its letters are is likelier a word beside a nought than an answer.
            if a == 0, b == 0, variables.isEmpty != other.variables.isEmpty { return false }
            agreed += 1
        }
        return agreed >= min(places, 3)
    }
}
