import Foundation

/// Weights of one map in two bytes each.
///
/// 0 is 0 and 65,535 undefined. Any other code stands for a number of four significant digits, `m × 10^(exponent - 3 - d)` with
/// `m` in 1,000...9,999 and `d` in 0...6 decades below the largest: code = 1 + 9,000 d + (m - 1,000).
struct WeightCodes: Sendable, Equatable {
    /// The power of ten of the largest weight.
    let exponent: Int
    let codes: [UInt16]

    private static let undefined = UInt16.max

    init(_ weights: [Float]) {
        let parts = weights.map { Self.decimal(Double($0)) }
        let exponent = parts.compactMap { $0?.exponent }.max() ?? 0
        self.exponent = exponent
        codes = zip(weights, parts).map { weight, part in
            guard weight.isFinite, weight >= 0 else { return Self.undefined }
            guard let part, exponent - part.exponent <= 6 else { return 0 }
            return UInt16(1 + (exponent - part.exponent) * 9000 + part.mantissa - 1000)
        }
    }

    /// Four digits and a power of ten of a positive number.
    private static func decimal(_ value: Double) -> (mantissa: Int, exponent: Int)? {
        guard value.isFinite, value > 0 else { return nil }
        var exponent = Int(floor(log10(value)))
        var mantissa = scaled(value, exponent)
        if mantissa < 1000 {
            exponent -= 1
            mantissa = scaled(value, exponent)
        } else if mantissa > 9999 {
            exponent += 1
            mantissa = scaled(value, exponent)
        }
        return (min(max(mantissa, 1000), 9999), exponent)
    }

    private static func scaled(_ value: Double, _ exponent: Int) -> Int {
        Int((value * pow(10, Double(3 - exponent))).rounded())
    }

    /// The weight of a cell, nil if undefined.
    func value(_ index: Int) -> Double? {
        let code = codes[index]
        if code == Self.undefined { return nil }
        if code == 0 { return 0 }
        let (decades, rest) = Int(code - 1).quotientAndRemainder(dividingBy: 9000)
        // Read as text, so that it is the number nearest to those four digits, here as in the page.
        return Double("\(1000 + rest)e\(exponent - decades - 3)")
    }

    /// The codes, low byte first, for the page.
    var base64: String {
        Data(codes.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
            .base64EncodedString()
    }
}
