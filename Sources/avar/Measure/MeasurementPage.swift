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
        var sections: [Report.Section] = [
            .summary(overview(kind)), .table(scores), ReportPages.heatMap(summary.heads, of: kind),
            try ReportPages.shares(summary.layers, of: kind), .table(layers),
        ]
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

    private var scores: Table {
        let summary = report.summary
        func cell(_ value: Double?) -> Table.Cell { value.map { .number($0) } ?? .undefined }
        var columns: [Table.Column] = ["form"]
        for title in ["mean", "95 % from", "95 % to", "without first token"] {
            columns.append(Table.Column(title, isNumeric: true))
        }
        if summary.scoresWithoutSinks != nil { columns.append(Table.Column("without sinks", isNumeric: true)) }
        columns += ["class", Table.Column("undefined in", isNumeric: true)]
        let rows = ScoreForm.allCases.map { form -> [Table.Cell] in
            let estimate = summary.scores[form]
            var row: [Table.Cell] = [
                .text(form.rawValue), cell(estimate.value), cell(estimate.low), cell(estimate.high),
                cell(summary.scoresWithoutFirst[form].value),
            ]
            if let without = summary.scoresWithoutSinks { row.append(cell(without[form].value)) }
            row.append(summary.classes[form.rawValue].map { .text($0.rawValue) } ?? .undefined)
            row.append(.number(Double(estimate.undefined), decimals: 0))
            return row
        }
        return Table(
            title: "The score in its four forms",
            caption: "Means over samples with percentile bootstrap intervals. Classes: narrow below 10, wide to 15, "
                + "panoramic above.", columns: columns, rows: rows)
    }

    private var layers: Table {
        let titles = ["system", "first token", "visual", "user", "response", "marker"]
        let columns =
            [Table.Column("layer", isNumeric: true)] + titles.map { Table.Column("\($0) (%)", isNumeric: true) }
            + [Table.Column("VAS (paper)", isNumeric: true)]
        let rows = report.summary.layers.enumerated().map { index, layer -> [Table.Cell] in
            let shares = [layer.system, layer.first, layer.visual, layer.user, layer.response, layer.marker]
            return [.number(Double(index), decimals: 0)] + shares.map { .number($0 * 100, decimals: 1) }
                + [layer.vas.map { .number($0) } ?? .undefined]
        }
        return Table(
            title: "Layer by layer",
            caption: "Mean shares over heads, queries and samples; the first token is a part of the system turn.",
            columns: columns, rows: rows)
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
