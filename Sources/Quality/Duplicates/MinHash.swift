import RandomNumbers

/// The minima of a set under many orders: two sets agree in each with the probability of their Jaccard index.
struct MinHash: Sendable {
    private let factors: [UInt64]
    private let terms: [UInt64]

    init(count: Int) {
        var random = SplitMix64(seed: 0x6D69_6E68_6173_6831)
        // An odd factor orders all numbers anew (Dietzfelbinger et al., 1997).
        factors = (0..<count).map { _ in random.next() | 1 }
        terms = (0..<count).map { _ in random.next() }
    }

    var count: Int { factors.count }

    /// The upper halves of the smallest values.
    func minima(of set: [UInt64]) -> [UInt32] {
        var result = [UInt32](repeating: .max, count: factors.count)
        result.withUnsafeMutableBufferPointer { result in
            factors.withUnsafeBufferPointer { factors in
                terms.withUnsafeBufferPointer { terms in
                    for value in set {
                        for order in 0..<result.count {
                            let hash = UInt32(truncatingIfNeeded: (factors[order] &* value &+ terms[order]) >> 32)
                            result[order] = min(result[order], hash)
                        }
                    }
                }
            }
        }
        return result
    }
}
