import Reproduction
import Statistics

/// What a study prints at its end.
struct StudyTable {
    let findings: Findings
    let reading: Study.Reading

    init(_ findings: Findings, reading: Study.Reading) { (self.findings, self.reading) = (findings, reading) }

    /// A line for each checkpoint, means over seeds.
    var lines: [String] {
        var names: [String] = []
        for checkpoint in findings.checkpoints where !names.contains(checkpoint.name) { names.append(checkpoint.name) }
        return ScoreTable(
            head: ["checkpoint", "VAS, \(reading.score)", "right", "seeds"],
            rows: names.map { name in
                let score = findings.mean(name) { $0.scores?[reading.score]?.value }
                let accuracy = findings.mean(name) { $0.accuracy }
                return [
                    findings.checkpoints(name).first?.title ?? name, Self.text(score) { ReportPages.number($0) },
                    Self.text(accuracy) { "\($0.fixed(1))" }, String(findings.checkpoints(name).count),
                ]
            }
        ).lines
    }

    private static func text(_ mean: SeedMean?, _ number: (Double) -> String) -> String {
        guard let mean else { return "-" }
        return number(mean.mean) + (mean.half.map { " +- \(number($0))" } ?? "")
    }
}
