/// The straight line with the least sum of squared vertical distances.
public struct LeastSquaresLine: Sendable, Equatable, Codable {
    /// What y gains when x gains 1.
    public let slope: Double
    /// y where x is 0.
    public let intercept: Double
    /// The standard deviation of the distances, with count - 2 in the denominator; nil for two points.
    public let residualStandardDeviation: Double?

    /// The line through some points; nil for fewer than two, or if all have the same x.
    /// - Parameters:
    ///   - x: the column it explains by, finite.
    ///   - y: the column it explains, as long.
    public init?(_ x: [Double], _ y: [Double]) {
        guard x.count == y.count, x.count >= 2, x.min() != x.max() else { return nil }
        let count = Double(x.count)
        // From the first point on, which loses nothing where all are far from zero.
        let points = zip(x, y).map { ($0 - x[0], $1 - y[0]) }
        let xMean = points.reduce(0) { $0 + $1.0 } / count
        let yMean = points.reduce(0) { $0 + $1.1 } / count
        let square = points.reduce(0) { $0 + ($1.0 - xMean) * ($1.0 - xMean) }
        let product = points.reduce(0) { $0 + ($1.0 - xMean) * ($1.1 - yMean) }
        let slope = product / square
        self.slope = slope
        intercept = y[0] + yMean - slope * (x[0] + xMean)
        let rest = points.reduce(0) { sum, point in
            let distance = (point.1 - yMean) - slope * (point.0 - xMean)
            return sum + distance * distance
        }
        residualStandardDeviation = x.count > 2 ? (rest / (count - 2)).squareRoot() : nil
    }
}
