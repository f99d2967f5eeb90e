import Evaluation
import Foundation
import Reports
import Reproduction
import VisualAttention

/// Score against accuracy over all checkpoints.
struct CorrelationSection {
    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    var sections: [Report.Section] {
        guard let found = numbers.findings.correlation else { return [] }
        return [.summary(summary(found)), .scatter(scatter(found))]
    }

    private func summary(_ found: Findings.Correlation) -> Summary {
        func text(_ value: Double?) -> String { value.map { $0.fixed(3) } ?? "undefined" }
        let interval = found.low.flatMap { low in found.high.map { "\(low.fixed(3)) to \($0.fixed(3))" } }
        return Summary(
            title: "Visual attention and accuracy",
            rows: [
                Summary.Row(
                    "Pearson r", text(found.pearson),
                    note:
                        "\(found.count) checkpoints, p = \(ReportPages.number(found.pearsonP)); published \(PublishedLadder.correlation), p = 9.0e-6"
                ),
                Summary.Row("its 95 % interval", interval ?? "undefined", note: "bootstrap over whole runs"),
                Summary.Row(
                    "Pearson r of log VAS", text(logarithmic?.coefficient),
                    note: logarithmic.map { "p = \(ReportPages.number($0.pValue))" } ?? ""),
                Summary.Row("Spearman's rho", text(found.spearman)),
                Summary.Row("between rungs", text(found.between), note: "r of the rungs' means"),
                Summary.Row(
                    "within rungs", text(found.within), note: "r of what is left when the rungs' means are taken away"),
            ],
            warnings: isStretched
                ? [
                    "Some scores are over a hundred times others, as those of heads that hardly see the system turn are: they alone decide Pearson's r. "
                        + "Its logarithmic form and Spearman's rho say more."
                ] : [], paragraphs: found.notes)
    }

    /// The checkpoints that have both.
    private var points: [(checkpoint: Findings.Checkpoint, vas: Double, accuracy: Double)] {
        numbers.findings.checkpoints.compactMap { checkpoint in
            guard let vas = checkpoint.scores?[numbers.form]?.value, let accuracy = checkpoint.accuracy else {
                return nil
            }
            return (checkpoint, vas, accuracy)
        }
    }

    /// Whether a few scores are so large that they alone decide Pearson's r and leave a line nothing to say.
    private var isStretched: Bool {
        let scores = points.map(\.vas)
        guard let low = scores.min(), let high = scores.max(), low > 0 else { return false }
        return high > 100 * low
    }

    /// Pearson's r of the scores' logarithms.
    private var logarithmic: Correlation? {
        let points = points.filter { $0.vas > 0 }
        return Correlation.pearson(points.map { log($0.vas) }, points.map(\.accuracy))
    }

    private func scatter(_ found: Findings.Correlation) -> Scatter {
        Scatter(
            title: "Accuracy over visual attention",
            caption: isStretched
                ? "Every checkpoint of every seed. The scores are over a hundred times apart, so they stand on a logarithmic axis, without a line."
                : "Every checkpoint of every seed; the line is that of least squares.",
            xAxis: Axis("VAS (\(numbers.form))", spacing: .automatic), yAxis: Axis("right", unit: "%"),
            points: points.map { point in
                let checkpoint = point.checkpoint
                return Scatter.Point(
                    checkpoint.name + (checkpoint.seed.map { " \($0)" } ?? ""), group: checkpoint.title, x: point.vas,
                    y: point.accuracy)
            },
            line: isStretched ? nil : Scatter.Line("least squares", slope: found.slope, intercept: found.intercept))
    }
}
