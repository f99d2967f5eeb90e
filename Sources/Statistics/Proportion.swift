/// How many of some things are so, with the 95 % interval of the share they are drawn from.
public struct Proportion: Sendable, Equatable, Codable {
    /// How many are so.
    public let right: Int
    /// Of how many.
    public let count: Int
    /// The share, in 0...1; nil of none.
    public let accuracy: Double?
    /// The lower end of Wilson's interval; nil of none.
    public let low: Double?
    /// The upper end.
    public let high: Double?

    /// The 97.5 % quantile of the normal distribution.
    private static let quantile = 1.959_963_984_540_054

    /// A share with Wilson's score interval, which holds its promise for few things and near 0 and 1 (Wilson, 1927).
    ///
    /// With the share `p` of `n` things: `(p + z²/2n ± z sqrt(p (1 - p)/n + z²/4n²)) / (1 + z²/n)`.
    /// - Parameters:
    ///   - right: how many are so.
    ///   - count: of how many.
    public init(right: Int, of count: Int) {
        (self.right, self.count) = (right, count)
        guard count > 0 else {
            (accuracy, low, high) = (nil, nil, nil)
            return
        }
        let (n, z) = (Double(count), Self.quantile)
        let share = Double(right) / n
        let middle = share + z * z / (2 * n)
        let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        accuracy = share
        // At the ends rounding would leave the interval a hair outside of 0...1, or the share outside of the interval.
        low = right == 0 ? 0 : (middle - reach) / (1 + z * z / n)
        high = right == count ? 1 : (middle + reach) / (1 + z * z / n)
    }

    /// A share of verdicts, with its interval.
    /// - Parameter verdicts: for each thing, whether it is so.
    public init(_ verdicts: [Bool]) { self.init(right: verdicts.count { $0 }, of: verdicts.count) }
}
