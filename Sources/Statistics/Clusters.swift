/// Things that belong together, such as questions about one picture: what is known of one says something about the others.
public struct Clusters: Sendable {
    /// The places of the members of every group, groups in the order of their first members.
    public let groups: [[Int]]

    /// Groups of equal keys.
    /// - Parameter keys: one per thing.
    public init(_ keys: [String]) {
        var places: [String: Int] = [:]
        var groups: [[Int]] = []
        for (index, key) in keys.enumerated() {
            let place = places[key, default: groups.count]
            places[key] = place
            if place == groups.count { groups.append([]) }
            groups[place].append(index)
        }
        self.groups = groups
    }

    /// The standard error of a mean whose values are independent between groups only.
    ///
    /// `sqrt(G/(G-1) Σ_g (Σ_{i∈g} (x_i - x̄))²) / n` for `n` values in `G` groups (Liang and Zeger, 1986); with a group for every value
    /// it is the usual `s / sqrt(n)`.
    /// - Parameter values: one per thing.
    /// - Returns: the error; nil for fewer than two groups.
    public func standardError(ofMeanOf values: [Double]) -> Double? {
        guard groups.count > 1 else { return nil }
        let count = Double(values.count), groupCount = Double(groups.count)
        let mean = values.reduce(0, +) / count
        let square = groups.reduce(0.0) { sum, group in
            let deviation = group.reduce(0.0) { $0 + values[$1] - mean }
            return sum + deviation * deviation
        }
        return (groupCount / (groupCount - 1) * square).squareRoot() / count
    }
}
