import Foundation

/// Numbers as text.
enum NumberText {
    /// The shortest text that reads back as the same number, spelled as JavaScript spells it.
    ///
    /// The page writes numbers too, so both must agree to the byte (ECMA-262, Number::toString).
    static func exact(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        guard value != 0 else { return "0" }
        let sign = value < 0 ? "-" : ""
        let (digits, point) = decimal(value.magnitude)
        let count = digits.count
        switch point {
        case count...21 where count <= 21: return sign + digits + String(repeating: "0", count: point - count)
        case 1...21: return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            return sign + digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + "\(exponent.magnitude)"
        }
    }

    /// The shortest digits of a positive number, none of them a zero at an end, and the place of the point before them.
    private static func decimal(_ magnitude: Double) -> (digits: String, point: Int) {
        let parts = "\(magnitude)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let all = mantissa.joined()
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), mantissa[0].count + exponent - leading)
    }

    /// A number for reading: so many significant digits, a power of ten where zeros would have to be counted.
    static func short(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "undefined" : value < 0 ? "−∞" : "∞" }
        guard value != 0 else { return "0" }
        let sign = value < 0 ? "−" : ""
        let text = String(format: "%.\(digits - 1)e", value.magnitude)
        let parts = text.split(separator: "e")
        let exponent = Int(parts[1]) ?? 0
        if (-3..<5).contains(exponent) {
            return sign + trimmed(String(format: "%.\(max(0, digits - 1 - exponent))f", value.magnitude))
        }
        return sign + trimmed(String(parts[0])) + "×10" + superscript(exponent)
    }

    /// With so many decimals, and commas between thousands from 10,000 on.
    static func fixed(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value.magnitude)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var whole = ""
        for (index, digit) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0, parts[0].count > 4 { whole += "," }
            whole.append(digit)
        }
        let negative = value < 0 && text.contains { ("1"..."9").contains($0) }
        return (negative ? "−" : "") + whole + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// An exponent in small raised digits.
    static func superscript(_ exponent: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return (exponent < 0 ? "⁻" : "")
            + String("\(exponent.magnitude)".compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }

    /// Without the zeros, and the point, that end a decimal fraction.
    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var rest = Substring(text)
        while rest.last == "0" { rest.removeLast() }
        if rest.last == "." { rest.removeLast() }
        return String(rest)
    }

    /// A coordinate: hundredths of a pixel are enough, and the same on every machine.
    static func coordinate(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
