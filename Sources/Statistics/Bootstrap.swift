import RandomNumbers

/// Percentile bootstrap of a mean: how far it would wander if other samples had been drawn (Efron and Tibshirani,
/// "An Introduction to the Bootstrap", 1993, chapter 13).
public struct Bootstrap: Sendable {
    /// How many times the samples are drawn again.
    public var resamples: Int
    /// The same seed draws the same samples.
    public var seed: UInt64

    /// A bootstrap.
    /// - Parameters:
    ///   - resamples: how many times the samples are drawn again, at least 2.
    ///   - seed: the same seed draws the same samples.
    public init(resamples: Int = 5_000, seed: UInt64 = 0) {
        self.resamples = resamples
        self.seed = seed
    }

    /// The interval between two quantiles of the resampled means, interpolated linearly as numpy's `quantile` does.
    /// - Parameters:
    ///   - values: one per sample, finite.
    ///   - confidence: the share of the means that lies in the interval, in 0...1.
    /// - Returns: the interval, nil for fewer than two values, of which nothing can be said.
    public func interval(ofMeanOf values: [Double], confidence: Double = 0.95) -> (low: Double, high: Double)? {
        guard values.count > 1, resamples > 1 else { return nil }
        var random = SplitMix64(seed: seed)
        let count = UInt64(values.count)
        let means = (0..<resamples).map { _ in
            var sum = 0.0
            // The high half of a product with the count is a place in 0 ..< count.
            for _ in values { sum += values[Int(random.next().multipliedFullWidth(by: count).high)] }
            return sum / Double(values.count)
        }.sorted()
        let tail = (1 - confidence) / 2
        return (Quantile.linear(means, tail), Quantile.linear(means, 1 - tail))
    }

    /// The interval of a mean of values of which some belong together, as questions about one picture do: whole groups are drawn.
    /// - Parameters:
    ///   - values: one per sample, finite.
    ///   - clusters: the group of each value, in any words; as many as values.
    ///   - confidence: the share of the means that lies in the interval, in 0...1.
    /// - Returns: the interval and the standard deviation of the resampled means; nil for fewer than two groups.
    public func estimate(ofMeanOf values: [Double], clusters: [String], confidence: Double = 0.95) -> Estimate? {
        let groups = Clusters(clusters).groups.map { group in
            (sum: group.reduce(0) { $0 + values[$1] }, count: group.count)
        }
        guard groups.count > 1, resamples > 1 else { return nil }
        var random = SplitMix64(seed: seed)
        let bound = UInt64(groups.count)
        let means = (0..<resamples).map { _ in
            var sum = 0.0
            var count = 0
            for _ in groups {
                let group = groups[Int(random.next().multipliedFullWidth(by: bound).high)]
                sum += group.sum
                count += group.count
            }
            return sum / Double(count)
        }.sorted()
        let mean = means.reduce(0, +) / Double(means.count)
        let square = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let tail = (1 - confidence) / 2
        return Estimate(
            low: Quantile.linear(means, tail), high: Quantile.linear(means, 1 - tail),
            standardError: (square / Double(means.count - 1)).squareRoot())
    }

    /// How far a mean wanders when the groups it is made of are drawn again.
    public struct Estimate: Sendable, Equatable, Codable {
        /// The lower end of the interval.
        public let low: Double
        /// The upper end.
        public let high: Double
        /// The standard deviation of the resampled means.
        public let standardError: Double
    }
}
