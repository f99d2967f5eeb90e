/// What an answer to a question of mathematics is.
indirect enum MathValue: Equatable, Sendable {
    /// A number or an expression, with a unit or a per cent sign behind it if there is one.
    case quantity(Expression, Unit?, isPercent: Bool)
    /// Two sides.
    case equation(Expression, MathValue)
    /// Values in brackets, in their order: points, tuples, intervals.
    case bracketed(Character, [MathValue], Character)
    /// Values in any order: sets, several solutions.
    case set([MathValue])
    /// Joined intervals, in any order.
    case union([MathValue])
    /// A value, and behind it the decimals that it is about: either is the answer.
    case either(MathValue, MathValue)
    /// Letters that no formula holds.
    case words(String)

    static func number(_ expression: Expression) -> MathValue { .quantity(expression, nil, isPercent: false) }
}

extension MathValue {
    /// Whether an answer is the right one.
    /// - Parameters:
    ///   - reference: the right one.
    ///   - decimals: to how many a number is asked for; nil if it is asked for exactly.
    /// - Returns: true if it has the same value.
    func isEquivalent(to reference: MathValue, decimals: Int?) -> Bool {
        switch (self, reference) {
        case (.either(let exact, let rounded), _):
            return exact.isEquivalent(to: reference, decimals: decimals)
                || rounded.isEquivalent(to: reference, decimals: decimals)
        case (_, .either(let exact, let rounded)):
            return isEquivalent(to: exact, decimals: decimals) || isEquivalent(to: rounded, decimals: decimals)
        case (.quantity(let a, let unit, let percent), .quantity(let b, let otherUnit, let otherPercent)):
            return Self.isSame(a, unit, percent, b, otherUnit, otherPercent, decimals)
        case (.equation(let left, let right), .equation(let otherLeft, let otherRight)):
            if left.isEqual(to: otherLeft) { return right.isEquivalent(to: otherRight, decimals: decimals) }
            guard case .quantity(let a, _, _) = right, case .quantity(let b, _, _) = otherRight else { return false }
            let (one, other) = (Expression.sum([left, .negative(a)]), Expression.sum([otherLeft, .negative(b)]))
            return one.isEqual(to: other) || one.isEqual(to: .negative(other))
        case (.equation(let left, let right), _) where left.isName:
            return right.isEquivalent(to: reference, decimals: decimals)
        case (_, .equation(let left, let right)) where left.isName:
            return isEquivalent(to: right, decimals: decimals)
        case (.bracketed(let open, let items, let close), .bracketed(let otherOpen, let others, let otherClose)):
            return open == otherOpen && close == otherClose && Self.isSame(inOrder: items, others, decimals)
        case (.set(let items), .bracketed("(", let others, ")")):
            return Self.coordinates(items).map { Self.isSame(inOrder: $0, others, decimals) } ?? false
        case (.bracketed("(", let items, ")"), .set(let others)):
            return Self.coordinates(others).map { Self.isSame(inOrder: items, $0, decimals) } ?? false
        case (.set(let items), .set(let others)), (.union(let items), .union(let others)):
            return Self.isSame(items, others, decimals)
        case (.set(let items), _) where items.count == 1:
            return items[0].isEquivalent(to: reference, decimals: decimals)
        case (_, .set(let items)) where items.count == 1: return isEquivalent(to: items[0], decimals: decimals)
        case (.words(let a), .words(let b)): return a == b
        default: return false
        }
    }

    private static func isSame(
        _ a: Expression, _ unit: Unit?, _ percent: Bool, _ b: Expression, _ otherUnit: Unit?, _ otherPercent: Bool,
        _ decimals: Int?
    ) -> Bool {
        if unit == nil, otherUnit != nil, !percent, let (number, letter) = a.withUnitLetter {
            return isSame(number, letter, false, b, otherUnit, otherPercent, decimals)
        }
        if otherUnit == nil, unit != nil, !otherPercent, let (number, letter) = b.withUnitLetter {
            return isSame(a, unit, percent, number, letter, false, decimals)
        }
        // A share is no length and no money.
        if (percent && otherUnit != nil) || (otherPercent && unit != nil) { return false }
        if let unit, let otherUnit {
            guard unit.quantity == otherUnit.quantity else { return false }
            if unit.size != otherUnit.size {
                return isClose(.product([a, .number(unit.size)]), .product([b, .number(otherUnit.size)]), decimals)
            }
        }
        if isClose(a, b, decimals) { return true }
        // A share may be said as a number or in per cent.
        guard percent != otherPercent else { return false }
        let hundredth = Expression.quotient(percent ? a : b, .number(Rational(100)))
        return percent ? isClose(hundredth, b, decimals) : isClose(a, hundredth, decimals)
    }

    private static func isSame(inOrder items: [MathValue], _ others: [MathValue], _ decimals: Int?) -> Bool {
        items.count == others.count && zip(items, others).allSatisfy { $0.isEquivalent(to: $1, decimals: decimals) }
    }

    /// The values of `x = 2, y = 3`, whose letters stand in their order; nil of anything else.
    private static func coordinates(_ items: [MathValue]) -> [MathValue]? {
        var names: [String] = []
        var values: [MathValue] = []
        for item in items {
            guard case .equation(.variable(let name), let value) = item else { return nil }
            names.append(name)
            values.append(value)
        }
        return [["x", "y"], ["x", "y", "z"], ["a", "b"], ["a", "b", "c"]].contains(names) ? values : nil
    }

    private static func isClose(_ a: Expression, _ b: Expression, _ decimals: Int?) -> Bool {
        if a.isEqual(to: b) { return true }
        guard let decimals, a.variables.isEmpty, b.variables.isEmpty else { return false }
        let difference = abs(a.value([:]) - b.value([:]))
        var half = 0.5
        for _ in 0..<min(max(decimals, 0), 12) { half /= 10 }
        // Half of the last place that is asked for; a little more, because halves are not exact in binary.
        return difference <= half * (1 + 1e-9)
    }

    /// Whether two lists hold the same values in any order.
    private static func isSame(_ items: [MathValue], _ others: [MathValue], _ decimals: Int?) -> Bool {
        guard items.count == others.count, items.count <= 64 else { return false }
        var left = others
        for item in items {
            guard let index = left.firstIndex(where: { item.isEquivalent(to: $0, decimals: decimals) }) else {
                return false
            }
            left.remove(at: index)
        }
        return true
    }
}

extension MathValue {
    /// A number and what it is about; nil if the two are not close, and the second alone if nothing can be said of the first.
    static func rounded(_ exact: MathValue, to rounded: MathValue) -> MathValue? {
        let first: MathValue = if case .either(let value, _) = exact { value } else { exact }
        guard case .quantity(let a, _, _) = first, case .quantity(let b, _, _) = rounded, a.variables.isEmpty,
            b.variables.isEmpty
        else { return rounded }
        let (x, y) = (a.value([:]), b.value([:]))
        return abs(x - y) <= 0.02 * abs(x) ? .either(first, rounded) : nil
    }

    /// Whether it is two ends with brackets round them.
    var isInterval: Bool {
        if case .bracketed(let open, let items, let close) = self {
            "([".contains(open) && ")]".contains(close) && items.count == 2
        } else {
            false
        }
    }
}

extension Expression {
    /// Number and unit of `50m`, which was read as a product.
    var withUnitLetter: (Expression, Unit)? {
        guard case .product(let parts) = self, parts.count == 2, parts[0].variables.isEmpty,
            case .variable(let name) = parts[1], let unit = Unit(name)
        else { return nil }
        return (parts[0], unit)
    }

    /// Whether it is what stands on the left of `x = 5`: a letter, letters side by side, a function of a letter.
    var isName: Bool {
        switch self {
        case .variable: true
        case .product(let parts): parts.allSatisfy(\.isName)
        case .function: !variables.isEmpty
        default: false
        }
    }
}
