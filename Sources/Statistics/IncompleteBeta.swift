import Foundation

/// The regularized incomplete beta function, for the tails of Student's t.
package enum IncompleteBeta {
    /// `I_x(a, 1/2)`, the distribution function of the beta distribution with parameters `a` and 1/2.
    ///
    /// By the continued fraction of DLMF 8.17.22 on the side where it converges fast, with relative errors below 1e-12 down to
    /// the smallest normal numbers. Both `x` and `1 - x` are given, since either may be too small to be had from the other.
    /// - Parameters:
    ///   - x: in 0...1.
    ///   - complement: `1 - x`.
    ///   - a: a positive multiple of 1/2.
    /// - Returns: the probability, in 0...1.
    package static func half(x: Double, complement: Double, a: Double) -> Double {
        if x <= 0 { return 0 }
        if complement <= 0 { return 1 }
        // B(a, 1/2) = Γ(a) sqrt(π) / Γ(a + 1/2).
        let inverseBeta = gammaRatio(a) / Double.pi.squareRoot()
        let front = exp(a * logarithm(x, complement)) * complement.squareRoot() * inverseBeta
        if x < (a + 1) / (a + 2.5) { return front * continuedFraction(x: x, a: a, b: 0.5) / a }
        return 1 - front * continuedFraction(x: complement, a: 0.5, b: a) / 0.5
    }

    /// log x, from the complement where that is the smaller number.
    private static func logarithm(_ x: Double, _ complement: Double) -> Double {
        complement < 0.5 ? log1p(-complement) : log(x)
    }

    /// Γ(a + 1/2) / Γ(a).
    ///
    /// Differences of logarithms of Γ would lose digits for large `a`: the asymptotic series from 40 on, and below it the
    /// recurrence `ratio(a) = ratio(a + 1) a / (a + 1/2)`.
    static func gammaRatio(_ a: Double) -> Double {
        var (z, factor) = (a, 1.0)
        while z < 40 {
            factor *= z / (z + 0.5)
            z += 1
        }
        let w = 1 / z
        let series =
            1 + w
            * (-1.0 / 8 + w
                * (1.0 / 128 + w
                    * (5.0 / 1024 + w
                        * (-21.0 / 32768 + w
                            * (-399.0 / 262_144
                                + w * (869.0 / 4_194_304 + w * 39325.0 / 33_554_432))))))
        return factor * z.squareRoot() * series
    }

    /// The continued fraction, by the method of Lentz as Thompson and Barnett changed it.
    private static func continuedFraction(x: Double, a: Double, b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return result
    }
}
