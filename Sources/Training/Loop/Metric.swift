/// A number that a step finds, and how those of several steps become one in the log.
public enum Metric: Sendable, Equatable, Codable {
    /// A mean: of several, the mean by their weights. One of weight 0 was not defined in its step.
    case mean(Double, weight: Double = 1)
    /// A count: of several, the sum.
    case sum(Double)
    /// A gauge: of several, the last.
    case last(Double)
    /// A bound: of several, the largest.
    case largest(Double)

    /// The number; nil for a mean of nothing.
    public var value: Double? {
        switch self {
        case .mean(let value, let weight): weight == 0 ? nil : value
        case .sum(let value), .last(let value), .largest(let value): value
        }
    }

    /// What this and a later one are together; the later one's kind decides.
    /// - Parameter later: of the same name.
    /// - Returns: both as one.
    public func joined(by later: Metric) -> Metric {
        switch (self, later) {
        case (.mean(let one, let weight), .mean(let other, let otherWeight)):
            // A value of weight 0 may be anything, NaN too, and counts for nothing.
            if weight == 0 { return later }
            if otherWeight == 0 { return self }
            let total = weight + otherWeight
            return .mean((one * weight + other * otherWeight) / total, weight: total)
        case (.sum(let one), .sum(let other)): return .sum(one + other)
        case (.largest(let one), .largest(let other)):
            // What is no number is worse than any.
            return .largest(one.isNaN || one > other ? one : other)
        default: return later
        }
    }
}
