/// An answer to a question of mathematics, LaTeX or plain, that can be compared with another.
///
/// Numbers are compared exactly as fractions; what is no fraction is computed in double precision and must agree to 1e-12. So 1/3 is
/// not 0.33 and pi is not 3.14, unless a number of decimals is asked for. Work and memory are bounded: what is longer, deeper or
/// larger than answers are is no formula.
public struct MathAnswer: Sendable {
    private let value: MathValue
    private let text: String
    private static let mostBytes = 4000

    /// Reads an answer.
    /// - Parameter text: without the words around it.
    public init?(_ text: String) {
        // Longer texts are no answers to be compared as formulas.
        guard text.utf8.count <= Self.mostBytes, !text.utf8.contains(where: Self.isForeign) else { return nil }
        let bare = Self.bare(text)
        guard !bare.isEmpty, let value = MathParser.parse(Self.splitFractions(NumberWords.written(bare))) else {
            return nil
        }
        (self.value, self.text) = (Self.degreesAsUnit(value), bare)
    }

    /// Whether it is the right answer.
    /// - Parameters:
    ///   - reference: the right one.
    ///   - decimals: to how many decimals a number is asked for, in which case half of the last place may differ; nil for exactly.
    /// - Returns: true if both have the same value. A unit may be left out; of two units the numbers are converted.
    public func isEquivalent(to reference: MathAnswer, decimals: Int? = nil) -> Bool {
        value.isEquivalent(to: reference.value, decimals: decimals)
    }

    /// Whether it is a number, with a unit or without.
    public var isNumber: Bool { Self.isNumber(value) }

    private static func isNumber(_ value: MathValue) -> Bool {
        switch value {
        case .quantity(let expression, _, _): expression.variables.isEmpty
        case .either(let exact, _): isNumber(exact)
        default: false
        }
    }

    /// Whether it has a unit of the table, or a per cent sign: what is counted is none.
    public var hasUnit: Bool {
        guard case .quantity(_, let unit, let isPercent) = value else { return false }
        return isPercent || unit.map { !$0.isNoun } ?? false
    }

    /// The same number in a unit, if it has none.
    /// - Parameter unit: its name, such as `cm`.
    /// - Returns: nil if it is no number, has a unit, or the unit is not known.
    public func measured(in unit: String) -> MathAnswer? {
        guard isNumber, case .quantity(let expression, nil, false) = value else { return nil }
        guard let read = MathAnswer("1 " + unit), case .quantity(_, let known?, _) = read.value, !known.isNoun else {
            return nil
        }
        return MathAnswer(value: .quantity(expression, known, isPercent: false), text: text)
    }

    private init(value: MathValue, text: String) { (self.value, self.text) = (value, text) }

    /// The value of a number.
    public var number: Double? {
        guard isNumber, case .quantity(let expression, _, _) = value else { return nil }
        let found = expression.value([:])
        return found.isFinite ? found : nil
    }

    /// Without the marks around a formula.
    private static func bare(_ text: String) -> String {
        var result = text.trimmed
        if result.hasSuffix(" per cent") { result = result.dropLast(9) + "%" }
        var isChanged = true
        while isChanged, !result.isEmpty {
            isChanged = false
            for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`")]
            where result.count > open.count + close.count && result.hasPrefix(open) && result.hasSuffix(close) {
                let inside = result.dropFirst(open.count).dropLast(close.count)
                guard !inside.contains("$") else { continue }
                result = String(inside).trimmed
                isChanged = true
            }
        }
        return result
    }

    /// Whether a byte is of no formula: then nothing more needs to be read.
    private static func isForeign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "@")
            || byte == UInt8(ascii: "#")
    }

    /// `\frac12` as `\frac{1}{2}`.
    private static func splitFractions(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "f")) else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "frac") {
            result += rest[..<mark.upperBound]
            rest = rest[mark.upperBound...].drop { $0 == " " }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            if digits.count >= 2 {
                result += "{\(digits.prefix(1))}{\(digits.dropFirst().prefix(1))}"
                rest = rest.dropFirst(2)
            } else if digits.count == 1 {
                result += "{\(digits)}"
                rest = rest.dropFirst(1)
            }
        }
        return result + rest
    }

    /// `^{\circ}` was read as a factor: it is a unit.
    private static func degreesAsUnit(_ value: MathValue) -> MathValue {
        switch value {
        case .quantity(.product(let parts), nil, let isPercent) where parts.last == .variable("°") && parts.count == 2:
            .quantity(parts[0], Unit("degree"), isPercent: isPercent)
        case .equation(let left, let right): .equation(left, degreesAsUnit(right))
        case .set(let items): .set(items.map(degreesAsUnit))
        case .either(let exact, let rounded): .either(degreesAsUnit(exact), degreesAsUnit(rounded))
        case .bracketed(let open, let items, let close): .bracketed(open, items.map(degreesAsUnit), close)
        default: value
        }
    }
}
