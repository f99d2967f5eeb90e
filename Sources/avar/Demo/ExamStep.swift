import Foundation
import Reports
import VisualAttention

/// Answers with the picture, with another's and without, and where the questions' tokens looked in the pass that
/// answered.
struct ExamStep: DemoStep {
    private static let conditions: [ExamCondition] = [.picture, .shuffled, .blind]

    /// What came of it.
    private struct Value: Encodable {
        let exam: ExamReport
        let attention: DatasetSummary
    }

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let style = ExamStyle.direct
        let (answers, exam) = try context.examine(
            context.assistant, source: context.source, style: style, conditions: Self.conditions,
            in: context.folder.appendingPathComponent("exam", isDirectory: true), title: "questions"
        ) { folder, answers in
            let exam = ExamReport(
                model: context.model, style: style, paper: context.paper, conditions: Self.conditions,
                numbers: context.numbers, results: answers, skipped: [])
            try folder.write(summary: exam)
            return (answers, exam)
        }
        context.answers = answers
        let measured = MeasurementReport(
            name: context.model, run: nil, rung: nil, accuracy: nil, model: context.model, data: context.world.name,
            queryKind: "user", answers: nil, modulation: nil,
            summary: DatasetSummary(context.plainAnswers.compactMap(\.attention)))
        return DemoPart(
            name: "answers", value: Value(exam: exam, attention: measured.summary),
            lines: Array(exam.lines.dropFirst(2)) + ["", "attention of the questions' tokens"] + measured.layerTable
                + [""] + measured.scoreTable + [""] + measured.verdict,
            facts: exam.facts + [
                Summary.Row(
                    "Visual Attention Score", measured.summary.vas.map(ReportPages.number) ?? "undefined",
                    note: "of the questions' tokens; "
                        + (measured.summary.attentionClass.map { "\($0.rawValue) by the paper's form" } ?? "no class"))
            ],
            warnings: measured.warnings, sections: exam.sections + (try measured.summary.sections(of: "user tokens")))
    }
}

extension ExamReport {
    /// The first facts of a page.
    var facts: [Summary.Row] {
        rows.map { row in
            Summary.Row(
                "Accuracy, \(row.condition.rawValue)", row.total.accuracy?.percent ?? "undefined",
                note: "\(row.total.right) of \(row.total.count)")
        }
    }

    /// The tables of a page.
    var sections: [Report.Section] {
        [.table(totals)] + (rows.contains { !$0.families.isEmpty } ? [.table(byFamily)] : [])
    }

    private var totals: Table {
        func row(_ name: String, _ total: Proportion, readable: Double?) -> [Table.Cell] {
            [
                .text(name), .count(total.right), .count(total.count), .percent(total.accuracy), .percent(total.low),
                .percent(total.high), .percent(readable),
            ]
        }
        var cells = rows.map { row($0.condition.rawValue, $0.total, readable: $0.readable) }
        if let guesses {
            cells.append(row("likeliest answer", guesses.likeliest, readable: nil))
            cells.append(
                [.text("chance"), .undefined, .undefined, .percent(guesses.chance)]
                    + [Table.Cell](repeating: .undefined, count: 3))
        }
        return Table(
            title: "Right answers with and without the picture",
            caption:
                "With 95 % intervals of Wilson's. The likeliest answer is the one most frequent among training questions "
                + "of the same form; chance is one over the number of candidates. " + sentences.joined(separator: " "),
            columns: ["condition"]
                + ["right", "of", "accuracy (%)", "from", "to", "readable (%)"].map {
                    Table.Column($0, isNumeric: true)
                },
            rows: cells)
    }

    private var byFamily: Table {
        let names = Set(rows.flatMap(\.families.keys)).sorted()
        var columns: [Table.Column] = ["family", Table.Column("questions", isNumeric: true)]
        columns += rows.map { Table.Column("\($0.condition.rawValue) (%)", isNumeric: true) }
        columns += ["likeliest (%)", "chance (%)"].map { Table.Column($0, isNumeric: true) }
        return Table(
            title: "Family by family", columns: columns,
            rows: names.map { name -> [Table.Cell] in
                [.text(name), .count(rows[0].families[name]?.count ?? 0)]
                    + rows.map { Table.Cell.percent($0.families[name]?.accuracy) }
                    + [
                        .percent(guesses?.likeliestByFamily[name]?.accuracy),
                        .percent(guesses?.chanceByFamily[name]),
                    ]
            })
    }
}
