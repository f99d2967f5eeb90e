import BigInt

/// A number as Python's `int()` and `float()` read one from text, and as it prints it.
enum PythonNumber: Equatable {
    /// Of any size.
    case integer(BigInt)
    /// Of double precision.
    case float(Double)

    /// The most digits that `int()` takes.
    private static let mostDigits = 4300

    /// `int(text)`.
    init?(integer text: String) {
        var digits = PythonText(text).stripped.scalars[...]
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        guard let read = Self.digits(digits), read.count <= Self.mostDigits, let value = BigInt(read, radix: 10) else {
            return nil
        }
        self = .integer(isNegative ? -value : value)
    }

    /// `float(text)`.
    init?(float text: String) {
        var rest = PythonText(text).stripped.scalars[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        let sign: Double = isNegative ? -1 : 1
        switch PythonText(Array(rest)).lowered.string {
        case "inf", "infinity": self = .float(sign * .infinity)
        case "nan": self = .float(.nan)
        default:
            guard let literal = Self.literal(rest), let value = Double(literal) else { return nil }
            self = .float(sign * value)
        }
    }

    /// Digits with single underscores between them, in any script, as ASCII; nil if there are none.
    private static func digits(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        var result = ""
        var last: Unicode.Scalar = "_"
        for scalar in text {
            if let digit = PythonText.digit(scalar) {
                result += String(digit)
            } else if scalar != "_" || last == "_" {
                return nil
            }
            last = scalar
        }
        return result.isEmpty || last == "_" ? nil : result
    }

    /// A decimal literal in ASCII: digits, a point, digits, an exponent.
    private static func literal(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        var mantissa = text
        var exponent = ""
        if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            mantissa = text[..<mark]
            var rest = text[(mark + 1)...]
            if let sign = rest.first, sign == "-" || sign == "+" {
                exponent = String(sign)
                rest = rest.dropFirst()
            }
            guard let read = digits(rest) else { return nil }
            exponent = "e" + exponent + read
        }
        let parts = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0].isEmpty ? "" : digits(parts[0])
        let fraction = parts.count < 2 || parts[1].isEmpty ? "" : digits(parts[1])
        guard let whole, let fraction, !(whole.isEmpty && fraction.isEmpty) else { return nil }
        return (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction) + exponent
    }

    /// True for what Python takes for false.
    var isZero: Bool {
        switch self {
        case .integer(let value): value.isZero
        case .float(let value): value == 0
        }
    }

    /// As a double; infinite if it is too large.
    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        }
    }

    /// `str(number)`.
    var description: String {
        switch self {
        case .integer(let value): String(value)
        case .float(let value): Self.description(value)
        }
    }

    /// The shortest digits that are read as the same number, with an exponent below 1e-4 and from 1e16 on.
    private static func description(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // Swift prints the same digits, but changes to exponents elsewhere.
        let sign = value.sign == .minus ? "-" : ""
        let parts = value.magnitude.description.split(separator: "e")
        let point = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let fraction = point.count > 1 && point[1] != "0" ? point[1] : ""
        var digits = point[0] + fraction
        exponent += point[0].count - 1
        let zeros = digits.prefix { $0 == "0" }.count
        if zeros == digits.count { return sign + "0.0" }
        digits.removeFirst(zeros)
        exponent -= zeros
        while digits.last == "0" { digits.removeLast() }
        if exponent < -4 || exponent >= 16 {
            let size = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            let mantissa = digits.count > 1 ? digits.prefix(1) + "." + digits.dropFirst() : digits
            return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(size)"
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }
}
