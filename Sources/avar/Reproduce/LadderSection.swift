import Evaluation
import Reports
import Reproduction

/// The ladder: base, + VARD, + AGTO, + VARS.
struct LadderSection {
    private let numbers: StudyNumbers
    private let names: [String]

    init(_ numbers: StudyNumbers) { (self.numbers, names) = (numbers, numbers.plan.reading.ladder) }

    var sections: [Report.Section] {
        guard numbers.measured(names).count > 1 else { return [] }
        return [.table(table)] + charts.map { .lineChart($0) }
    }

    private var published: [PublishedLadder.Rung] {
        names.count == PublishedLadder.rungs.count ? PublishedLadder.rungs : []
    }

    private var table: Table {
        let titles = [
            "VAS, \(numbers.form)", "of answers", "paper's form", "right (%)", "over the last", "over the base",
            "published",
            "right (%)", "gain",
        ]
        return Table(
            title: "The ladder",
            caption:
                "\(numbers.intervalText) Gains are in points; for one seed their intervals are over questions, answers to the same "
                + "question being paired. The published numbers are of Qwen2.5-VL-7B, its VAS in the paper's form, the mean of seven benchmarks.",
            columns: ["rung"] + titles.map { Table.Column($0, isNumeric: true) },
            rows: names.enumerated().map { index, name in
                let before = index > 0 ? names[index - 1] : nil
                return [
                    .text(numbers.title(name)), StudyNumbers.score(numbers.score(name)),
                    StudyNumbers.score(numbers.findings.mean(name) { $0.answerScore }),
                    StudyNumbers.score(numbers.score(name, form: "paper")), StudyNumbers.cell(numbers.accuracy(name)),
                    StudyNumbers.change(before.flatMap { numbers.gain(name, over: $0) }),
                    StudyNumbers.change(index > 0 ? names.first.flatMap { numbers.gain(name, over: $0) } : nil),
                    published.isEmpty ? .undefined : .number(published[index].vas, decimals: 1),
                    published.isEmpty ? .undefined : .number(published[index].accuracy, decimals: 1),
                    published.isEmpty || index == 0
                        ? .undefined
                        : .text("+\((published[index].accuracy - published[index - 1].accuracy).fixed(1))"),
                ]
            })
    }

    private var charts: [LineChart] {
        let ticks = names.enumerated().map { Axis.Tick(Double($0.offset), numbers.title($0.element)) }
        func chart(
            _ title: String, _ axis: Axis, own: (String) -> (Double?, ClosedRange<Double>?),
            published: (PublishedLadder.Rung) -> Double
        ) -> LineChart {
            var series = [
                LineChart.Series(
                    "here",
                    points: names.enumerated().map { index, name in
                        let (value, interval) = own(name)
                        return LineChart.Point(Double(index), value, interval: interval)
                    })
            ]
            if !self.published.isEmpty {
                series.append(
                    LineChart.Series(
                        "published, Qwen2.5-VL-7B",
                        points: self.published.enumerated().map {
                            LineChart.Point(Double($0.offset), published($0.element))
                        }))
            }
            return LineChart(
                title: title, caption: numbers.intervalText, xAxis: Axis("rung", ticks: ticks), yAxis: axis,
                series: series)
        }
        return [
            chart(
                "Visual attention, rung by rung", Axis("VAS (\(numbers.form) here)", spacing: .automatic),
                own: { (numbers.score($0)?.mean, numbers.scoreInterval($0)) }, published: \.vas),
            chart(
                "Accuracy, rung by rung", Axis("right", unit: "%"),
                own: { (numbers.accuracy($0)?.mean, numbers.accuracyInterval($0)) }, published: \.accuracy),
        ]
    }
}
