import Foundation
import Statistics

/// How closely two columns of numbers go together, and how likely that is by chance.
public struct Correlation: Sendable, Equatable, Codable {
    /// How the p-value is had.
    public enum Method: String, Sendable, Equatable, Codable {
        /// From Student's t distribution.
        case student
        /// From all orders of one of the columns.
        case permutation
    }

    /// The coefficient, in -1...1.
    public let coefficient: Double
    /// The two-sided p-value under independence.
    public let pValue: Double
    /// Points that went into it.
    public let count: Int
    /// What the points leave free once means, and a line, are taken from them.
    public let degreesOfFreedom: Int
    /// How the p-value is had.
    public let method: Method

    /// The most points for which Spearman's p-value comes from all orders of the ranks: 9 points have 362,880.
    public static let mostPermuted = 9

    /// Pearson's r, with its p-value from Student's t.
    ///
    /// `r = Σ (x - mean x)(y - mean y) / (|x - mean x| |y - mean y|)`; under independent normal points
    /// `r sqrt(f / (1 - r²))` follows Student's t with f degrees of freedom, so p = I_{1-r²}(f/2, 1/2).
    /// - Parameters:
    ///   - x: one column, finite.
    ///   - y: the other, as long.
    ///   - degreesOfFreedom: count - 2 unless more than one mean was taken from each column.
    /// - Returns: nil if nothing is left free or a column is constant.
    public static func pearson(_ x: [Double], _ y: [Double], degreesOfFreedom: Int? = nil) -> Correlation? {
        let freedom = degreesOfFreedom ?? x.count - 2
        guard x.count == y.count, freedom >= 1, let a = unit(x), let b = unit(y) else { return nil }
        let r = min(1, max(-1, zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }))
        // 1 - r² as what the line leaves over, which keeps its digits where r is almost 1.
        let rest = min(1, zip(a, b).reduce(0) { $0 + ($1.1 - r * $1.0) * ($1.1 - r * $1.0) })
        // What is left of points on a line is rounding, 1e-16 of each.
        let complement = rest < 1e-30 * Double(x.count) ? 0 : rest
        let p = IncompleteBeta.half(x: complement, complement: r * r, a: Double(freedom) / 2)
        return Correlation(
            coefficient: complement == 0 ? (r < 0 ? -1 : 1) : r, pValue: p, count: x.count, degreesOfFreedom: freedom,
            method: .student)
    }

    /// Spearman's rho: Pearson's r of the ranks, equal values sharing the mean of their ranks.
    ///
    /// The p-value comes from all orders of the ranks for up to ``mostPermuted`` points, and from Student's t for more: of four
    /// points in perfect order Student's t says p = 0, though one order in twelve is as perfect.
    /// - Parameters:
    ///   - x: one column, finite.
    ///   - y: the other, as long.
    /// - Returns: nil if there are fewer than three points or a column is constant.
    public static func spearman(_ x: [Double], _ y: [Double]) -> Correlation? {
        let (a, b) = (Ranks.average(x), Ranks.average(y))
        guard let asymptotic = pearson(a, b) else { return nil }
        guard x.count <= mostPermuted else { return asymptotic }
        return Correlation(
            coefficient: asymptotic.coefficient, pValue: Ranks.permutationP(a, b), count: x.count,
            degreesOfFreedom: x.count - 2, method: .permutation)
    }

    /// The deviations from the mean, scaled to length 1; nil if there are none.
    private static func unit(_ values: [Double]) -> [Double]? {
        guard let low = values.min(), let high = values.max(), low < high else { return nil }
        // From the first value on, which loses nothing where all are far from zero.
        let steps = values.map { $0 - values[0] }
        let mean = steps.reduce(0, +) / Double(values.count)
        let deviations = steps.map { $0 - mean }
        // What rounding left of the mean is taken off too.
        let rest = deviations.reduce(0, +) / Double(values.count)
        let largest = deviations.reduce(0) { max($0, abs($1 - rest)) }
        // Divided before squared, so that no square overflows or vanishes.
        guard largest > 0, largest.isFinite else { return nil }
        let even = deviations.map { ($0 - rest) / largest }
        let length = even.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return even.map { $0 / length }
    }
}
