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
        let paper = MicroworldPaper(world: context.world)
        let style = ExamStyle.direct
        let examiner = Examiner(
            assistant: context.assistant, paper: paper, style: style, maxNewTokens: style.maxNewTokens,
            observed: [.picture])
        let folder = try ResultFolder<ExamSettings, ExamResult>(
            context.folder.appendingPathComponent("exam", isDirectory: true),
            settings: ExamSettings(
                model: context.source, data: context.world.settings(), style: style, maxNewTokens: style.maxNewTokens,
                shuffledAmong: paper.shuffledAmong, dtype: context.runtime.dtype.rawValue,
                device: context.runtime.device, isOfDemo: true))
        defer { folder.close() }
        var pass = ResultPass(
            paper.data, numbers: context.numbers, folder: folder, skipsBad: false, title: "questions",
            interrupt: context.interrupt
        ) { number in Self.conditions.map { ExamResult.Key(line: number, condition: $0) } }
        try pass.run(with: { examiner }, together: Examiner.together) { examiner, jobs, shouldStop in
            try examiner.results(of: jobs, shouldStop: shouldStop)
        }
        context.answers = try pass.countedResults()
        let exam = ExamReport(
            model: context.model, style: style, paper: paper, conditions: Self.conditions, numbers: context.numbers,
            results: context.answers, skipped: [])
        try folder.write(summary: exam)
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
