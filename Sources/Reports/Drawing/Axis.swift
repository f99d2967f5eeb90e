/// What an axis shows.
public struct Axis: Sendable, Equatable, ExpressibleByStringLiteral {
    /// How values become places.
    public enum Spacing: Sendable, Equatable {
        /// Equal differences, equal distances.
        case linear
        /// Equal ratios, equal distances; values that are not positive have no place.
        case logarithmic
        /// Logarithmic if all values are positive and the largest is over 100 times the smallest.
        case automatic
    }

    /// A marked value.
    public struct Tick: Sendable, Equatable {
        /// The place on the axis, in its unit.
        public var value: Double
        /// What stands there.
        public var label: String

        /// A marked value.
        /// - Parameters:
        ///   - value: where.
        ///   - label: what stands there.
        public init(_ value: Double, _ label: String) {
            self.value = value
            self.label = label
        }
    }

    /// The name of the quantity, without its unit.
    public var label: String
    /// Its unit, nil for a plain number.
    public var unit: String?
    /// How values become places.
    public var spacing: Spacing
    /// Whether only whole numbers are marked: layers, tokens.
    public var isInteger: Bool
    /// Marked values in place of those that are chosen, such as the rungs of a ladder.
    public var ticks: [Tick]?

    /// What an axis shows.
    /// - Parameters:
    ///   - label: the quantity.
    ///   - unit: its unit, nil for a plain number.
    ///   - spacing: how values become places.
    ///   - isInteger: whether only whole numbers are marked.
    ///   - ticks: marked values in place of those that are chosen.
    public init(
        _ label: String, unit: String? = nil, spacing: Spacing = .linear, isInteger: Bool = false, ticks: [Tick]? = nil
    ) {
        self.label = label
        self.unit = unit
        self.spacing = spacing
        self.isInteger = isInteger
        self.ticks = ticks
    }

    /// A plain number on a linear axis.
    public init(stringLiteral value: String) { self.init(value) }

    /// The quantity and its unit.
    var heading: String { unit.map { "\(label) (\($0))" } ?? label }

    /// Whether values are spaced by their logarithm.
    func isLogarithmic(for values: [Double]) -> Bool {
        switch spacing {
        case .linear: return false
        case .logarithmic: return true
        case .automatic:
            let finite = values.filter(\.isFinite)
            guard let smallest = finite.min(), let largest = finite.max(), smallest > 0 else { return false }
            return largest > 100 * smallest
        }
    }
}
