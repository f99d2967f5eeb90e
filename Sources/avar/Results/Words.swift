import Reports
import VisualAttention

extension Proportion {
    /// The ends of the interval as percentages, a dash of nothing.
    var intervalText: String { low.flatMap { low in high.map { "\(low.percent) to \($0.percent)" } } ?? "-" }

    /// The ends of the interval in per cent, nil of nothing.
    var percentInterval: ClosedRange<Double>? { low.flatMap { low in high.map { low * 100...$0 * 100 } } }
}

extension Table.Cell {
    /// A number, or that there is none.
    static func optional(_ value: Double?, decimals: Int? = nil) -> Table.Cell {
        value.map { .number($0, decimals: decimals) } ?? .undefined
    }

    /// A share in per cent, or that there is none.
    static func percent(_ share: Double?) -> Table.Cell { optional(share.map { $0 * 100 }, decimals: 1) }

    /// How many.
    static func count(_ value: Int) -> Table.Cell { .number(Double(value), decimals: 0) }
}

extension [SkippedSample] {
    /// The first of them with their reasons behind an empty line, and how many more there are; nothing of none.
    var lines: [String] {
        guard !isEmpty else { return [] }
        return [""] + prefix(20).map { "line \($0.line) is left out: \($0.reason)" }
            + (count > 20 ? ["and \(count - 20) more"] : [])
    }
}
