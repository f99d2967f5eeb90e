import Reports
import Reproduction

/// Lazy attention localization: which cold starts raise visual attention, and where.
struct ColdStartSection {
    private let numbers: StudyNumbers
    private let names: [String]

    init(_ numbers: StudyNumbers) {
        (self.numbers, names) = (numbers, numbers.measured(numbers.plan.reading.coldStarts))
    }

    var sections: [Report.Section] {
        guard names.count > 1 else { return [] }
        return [.table(table), .lineChart(byLayer("Attention on the picture, layer by layer", \.visual))]
            + [.lineChart(byLayer("Attention on the system turn, layer by layer", \.system)), .lineChart(ratio)]
    }

    private var table: Table {
        let titles = [
            "VAS, \(numbers.form)", "VAS, geometric", "over the base", "picture (%)", "system turn (%)",
            "words of the user (%)",
            "markers (%)", "right (%)",
        ]
        return Table(
            title: "Cold starts beside each other: does learning to reason make a model look?",
            caption:
                "\(numbers.intervalText) Shares are of the attention of the question's tokens, the mean over layers.",
            columns: ["cold start"] + titles.map { Table.Column($0, isNumeric: true) },
            rows: names.map { name in
                [
                    .text(numbers.title(name)), StudyNumbers.score(numbers.score(name)),
                    StudyNumbers.score(numbers.score(name, form: "geometric")),
                    name == names.first
                        ? .undefined
                        : StudyNumbers.change(names.first.flatMap { numbers.rise(name, over: $0) }, decimals: 2),
                    StudyNumbers.cell(numbers.share(name, \.visual), scale: 100),
                    StudyNumbers.cell(numbers.share(name, \.system), scale: 100),
                    StudyNumbers.cell(numbers.share(name, \.user), scale: 100),
                    StudyNumbers.cell(numbers.share(name, \.marker), scale: 100),
                    StudyNumbers.cell(numbers.accuracy(name)),
                ]
            })
    }

    private func byLayer(_ title: String, _ value: (Findings.Layer) -> Double) -> LineChart {
        LineChart(
            title: title, caption: "Of the question's tokens, means over heads and seeds.",
            xAxis: Axis("layer", isInteger: true), yAxis: Axis("share of attention", unit: "%"),
            series: names.map { name in
                LineChart.Series(numbers.title(name), values: numbers.layers(name, value).map { $0.map { $0 * 100 } })
            })
    }

    /// The pooled score of a layer: masses over heads first, then divided.
    private var ratio: LineChart {
        LineChart(
            title: "VAS, layer by layer",
            caption: "In the pooled form: shares are averaged over heads and tokens, then divided.",
            xAxis: Axis("layer", isInteger: true), yAxis: Axis("VAS", spacing: .automatic),
            series: names.map { name in
                LineChart.Series(
                    numbers.title(name), values: numbers.layers(name) { $0.system > 0 ? $0.visual / $0.system : nil })
            })
    }
}
