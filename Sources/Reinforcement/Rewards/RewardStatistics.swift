/// What the groups of a batch have to learn from: how far their rewards differ, and through which parts.
public struct RewardStatistics: Sendable, Equatable {
    /// Whether the rewards of a group differ.
    public enum Signal: String, Sendable {
        /// They do not: nothing is learnt from the group.
        case none
        /// They do, but only through parts that judge the form.
        case formOnly
        /// They do.
        case full
    }

    /// The rollouts of one problem, and what tells them apart.
    public struct Group: Sendable, Equatable {
        /// The group's number, as ``RewardInput/group`` has it.
        public let number: Int
        /// How many rollouts it has.
        public let count: Int
        /// The mean of their rewards.
        public let mean: Double
        /// The standard deviation of their rewards, with n - 1; 0 of a single one.
        public let standardDeviation: Double
        /// The largest reward less the smallest.
        public let range: Double
        /// Each part's share of the variance; nil without signal.
        public let shares: [Double]?
        /// Whether the rewards differ.
        public let signal: Signal
    }

    /// Rewards that lie no further apart count as equal: far below the 1e-6 that is added to a group's standard
    /// deviation.
    public static let leastRange = 1e-9

    /// The groups in the order in which they appear.
    public let groups: [Group]
    /// Each part's share of the variance, mean over the groups that have signal: advantages are divided by the group's
    /// standard deviation, so that every such group weighs the same; nil if none has signal.
    public let meanShares: [Double]?
    /// Each part's covariances with the total, added over groups, over the variances, added over groups: the share
    /// where advantages are not divided; nil if none has signal.
    public let pooledShares: [Double]?
    /// Squares of what rewards lie from their group's mean, added over the groups that have signal: what ``pooledShares`` are
    /// shares of.
    public let squaredDeviations: Double

    /// The shares of parts: `s_p = cov(w_p r_p, r) / var(r)` within a group, with `r` the total.
    ///
    /// They add to 1, because the parts add to the total; a part that works against the others has a negative share.
    init(groups places: [(number: Int, places: [Int])], parts: [RewardReport.Part], totals: [Double]) {
        var found: [Group] = []
        var (shareSums, covarianceSums) = (parts.map { _ in 0.0 }, parts.map { _ in 0.0 })
        var (withSignal, varianceSum) = (0, 0.0)
        for (number, places) in places {
            let total = Spread(places.map { totals[$0] })
            let spreads = parts.map { part in Spread(places.map { part.weighted[$0] }) }
            let differs = total.range > Self.leastRange
            let covariances = spreads.map { $0.products(with: total) }
            let variance = total.products(with: total)
            if differs {
                withSignal += 1
                varianceSum += variance
                for index in parts.indices {
                    shareSums[index] += covariances[index] / variance
                    covarianceSums[index] += covariances[index]
                }
            }
            let beyondForm = zip(parts, spreads).contains { !$0.judgesFormOnly && $1.range > Self.leastRange }
            found.append(
                Group(
                    number: number, count: places.count, mean: total.mean,
                    standardDeviation: places.count > 1 ? (variance / Double(places.count - 1)).squareRoot() : 0,
                    range: total.range, shares: differs ? covariances.map { $0 / variance } : nil,
                    signal: !differs ? .none : beyondForm ? .full : .formOnly))
        }
        groups = found
        meanShares = withSignal > 0 ? shareSums.map { $0 / Double(withSignal) } : nil
        pooledShares = withSignal > 0 ? covarianceSums.map { $0 / varianceSum } : nil
        squaredDeviations = varianceSum
    }

    /// Values and how far they lie from their mean.
    private struct Spread {
        let mean: Double
        let range: Double
        private let deviations: [Double]

        init(_ values: [Double]) {
            let mean = values.reduce(0, +) / Double(values.count)
            self.mean = mean
            range = (values.max() ?? 0) - (values.min() ?? 0)
            deviations = values.map { $0 - mean }
        }

        /// The sum of the products of deviations.
        func products(with other: Spread) -> Double {
            zip(deviations, other.deviations).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
