import Foundation
import Reports
import VisualAttention

/// A correlation as files: a page, its drawing, its numbers.
struct CorrelationPage {
    let summary: CorrelationSummary

    /// Writes correlate.html, scatter.svg and correlate.json.
    /// - Parameter folder: made if it is not there.
    /// - Throws: ``CorrelateInputError`` if the folder or a file cannot be written.
    func write(to folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try report.write(to: folder.appendingPathComponent("correlate.html"))
            try Data(scatter.svg().utf8).write(to: folder.appendingPathComponent("scatter.svg"), options: .atomic)
            try (Output.encoded(summary) + Data("\n".utf8))
                .write(to: folder.appendingPathComponent("correlate.json"), options: .atomic)
        } catch {
            throw CorrelateInputError(
                path: folder.path, problem: "the results cannot be written there, \(error.localizedDescription)")
        }
    }

    private var report: Report {
        let facts = summary.facts.map { Summary.Row($0.name, $0.value, note: $0.note) }
        return Report(
            title: "Visual attention and accuracy", subtitle: "\(summary.count) models or checkpoints",
            sections: [
                .summary(
                    Summary(title: "Correlation", rows: facts, warnings: summary.notes, paragraphs: [definitions])),
                .scatter(scatter), .table(table),
            ])
    }

    private var definitions: String {
        "r between rungs is Pearson's r over the means of the rungs; r within rungs is that of the deviations of the items from "
            + "the mean of their rung. Classes are the paper's: narrow below a VAS of 10, wide from 10 to 15, panoramic above 15."
    }

    private var scatter: Scatter {
        let bounds = AttentionClass.bounds
        let isPercent = summary.items.contains { $0.accuracy > 1 }
        let groups = summary.items.contains { $0.rung != nil }
        let name =
            "least squares, r = \(summary.pearson.coefficient.fixed(4)), "
            + "p = \(String(format: "%.2g", summary.pearson.pValue))"
        return Scatter(
            title: "Accuracy against visual attention",
            caption: "The bands are the paper's classes of models. " + (summary.notes.first ?? ""),
            xAxis: Axis("VAS", spacing: .automatic), yAxis: Axis("accuracy", unit: isPercent ? "%" : nil),
            points: summary.items.map {
                .init($0.name, group: groups ? $0.rung ?? "no rung" : nil, x: $0.vas, y: $0.accuracy)
            },
            bands: [
                .init("narrow", to: bounds.lower), .init("wide", from: bounds.lower, to: bounds.upper),
                .init("panoramic", from: bounds.upper),
            ],
            line: .init(name, slope: summary.line.slope, intercept: summary.line.intercept))
    }

    private var table: Table {
        let hasRuns = summary.items.contains { $0.run != nil }
        let hasRungs = summary.items.contains { $0.rung != nil }
        let columns: [Table.Column] =
            ["name"] + (hasRuns ? ["run"] : []) + (hasRungs ? ["rung"] : []) + [
                .init("VAS", isNumeric: true), .init("accuracy", isNumeric: true), .init("line", isNumeric: true),
                "class",
            ]
        return Table(
            title: "Models", caption: "Line is the accuracy that the least-squares line gives for the VAS.",
            columns: columns,
            rows: summary.items.map { item in
                [.text(item.name)] + (hasRuns ? [.text(item.run ?? "")] : [])
                    + (hasRungs ? [.text(item.rung ?? "")] : [])
                    + [
                        .number(item.vas), .number(item.accuracy), .number(item.predicted),
                        .text(item.attentionClass.rawValue),
                    ]
            })
    }
}
