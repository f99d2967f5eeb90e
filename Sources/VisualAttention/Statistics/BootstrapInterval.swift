import QwenVL
import RandomNumbers
import Statistics

/// How uncertain a correlation is: the percentile bootstrap's confidence interval.
public struct BootstrapInterval: Sendable, Equatable, Codable {
    /// The correlation below which half of the share outside ``level`` lies.
    public let lower: Double
    /// The correlation above which half of the share outside ``level`` lies.
    public let upper: Double
    /// The share of resamples between the ends.
    public let level: Double
    /// Resamples whose correlation is defined.
    public let resamples: Int
    /// Resamples left out because a column was constant in them.
    public let undefined: Int
    /// What was drawn: points, or whole runs of points.
    public let units: Int

    /// The fewest units an interval is made of; two can be drawn in three ways only.
    public static let fewestUnits = 3

    /// The interval of Pearson's r, or of Spearman's rho; nil for fewer than ``fewestUnits``, or if hardly a resample
    /// has a correlation.
    /// - Parameters:
    ///   - x: one column, finite.
    ///   - y: the other, as long.
    ///   - groups: which points are drawn together, as indices; each point for itself if nil.
    ///   - resamples: how often to draw, at least 2.
    ///   - level: the share of resamples between the ends.
    ///   - seed: the same seed gives the same interval.
    ///   - ofRanks: true for Spearman's rho: every resample is ranked anew.
    public init?(
        _ x: [Double], _ y: [Double], groups: [[Int]]? = nil, resamples: Int = 10_000, level: Double = 0.95,
        seed: UInt64 = 0, ofRanks: Bool = false
    ) {
        let groups = groups ?? x.indices.map { [$0] }
        guard groups.count >= Self.fewestUnits, resamples > 1 else { return nil }
        let values = Self.coefficients(x, y, groups: groups, resamples: resamples, seed: seed, ofRanks: ofRanks)
            .sorted()
        guard values.count * 2 > resamples else { return nil }
        lower = Quantile.linear(values, (1 - level) / 2)
        upper = Quantile.linear(values, (1 + level) / 2)
        self.level = level
        self.resamples = values.count
        undefined = resamples - values.count
        units = groups.count
    }

    /// The coefficients of the resamples in which they are defined.
    package static func coefficients(
        _ x: [Double], _ y: [Double], groups: [[Int]], resamples: Int, seed: UInt64,
        ofRanks: Bool = false
    ) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<resamples).compactMap { _ in
            var indices: [Int] = []
            for _ in groups { indices += groups[Int(random.next().multipliedFullWidth(by: UInt64(groups.count)).high)] }
            let (drawnX, drawnY) = (indices.map { x[$0] }, indices.map { y[$0] })
            return ofRanks
                ? coefficient(Ranks.average(drawnX), Ranks.average(drawnY)) : coefficient(drawnX, drawnY)
        }
    }

    /// Pearson's r alone; nil if a column is constant.
    private static func coefficient(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.contains(where: { $0 != x[0] }), y.contains(where: { $0 != y[0] }) else { return nil }
        let count = Double(x.count)
        let (xMean, yMean) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - xMean) * (a - xMean)
            yy += (b - yMean) * (b - yMean)
            xy += (a - xMean) * (b - yMean)
        }
        let r = xy / (xx.squareRoot() * yy.squareRoot())
        return r.isFinite ? min(1, max(-1, r)) : nil
    }
}
