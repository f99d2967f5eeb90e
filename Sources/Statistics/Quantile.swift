/// Values below which shares of a sample lie.
package enum Quantile {
    /// The value below which a share lies, by linear interpolation (type 7 of Hyndman and Fan, numpy's default).
    /// - Parameters:
    ///   - sorted: at least two values in ascending order.
    ///   - share: in 0...1.
    /// - Returns: the value.
    package static func linear(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let index = min(Int(place), sorted.count - 2)
        let rest = place - Double(index)
        return sorted[index] + (sorted[index + 1] - sorted[index]) * rest
    }
}
