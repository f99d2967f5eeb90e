import Foundation

/// Whether two models that answered the same questions are right equally often (McNemar, 1947).
///
/// Questions that both or neither answered right say nothing. Of the others half should fall to each model if they are equal, so that the
/// smaller number is one of a binomial distribution with 1/2.
public struct McNemar: Sendable, Equatable, Codable {
    /// Questions that only the first model answered right.
    public let onlyFirst: Int
    /// Questions that only the second answered right.
    public let onlySecond: Int
    /// The two-sided p-value of the exact test: `min(1, 2 P(X <= k))` with `X ~ Bin(n, 1/2)`, `k` the smaller number and `n` the sum.
    public let exact: Double
    /// The mid-p value, `2 P(X < k) + P(X = k)`.
    ///
    /// It is less cautious than the exact one, and hardly ever too bold (Fagerland, Lydersen and Laake, 2013). 1 if both numbers are equal.
    public let midP: Double

    /// The test for some counts.
    /// - Parameters:
    ///   - onlyFirst: questions that only the first model answered right.
    ///   - onlySecond: questions that only the second answered right.
    public init(onlyFirst: Int, onlySecond: Int) {
        (self.onlyFirst, self.onlySecond) = (onlyFirst, onlySecond)
        let count = onlyFirst + onlySecond
        let least = min(onlyFirst, onlySecond)
        let (below, at) = Self.halves(count, least)
        exact = onlyFirst == onlySecond ? 1 : min(1, 2 * (below + at))
        midP = onlyFirst == onlySecond ? 1 : min(1, 2 * below + at)
    }

    /// The test for the verdicts of two models.
    /// - Parameters:
    ///   - first: whether the first model's answers are right.
    ///   - second: whether the second model's answers to the same questions are.
    /// - Throws: ``ComparisonError`` if there are not as many of both.
    public init(_ first: [Bool], _ second: [Bool]) throws {
        guard first.count == second.count else {
            throw ComparisonError.lengths(name: "second", count: second.count, expected: first.count)
        }
        let pairs = zip(first, second)
        self.init(onlyFirst: pairs.count { $0 && !$1 }, onlySecond: pairs.count { !$0 && $1 })
    }

    /// P(X < k) and P(X = k) of a binomial distribution with 1/2.
    private static func halves(_ count: Int, _ least: Int) -> (below: Double, at: Double) {
        let n = Double(count), k = Double(least)
        let ways: Double = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        let at: Double = exp(ways - n * log(2.0))
        // Downwards from k, each term from the one above it: P(X = j - 1) = P(X = j) j / (n - j + 1).
        var (below, term) = (0.0, at)
        for j in stride(from: k, to: 0, by: -1) {
            term *= j / (n - j + 1)
            below += term
            if term < below * 1e-17 { break }
        }
        return (below, at)
    }
}
