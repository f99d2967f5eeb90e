import Evaluation
import Reports
import Reproduction

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
                Summary.Row("Spearman's rho", text(found.spearman)),
                Summary.Row("between rungs", text(found.between), note: "r of the rungs' means"),
                Summary.Row(
                    "within rungs", text(found.within), note: "r of what is left when the rungs' means are taken away"),
            ], paragraphs: found.notes)
    }

    private func scatter(_ found: Findings.Correlation) -> Scatter {
        Scatter(
            title: "Accuracy over visual attention",
            caption: "Every checkpoint of every seed; the line is that of least squares.",
            xAxis: Axis("VAS (\(numbers.form))", spacing: .linear), yAxis: Axis("right", unit: "%"),
            points: numbers.findings.checkpoints.compactMap { checkpoint in
                guard let vas = checkpoint.scores?[numbers.form]?.value, let accuracy = checkpoint.accuracy else {
                    return nil
                }
                return Scatter.Point(
                    checkpoint.name + (checkpoint.seed.map { " \($0)" } ?? ""), group: checkpoint.title, x: vas,
                    y: accuracy)
            }, line: Scatter.Line("least squares", slope: found.slope, intercept: found.intercept))
    }
}
