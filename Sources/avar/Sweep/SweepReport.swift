import Foundation
import Reports
import VisualAttention

/// What `avar sweep` says in the end: one row for every intervention.
struct SweepReport: Encodable {
    /// What came of one intervention.
    struct Row: Encodable {
        let point: SweepPoint
        /// Of the questions' tokens.
        let question: ScoreEstimates
        /// Of the answers' tokens.
        let answer: ScoreEstimates
        let tokensPerSecond: Double?
        /// Answers that are right, in 0...1; nil where the data give none.
        let accuracy: Double?
        /// The ends of its 95 % interval.
        let accuracyLow: Double?
        let accuracyHigh: Double?
        /// Answers that are others than without an intervention, in 0...1.
        let changedAnswers: Double

        fileprivate let right: Proportion

        private enum CodingKeys: String, CodingKey {
            case point, question, answer, tokensPerSecond, accuracy, accuracyLow, accuracyHigh, changedAnswers
        }
    }

    let model: String
    let data: String
    /// When an answer is right, as a sentence.
    let rule: String
    let samples: Int
    let rows: [Row]
    let skipped: [SkippedSample]

    /// A report.
    /// - Parameters:
    ///   - model: as it was given.
    ///   - data: what was asked.
    ///   - name: what the data are called.
    ///   - points: the interventions, none first.
    ///   - results: of every sample under each.
    ///   - skipped: samples that could not be answered.
    init(
        model: String, data: any SampleData, name: String, points: [SweepPoint], results: [SweepResult],
        skipped: [SkippedSample]
    ) {
        self.model = model
        (self.data, rule) = (name, data.rule)
        self.skipped = skipped
        let ofPoint = Dictionary(grouping: results, by: \.point)
        let plain = Dictionary(
            uniqueKeysWithValues: (ofPoint[SweepPoint.none.name] ?? []).map { ($0.line, $0.text) })
        samples = plain.count
        rows = points.map { point in
            let own = ofPoint[point.name] ?? []
            let right = Proportion(own.compactMap(\.isRight))
            let seconds = own.reduce(0) { $0 + $1.decodeSeconds }
            let tokens = own.reduce(0) { $0 + $1.decodedTokens }
            return Row(
                point: point, question: ScoreEstimates(own.map(\.question)),
                answer: ScoreEstimates(own.compactMap(\.answer)),
                tokensPerSecond: tokens > 0 ? Double(tokens) / max(seconds, 1e-9) : nil,
                accuracy: right.accuracy, accuracyLow: right.low, accuracyHigh: right.high,
                changedAnswers: Double(own.count { plain[$0.line] != $0.text }) / Double(max(1, own.count)),
                right: right)
        }
    }

    /// The same as a table for people.
    var lines: [String] {
        let width = (rows.map(\.point.name.count).max() ?? 0) + 2
        func name(_ text: String) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        func number(_ value: Double?) -> String { (value.map { String(format: "%.4g", $0) } ?? "-").padded(11) }
        let head = [
            "\(model): \(samples) samples of \(data); VAS of the questions' tokens, and pooled of the answers'", "",
            name("")
                + "      paper     pooled  geometric     answer   tokens/s   accuracy      95 % interval    changed",
        ]
        let body = rows.map { row in
            name(row.point.name) + number(row.question.paper.value) + number(row.question.pooled.value)
                + number(row.question.geometric.value) + number(row.answer.pooled.value) + number(row.tokensPerSecond)
                + (row.accuracy?.percent ?? "-").padded(11) + row.right.intervalText.padded(19)
                + row.changedAnswers.percent.padded(11)
        }
        return head + body + skipped.lines
    }

    // MARK: Page

    /// The page: the table, and the curves over the coefficients.
    func page() -> Report {
        Report(
            title: "Interventions compared", subtitle: "\(model), \(samples) samples of \(data)",
            sections: [.summary(overview)] + sections)
    }

    /// The tables, and the curves over the coefficients.
    var sections: [Report.Section] { tables + curves }

    /// What every intervention does to attention, and to answers.
    var tables: [Report.Section] { [.table(attention), .table(answers)] }

    private var overview: Summary {
        Summary(
            rows: [
                Summary.Row("Model", model), Summary.Row("Samples", "\(samples)"),
                Summary.Row("Interventions", "\(rows.count - 1)", note: "each on every sample, greedy decoding"),
            ],
            warnings: skipped.isEmpty ? [] : ["\(skipped.count) samples could not be answered and are left out."],
            paragraphs: [
                "The score is that of the questions' tokens under the intervention unless the column says answers. \(rule)"
            ])
    }

    private static func columns(_ titles: String...) -> [Table.Column] {
        ["intervention"] + titles.map { Table.Column($0, isNumeric: true) }
    }

    private var attention: Table {
        Table(
            title: "Interventions and attention",
            caption:
                "VAS of the questions' tokens in the paper's form, pooled with its 95 % interval, and geometric; pooled of "
                + "the answers' tokens.",
            columns: Self.columns("paper", "pooled", "from", "to", "geometric", "answers"),
            rows: rows.map { row in
                [
                    .text(row.point.name), .optional(row.question.paper.value), .optional(row.question.pooled.value),
                    .optional(row.question.pooled.low), .optional(row.question.pooled.high),
                    .optional(row.question.geometric.value), .optional(row.answer.pooled.value),
                ]
            })
    }

    private var answers: Table {
        Table(
            title: "Interventions and answers",
            caption:
                "Answers that are right, with Wilson's 95 % interval, and that are others than without an intervention.",
            columns: Self.columns("right (%)", "from", "to", "changed (%)", "tokens/s"),
            rows: rows.map { row in
                [
                    .text(row.point.name), .percent(row.accuracy), .percent(row.accuracyLow),
                    .percent(row.accuracyHigh), .percent(row.changedAnswers),
                    .optional(row.tokensPerSecond, decimals: 1),
                ]
            })
    }

    /// Every intervention as a point: how much the questions' tokens look, and how many answers are right.
    var plane: Scatter? {
        let points = rows.compactMap { row -> Scatter.Point? in
            guard let vas = row.question.pooled.value, let accuracy = row.accuracy else { return nil }
            return Scatter.Point(row.point.name, x: vas, y: accuracy * 100)
        }
        guard !points.isEmpty else { return nil }
        return Scatter(
            title: "Accuracy and VAS under interventions",
            caption: "One point for each; the intervals of the accuracies stand in the table.",
            xAxis: Axis("VAS of the questions (pooled)"), yAxis: Axis("accuracy", unit: "%"), points: points)
    }

    /// Curves over the coefficient that has more values, one for each value of the other and each reading.
    var curves: [Report.Section] {
        let swept = rows.filter { $0.point.reading != nil }
        func values(_ part: (SweepPoint) -> Double?) -> Int { Set(swept.compactMap { part($0.point) }).count }
        let overSuppress = values(\.suppress) >= values(\.enhance)
        guard max(values(\.suppress), values(\.enhance)) > 1 else { return [] }
        let (own, other) = overSuppress ? ("suppress", "enhance") : ("enhance", "suppress")
        func x(_ point: SweepPoint) -> Double { (overSuppress ? point.suppress : point.enhance) ?? 0 }
        let groups = Dictionary(grouping: swept) { row in
            let rest = (overSuppress ? row.point.enhance : row.point.suppress) ?? 0
            return "\(row.point.reading?.rawValue ?? ""), \(other) \(rest)"
        }
        func chart(
            _ title: String, _ label: String, unit: String? = nil, _ y: (Row) -> LineChart.Point
        ) -> Report.Section {
            .lineChart(
                LineChart(
                    title: title, caption: "Bars are 95 % intervals, where there are any.",
                    xAxis: Axis(own), yAxis: Axis(label, unit: unit),
                    series: groups.keys.sorted().map { name in
                        LineChart.Series(
                            name, points: (groups[name] ?? []).sorted { x($0.point) < x($1.point) }.map(y))
                    }))
        }
        func point(_ row: Row, _ estimate: ScoreEstimate) -> LineChart.Point {
            var interval: ClosedRange<Double>?
            if let low = estimate.low, let high = estimate.high, low <= high { interval = low...high }
            return LineChart.Point(x(row.point), estimate.value, interval: interval)
        }
        var sections = [
            chart("VAS of the questions over \(own)", "VAS (pooled)") { point($0, $0.question.pooled) },
            chart("VAS of the answers over \(own)", "VAS (pooled)") { point($0, $0.answer.pooled) },
        ]
        if swept.contains(where: { $0.accuracy != nil }) {
            sections.append(
                chart("Accuracy over \(own)", "accuracy", unit: "%") { row in
                    LineChart.Point(
                        x(row.point), row.accuracy.map { $0 * 100 }, interval: row.right.percentInterval)
                })
        }
        return sections
    }
}
