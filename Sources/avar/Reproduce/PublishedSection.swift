import Evaluation
import Reports
import Reproduction

/// The paper's main table, with the checkpoints of a study below it.
struct PublishedSection {
    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    var sections: [Report.Section] {
        let own = numbers.plan.models.map(\.name).filter { numbers.accuracy($0) != nil }
        let columns = PublishedScores.sets
        // What was answered and is none of the seven.
        let other = numbers.findings.checkpoints.flatMap { $0.sets ?? [] }.reduce(into: [(String, String)]()) {
            found, set in
            if !columns.contains(where: { Self.holds($0, set.set) }), !found.contains(where: { $0.0 == set.set }) {
                found.append((set.set, set.title))
            }
        }
        let published = PublishedScores.rows.map { row -> [Table.Cell] in
            let values = columns.map { Table.Cell.optional(row.percents[$0], decimals: 1) }
            let cells = values + other.map { _ in Table.Cell.undefined } + [Table.Cell.optional(row.mean, decimals: 1)]
            return [.text(row.model + (row.isTrainedOnMathVision ? " †" : "")), "published"] + cells
        }
        let measured = own.map { name -> [Table.Cell] in
            let seven = columns.map { set in numbers.findings.mean(name) { Self.percent($0) { Self.holds(set, $0) } } }
            let others = other.map { set in numbers.findings.mean(name) { Self.percent($0) { $0 == set.0 } } }
            let mean = seven.contains { $0 == nil } ? nil : numbers.accuracy(name)
            return [.text(numbers.title(name)), "here"] + (seven + others + [mean]).map { StudyNumbers.cell($0) }
        }
        return [
            .table(
                Table(
                    title: "Beside the published numbers",
                    caption:
                        "In percent. † trained on MathVision. The mean is that of the seven, and stands here only where all seven were answered; "
                        + "what this study did not ask is empty.",
                    columns: ["model", ""]
                        + (columns.map(\.title) + other.map(\.1) + ["mean"]).map { Table.Column($0, isNumeric: true) },
                    rows: published + measured))
        ]
    }

    /// Whether a set that was answered is one of a column: MMMU-Pro has two forms.
    private static func holds(_ column: BenchmarkSet, _ set: String) -> Bool {
        set == column.rawValue || (column == .mmmuPro && set.hasPrefix(column.rawValue))
    }

    /// The mean score of the sets of a column; nil if none was answered.
    private static func percent(_ checkpoint: Findings.Checkpoint, _ isIn: (String) -> Bool) -> Double? {
        let values = (checkpoint.sets ?? []).filter { isIn($0.set) }.compactMap(\.percent)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
