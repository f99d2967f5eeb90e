import Evaluation
import Foundation
import Reports
import Scoring
import VisualAttention

/// The page of `avar eval`.
struct EvalPage {
    private let report: EvalReport
    private let items: ItemBrowser?

    /// - Parameters:
    ///   - report: the numbers.
    ///   - items: every answer, or nil.
    init(_ report: EvalReport, items: ItemBrowser? = nil) { (self.report, self.items) = (report, items) }

    /// Writes the page.
    func write(toPath path: String) throws { try page.write(toPath: path) }

    private var page: Report {
        let board: [Report.Section] = report.board.isEmpty ? [] : [.table(Self.table(report.board))]
        return Report(
            title: "Evaluation of \(report.name)",
            subtitle:
                "\(report.sets.map(\.title).joined(separator: ", ")); prompts of the style \(report.style.rawValue)",
            sections: [.summary(summary)] + board + setSections + (items.map { [.items($0)] } ?? [])
                + (report.files.isEmpty ? [] : [.table(files)]) + [.listing(Listing(title: "Settings", text: settings))]
        )
    }

    // MARK: Summary

    private var summary: Summary {
        let rows = report.sets.compactMap { set -> Summary.Row? in
            guard let reading = set.reading(report.reading.rawValue) else { return nil }
            func percent(_ reading: SetResult.Reading) -> String {
                reading.scores.headline.percent.map { "\($0.fixed(1)) %" } ?? "undefined"
            }
            let others = set.readings.filter { $0.name != reading.name }.map { "; \($0.name) \(percent($0))" }
            return Summary.Row(
                set.title, percent(reading),
                note: "\(reading.scores.headline.name), \(reading.name); \(reading.accuracy.share.right) of "
                    + "\(reading.accuracy.share.count) right, interval \(reading.intervalText)" + others.joined())
        }
        var warnings: [String] = []
        let cut = report.sets.reduce(0) { $0 + ($1.readings.first?.scores.cut ?? 0) }
        if cut > 0 {
            warnings.append(
                "\(cut) \(cut == 1 ? "answer was" : "answers were") cut at the greatest number of tokens; they are scored as they are."
            )
        }
        let failed = report.sets.reduce(0) { $0 + $1.failed }
        if failed > 0 { warnings.append("\(failed) questions could not be answered; they count as wrong.") }
        if !report.bad.isEmpty { warnings.append("\(report.bad.count) questions could not be put and are left out.") }
        return Summary(rows: rows, warnings: warnings, paragraphs: [report.judging?.line].compactMap { $0 })
    }

    private var files: Table {
        Table(
            title: "Files", columns: ["set", "file", "md5", "VLMEvalKit's file"],
            rows: report.files.map { file in
                let name = URL(fileURLWithPath: file.path).lastPathComponent
                guard let checksum = file.checksum else { return [.text(file.set.title), .text(name), "–", "–"] }
                let known = checksum.knownFile.map { "\($0).tsv" } ?? (checksum.expected.isEmpty ? "–" : "no, another")
                return [.text(file.set.title), .text(name), .text(checksum.md5), .text(known)]
            })
    }

    private var settings: String {
        report.settings.map { "\($0.name): \($0.value)" }.joined(separator: "\n") + "\n"
    }

    /// The runs beside the published rows.
    static func table(_ board: ScoreBoard) -> Table {
        Table(
            title: "The seven benchmarks, ours and published, in percent", caption: ScoreBoard.caption,
            columns: ["model"] + ScoreBoard.titles.map { Table.Column($0, isNumeric: true) },
            rows: board.rows.map { row in
                [.text(row.model)]
                    + PublishedScores.sets.map { Table.Cell.optional(row.percents[$0.rawValue], decimals: 1) }
                    + [.optional(row.mean, decimals: 1)]
            })
    }

    // MARK: One set

    /// The tables and figures of every set.
    var setSections: [Report.Section] { report.sets.flatMap { sections($0) } }

    private func sections(_ set: SetResult) -> [Report.Section] {
        var sections: [Report.Section] = [.table(readings(set))]
        guard let reading = set.reading(report.reading.rawValue) else { return sections }
        let rows = reading.shownRows
        if !rows.isEmpty { sections.append(.table(groups(set, reading.name, rows))) }
        if let scatter = scatter(set, rows) { sections.append(.scatter(scatter)) }
        if set.attention != nil { sections.append(.table(attention(set))) }
        return sections
    }

    private func readings(_ set: SetResult) -> Table {
        let table = set.readingTable
        return Table(
            title: "\(set.title): how often answers are right",
            caption:
                "Intervals are of the bootstrap over pictures: questions about the same picture are drawn together. Unread are "
                + "answers in which a reading finds nothing. Strict and reference differ on \(set.differences.count) answers.",
            columns: table.head.enumerated().map { Table.Column($1, isNumeric: $0 > 0) },
            rows: table.rows.map { row in row.map { .text($0) } })
    }

    private func groups(_ set: SetResult, _ reading: String, _ rows: [ScoreRow]) -> Table {
        Table(
            title: "\(set.title) by group, \(reading) reading",
            columns: ["group"]
                + ["right", "of", "accuracy (%)", "cut", "unread", "VAS, pooled"].map {
                    Table.Column($0, isNumeric: true)
                },
            rows: rows.map { row in
                [
                    .text(row.title), .count(row.right), .count(row.count), .optional(row.percent, decimals: 1),
                    .count(row.cut), .count(row.unread), .optional(row.vas),
                ]
            })
    }

    /// VAS against accuracy, a point for each group of the kind that the benchmark's finest table is by.
    private func scatter(_ set: SetResult, _ rows: [ScoreRow]) -> Scatter? {
        let kinds: [ScoreRow.Group] = [.category, .family, .task, .subject, .subcategory]
        guard let kind = kinds.first(where: { kind in rows.count { $0.group == kind && $0.vas != nil } > 1 }) else {
            return nil
        }
        let points = rows.filter { $0.group == kind && $0.measure != .fAcc && $0.measure != .qAcc }.compactMap { row in
            row.vas.flatMap { vas in
                row.percent.map { Scatter.Point(row.part.map { "\(row.name), \($0)" } ?? row.name, x: vas, y: $0) }
            }
        }
        // Where every group has the same accuracy, a figure shows nothing.
        guard Set(points.map(\.y)).count > 1 else { return nil }
        return Scatter(
            title: "\(set.title): VAS and accuracy by \(kind.rawValue)",
            caption:
                "The mean Visual Attention Score of the answers' tokens (pooled form) beside the share of right answers. Groups "
                + "differ in difficulty as well: this is no correlation over models.",
            xAxis: Axis("VAS, pooled", spacing: .automatic), yAxis: Axis("accuracy", unit: "%"), points: points)
    }

    private func attention(_ set: SetResult) -> Table {
        let outcome = set.attention?.outcome
        let kinds = outcome?.groups ?? []
        let groups = [outcome?.all].compactMap { $0 } + (kinds.count > 1 ? kinds : [])
        return Table(
            title: "\(set.title): VAS of right and of wrong answers",
            caption: "Pooled form, strict reading; r is the point-biserial correlation over answers of one model.",
            columns: ["answers"]
                + ["count", "right", "VAS if right", "VAS if wrong", "r"].map { Table.Column($0, isNumeric: true) },
            rows: groups.map { group in
                [
                    .text(group.name.isEmpty ? "all" : group.name), .count(group.count), .count(group.right),
                    .optional(group.meanRight), .optional(group.meanWrong),
                    .optional(group.pearson?.coefficient, decimals: 3),
                ]
            })
    }
}
