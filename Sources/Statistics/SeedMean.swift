/// A mean over repetitions, as over seeds, with Student's interval.
public struct SeedMean: Sendable, Equatable, Codable {
    /// The values, one for each repetition.
    public let values: [Double]
    /// Their mean.
    public let mean: Double
    /// Half the width of Student's 95 % interval around it; nil for one value, of which nothing can be said.
    public let half: Double?

    /// The mean of some values.
    /// - Parameter values: one for each repetition; nil is given for none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        self.values = values
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        guard values.count > 1 else {
            half = nil
            return
        }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        half = Self.quantile(freedom: values.count - 1, tail: 0.05) * (variance / count).squareRoot()
    }

    /// The interval; nil for one value.
    public var interval: ClosedRange<Double>? { half.map { mean - $0...mean + $0 } }

    /// The number that Student's t with so many degrees of freedom passes, upwards or downwards, with a probability.
    /// - Parameters:
    ///   - freedom: degrees of freedom, at least 1.
    ///   - tail: the probability on both sides together, in 0...1, neither included.
    /// - Returns: the quantile, found by halving to the last digit.
    public static func quantile(freedom: Int, tail: Double) -> Double {
        let freedom = Double(freedom)
        func beyond(_ t: Double) -> Double {
            let sum = freedom + t * t
            return IncompleteBeta.half(x: freedom / sum, complement: t * t / sum, a: freedom / 2)
        }
        var (low, high) = (0.0, 1.0)
        while beyond(high) > tail { high *= 2 }
        for _ in 0..<200 where low < high {
            let middle = low + (high - low) / 2
            if middle == low || middle == high { break }
            if beyond(middle) > tail { low = middle } else { high = middle }
        }
        return high
    }
}
