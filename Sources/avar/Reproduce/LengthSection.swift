import Foundation
import Reports
import Reproduction

/// Visual attention as the answer grows longer.
struct LengthSection {
    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    var sections: [Report.Section] {
        let names = numbers.measured(numbers.plan.reading.ladder + ["multimodal", "text"].filter(isOther)).filter {
            name in
            numbers.findings.checkpoints(name).contains { $0.stretches != nil }
        }
        guard !names.isEmpty else { return [] }
        return [
            .lineChart(
                LineChart(
                    title: "Visual attention as the answer grows longer",
                    caption:
                        "Of the answer's tokens by their place in it: the geometric mean of their scores in the reward's form, over all answers "
                        + "and seeds. Late stretches are of the long answers alone.",
                    xAxis: Axis("place in the answer", unit: "tokens"), yAxis: Axis("VAS", spacing: .automatic),
                    series: names.map { LineChart.Series(numbers.title($0), points: points($0)) }))
        ]
    }

    private func isOther(_ name: String) -> Bool { !numbers.plan.reading.ladder.contains(name) }

    /// Each stretch at its middle, weighted by the tokens in it over seeds.
    private func points(_ name: String) -> [LineChart.Point] {
        var sums: [Int: (to: Int, sum: Double, tokens: Int)] = [:]
        for stretch in numbers.findings.checkpoints(name).flatMap({ $0.stretches ?? [] }) {
            let old = sums[stretch.from, default: (stretch.to, 0, 0)]
            sums[stretch.from] = (
                stretch.to, old.sum + log(stretch.score) * Double(stretch.tokens), old.tokens + stretch.tokens
            )
        }
        return sums.sorted { $0.key < $1.key }.map { from, part in
            LineChart.Point(Double(from + part.to - 1) / 2, exp(part.sum / Double(part.tokens)))
        }
    }
}
