/// Places in order of size.
enum Ranks {
    /// The rank of each value from 1 up; equal values share the mean of their ranks.
    static func average(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }

    /// The share of all orders of `b` whose correlation with `a` is at least as large in magnitude as in the order given.
    ///
    /// Computed in whole numbers: twice a rank is one, whatever is tied.
    static func permutationP(_ a: [Double], _ b: [Double]) -> Double {
        let count = a.count
        let x = a.map { Int(2 * $0) - count - 1 }
        var y = b.map { Int(2 * $0) - count - 1 }
        func product() -> Int { abs((0..<count).reduce(0) { $0 + x[$1] * y[$1] }) }
        let observed = product()
        var (total, extreme) = (1, 1)
        // Heap's algorithm: every order once, each by one exchange from the one before.
        var counters = [Int](repeating: 0, count: count)
        var index = 1
        while index < count {
            if counters[index] < index {
                y.swapAt(index % 2 == 0 ? 0 : counters[index], index)
                total += 1
                if product() >= observed { extreme += 1 }
                counters[index] += 1
                index = 1
            } else {
                counters[index] = 0
                index += 1
            }
        }
        return Double(extreme) / Double(total)
    }
}
