import BigInt

/// An exact fraction, reduced, its denominator positive.
struct Rational: Equatable, Sendable {
    let numerator: BigInt
    let denominator: BigInt

    /// Larger numbers are not computed with: their powers would take time without end.
    private static let mostBits = 4096

    static let zero = Rational(0), one = Rational(1)

    init(_ whole: Int) { (numerator, denominator) = (BigInt(whole), 1) }

    /// A fraction; nil without a denominator, or if it is too large to be computed with.
    init?(_ numerator: BigInt, over denominator: BigInt) {
        guard !denominator.isZero, numerator.bitWidth < Self.mostBits, denominator.bitWidth < Self.mostBits else {
            return nil
        }
        let divisor = numerator.greatestCommonDivisor(with: denominator) * (denominator < 0 ? -1 : 1)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// Digits, with a point or not, times a power of ten.
    init?(digits: String, exponent: Int = 0) {
        guard digits.utf8.count < 600, abs(exponent) < 600 else { return nil }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        guard let whole = BigInt(String(parts[0]) + fraction, radix: 10) else { return nil }
        let power = exponent - fraction.count
        let ten = BigInt(10).power(abs(power))
        self.init(power < 0 ? whole : whole * ten, over: power < 0 ? ten : 1)
    }

    var double: Double {
        let (n, d) = (numerator, denominator)
        let direct = Double(n) / Double(d)
        if direct.isFinite { return direct }
        // Both are large: what counts are the leading bits.
        let shift = max(0, max(n.bitWidth, d.bitWidth) - 1000)
        return Double(n >> shift) / Double(d >> shift)
    }

    var isWhole: Bool { denominator == 1 }

    static prefix func - (value: Rational) -> Rational {
        Rational(unchecked: -value.numerator, value.denominator)
    }

    private init(unchecked numerator: BigInt, _ denominator: BigInt) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    func adding(_ other: Rational) -> Rational? {
        Rational(
            numerator * other.denominator + other.numerator * denominator, over: denominator * other.denominator)
    }

    func multiplied(by other: Rational) -> Rational? {
        Rational(numerator * other.numerator, over: denominator * other.denominator)
    }

    func divided(by other: Rational) -> Rational? {
        Rational(numerator * other.denominator, over: denominator * other.numerator)
    }

    /// A power; nil if the result is no fraction, or a large one.
    func power(_ exponent: Rational) -> Rational? {
        if exponent.isWhole {
            guard abs(exponent.numerator) < 2048 else { return nil }
            let times = Int(abs(exponent.numerator))
            guard numerator.bitWidth * times < Self.mostBits, denominator.bitWidth * times < Self.mostBits else {
                return nil
            }
            let (n, d) = (numerator.power(times), denominator.power(times))
            return exponent.numerator < 0 ? Rational(d, over: n) : Rational(n, over: d)
        }
        guard exponent.denominator <= 12, let degree = Int(exactly: exponent.denominator),
            let n = Self.root(numerator, degree), let d = Self.root(denominator, degree),
            let base = Rational(n, over: d)
        else { return nil }
        return Rational(exponent.numerator, over: 1).flatMap { base.power($0) }
    }

    /// A whole root, if there is one.
    private static func root(_ value: BigInt, _ degree: Int) -> BigInt? {
        if value < 0 { return degree % 2 == 1 ? root(-value, degree).map { -$0 } : nil }
        if value <= 1 { return value }
        // Newton's steps come down to the whole part of the root from above, twice as many digits right each time.
        var root = BigInt(1) << (value.bitWidth / degree + 1)
        while true {
            let next = (root * BigInt(degree - 1) + value / root.power(degree - 1)) / BigInt(degree)
            if next >= root { break }
            root = next
        }
        return root.power(degree) == value ? root : nil
    }
}
