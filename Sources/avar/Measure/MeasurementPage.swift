import Foundation
import Images
import QwenVL
import Reports
import VisualAttention

/// The page of `avar vas --output`: what the summary says, as figures, and where the queries of some samples looked.
struct MeasurementPage {
    let report: MeasurementReport
    let results: [SampleResult]
    let overlays: [Report.Section]

    /// Writes the page.
    func write(to url: URL) throws {
        try page().write(toPath: url.path)
    }

    private func page() throws -> Report {
        let summary = report.summary
        let kind = report.answers.map { "\(report.queryKind) tokens of \($0) answers" } ?? "\(report.queryKind) tokens"
        var sections: [Report.Section] = [.summary(overview(kind))]
        sections += try summary.sections(of: kind)
        if let along { sections.append(along) }
        sections += overlays
        if let skipped { sections.append(.table(skipped)) }
        let changed = report.modulation.map { ", under \($0)" } ?? ""
        return Report(
            title: "Visual attention of \(report.name)",
            subtitle: "\(summary.samples) samples of \(report.data), \(kind)\(changed)", sections: sections)
    }

    private func overview(_ kind: String) -> Summary {
        let summary = report.summary
        var rows = [
            Summary.Row(
                "Visual Attention Score", summary.vas.map(ReportPages.number) ?? "undefined",
                note: summary.attentionClass.map { "\($0.rawValue), by the paper's form" } ?? "no class"),
            Summary.Row("Model", report.model), Summary.Row("Samples", "\(summary.samples)"),
            Summary.Row("Queries", "\(summary.queries)", note: kind),
            Summary.Row("Tokens read", "\(summary.tokens)", note: "\(summary.imageTokens) of them visual"),
        ]
        if let modulation = report.modulation { rows.append(Summary.Row("Intervention", modulation)) }
        if let accuracy = report.accuracy {
            rows.append(Summary.Row("Accuracy", "\(accuracy)", note: "measured elsewhere"))
        }
        if let sinks = summary.sinks {
            rows.append(
                Summary.Row(
                    "Attention sinks", "\(sinks)",
                    note:
                        "visual tokens that nearly every query looks at, in \(summary.samplesWithSinks ?? 0) samples, "
                        + "\(summary.borderSinks ?? 0) of them at a border"))
        }
        return Summary(rows: rows, warnings: report.warnings)
    }

    /// The mean over samples of the score at each token of an answer.
    private var along: Report.Section? {
        let scores = results.compactMap(\.tokenScores)
        guard let longest = scores.map(\.count).max() else { return nil }
        let means = (0..<longest).map { token -> Double? in
            let own = scores.filter { $0.count > token }.map { $0[token] }.filter(\.isFinite)
            return own.isEmpty ? nil : own.reduce(0, +) / Double(own.count)
        }
        return ReportPages.along(means, of: "answer, mean over samples that are as long")
    }

    private var skipped: Table? {
        let skipped = report.summary.skipped
        guard !skipped.isEmpty else { return nil }
        return Table(
            title: "Samples that could not be measured", columns: [Table.Column("line", isNumeric: true), "reason"],
            rows: skipped.map { [.number(Double($0.line), decimals: 0), .text($0.reason)] })
    }
}
