import Reports
import Reproduction
import Statistics

/// Interventions at inference, on each rung.
struct InterventionSection {
    /// The paper's coefficients, as `avar sweep` names them.
    static let paperPoint = "scores +0.15 -0.4"
    private static let none = "none"

    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    var sections: [Report.Section] {
        let names = numbers.plan.models.map(\.name).filter { name in
            numbers.findings.checkpoints(name).contains { $0.interventions != nil }
        }
        guard !names.isEmpty else { return [] }
        return [.table(table(names)), .lineChart(chart(names))]
    }

    /// By how many points an intervention changes the accuracy of a checkpoint, with the interval: over seeds, or for one seed over
    /// questions, answers to the same question being paired.
    static func change(
        _ numbers: StudyNumbers, _ name: String, _ point: String
    ) -> (value: Double, interval: ClosedRange<Double>?)? {
        let pairs = numbers.findings.checkpoints(name).compactMap {
            checkpoint -> (with: Findings.Intervention, without: Findings.Intervention)? in
            guard let all = checkpoint.interventions, let with = all.first(where: { $0.name == point }),
                let without = all.first(where: { $0.name == none })
            else { return nil }
            return (with, without)
        }
        let differences = pairs.compactMap { pair in
            pair.with.accuracy.flatMap { one in pair.without.accuracy.map { (one - $0) * 100 } }
        }
        guard let mean = SeedMean(differences) else { return nil }
        return (
            mean.mean,
            mean.interval ?? pairs.first.flatMap { Findings.interval($0.with.verdicts, over: $0.without.verdicts) }
        )
    }

    private func points(_ names: [String]) -> [String] {
        names.lazy.compactMap { numbers.findings.checkpoints($0).first?.interventions?.map(\.name) }.first ?? []
    }

    private func mean(_ name: String, _ point: String, _ value: (Findings.Intervention) -> Double?) -> SeedMean? {
        numbers.findings.mean(name) { $0.interventions?.first { $0.name == point }.flatMap(value) }
    }

    private func table(_ names: [String]) -> Table {
        let points = points(names)
        return Table(
            title: "Interventions at inference, rung by rung",
            caption:
                "Answers at once, without reasoning, to \(count(names)) questions; scores of the question's tokens. "
                + "\(numbers.intervalText) For one seed the interval of a change is over questions, answers to the same question being paired.",
            columns: ["checkpoint", "intervention"]
                + ["VAS, \(numbers.form)", "right (%)", "change, points", "answers changed (%)"].map {
                    Table.Column($0, isNumeric: true)
                },
            rows: names.flatMap { name in
                points.map { point -> [Table.Cell] in
                    [
                        .text(numbers.title(name)), .text(point),
                        StudyNumbers.score(mean(name, point) { $0.scores[numbers.form]?.value }),
                        StudyNumbers.cell(mean(name, point, \.accuracy), scale: 100),
                        point == Self.none ? .undefined : StudyNumbers.change(Self.change(numbers, name, point)),
                        StudyNumbers.cell(mean(name, point, \.changed), scale: 100),
                    ]
                }
            })
    }

    private func count(_ names: [String]) -> Int {
        names.lazy.compactMap { numbers.findings.checkpoints($0).first?.interventions?.first?.count }.first ?? 0
    }

    private func chart(_ names: [String]) -> LineChart {
        let points = points(names)
        return LineChart(
            title: "Accuracy under interventions", caption: numbers.intervalText,
            xAxis: Axis("intervention", ticks: points.enumerated().map { Axis.Tick(Double($0.offset), $0.element) }),
            yAxis: Axis("right", unit: "%"),
            series: names.map { name in
                LineChart.Series(
                    numbers.title(name),
                    points: points.enumerated().map { index, point in
                        let accuracy = mean(name, point, \.accuracy)
                        return LineChart.Point(
                            Double(index), accuracy.map { $0.mean * 100 },
                            interval: accuracy?.interval.map { $0.lowerBound * 100...$0.upperBound * 100 })
                    })
            })
    }
}
