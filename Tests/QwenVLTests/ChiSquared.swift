import Foundation

/// Pearson's test of counts against probabilities.
struct ChiSquared {
    /// Sum of (count - expected)^2 / expected over the cells.
    let statistic: Double
    /// Cells less one.
    let degrees: Int

    /// - Parameters:
    ///   - counts: how often each outcome came.
    ///   - probabilities: of each outcome. Those expected fewer than 10 times share a cell, as the approximation asks for.
    init(counts: [Int], probabilities: [Double]) {
        let draws = Double(counts.reduce(0, +))
        var cells: [(count: Double, expected: Double)] = []
        var rest = (count: 0.0, expected: 0.0)
        var isImpossible = false
        for (count, probability) in zip(counts, probabilities) {
            let expected = draws * probability
            if expected == 0 {
                isImpossible = isImpossible || count > 0
            } else if expected >= 10 {
                cells.append((Double(count), expected))
            } else {
                rest = (rest.count + Double(count), rest.expected + expected)
            }
        }
        if rest.expected > 0 { cells.append(rest) }
        let sum = cells.reduce(0) { $0 + ($1.count - $1.expected) * ($1.count - $1.expected) / $1.expected }
        statistic = isImpossible ? .infinity : sum
        degrees = cells.count - 1
    }

    /// The probability of a statistic at least as large where the probabilities are true.
    var pValue: Double { Self.upperTail(statistic, degrees: degrees) }

    /// Q(degrees/2, x/2), the regularised upper incomplete gamma function (Numerical Recipes, section 6.2).
    static func upperTail(_ x: Double, degrees: Int) -> Double {
        let (a, z) = (Double(degrees) / 2, x / 2)
        guard z.isFinite else { return 0 }
        // One outcome alone: it came every time.
        guard degrees > 0 else { return z < 1e-9 ? 1 : 0 }
        let factor = exp(a * log(z) - z - lgamma(a))
        if z < a + 1 {
            var (term, sum) = (1 / a, 1 / a)
            for n in 1..<10_000 {
                term *= z / (a + Double(n))
                sum += term
            }
            return z == 0 ? 1 : 1 - factor * sum
        }
        // Lentz's continued fraction.
        var b = z + 1 - a
        var (c, d) = (1e300, 1 / b)
        var fraction = d
        for n in 1..<10_000 {
            let numerator = -Double(n) * (Double(n) - a)
            b += 2
            d = 1 / (numerator * d + b)
            c = b + numerator / c
            fraction *= d * c
        }
        return factor * fraction
    }
}
