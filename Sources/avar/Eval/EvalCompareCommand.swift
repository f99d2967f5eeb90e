import ArgumentParser
import Evaluation
import Foundation
import Reports
import Scoring
import VisualAttention

/// `avar eval compare`: two runs over the same questions.
struct EvalCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares two runs of eval over the same questions.",
        discussion: """
            Both are folders of --output. Differences are paired by question, with intervals that draw the questions about one \
            picture together; McNemar's test is of the first answers; detectable is the difference that a comparison of this \
            size finds with 80 % power.
            """)

    @Argument(help: "The folder of the run that is compared with.")
    var first: String

    @Argument(help: "The folder of the run that is compared.")
    var second: String

    @Option(help: "Which verdicts count: strict, reference or judge.")
    var reading = EvalScoring.Reading.strict

    @Option(parsing: .unconditional, help: "The seed of the bootstrap intervals.")
    var bootstrapSeed: UInt64 = 0

    @Option(help: "Write a page to this file.")
    var report: String?

    @Flag(help: "Print one line of JSON, with every question that changed.")
    var json = false

    func run() throws {
        let stores = try [first, second].map {
            try EvaluationStore(reading: URL(fileURLWithPath: $0, isDirectory: true))
        }
        let bootstrap = Bootstrap(seed: bootstrapSeed)
        let comparison = try RunComparison(stores[0], stores[1], reading: reading.rawValue, bootstrap: bootstrap)
        let board = ScoreBoard(
            try zip([first, second], stores).map { name, store in
                let sets = try store.benchmarks().compactMap { BenchmarkSet(rawValue: $0) }
                return ScoreBoard.Run(
                    name: name, sets: try sets.map { try SetResult(AnsweredSet(store, $0), bootstrap: bootstrap) },
                    reading: reading.rawValue)
            })
        let result = ComparisonReport(
            first: first, second: second, comparison: comparison, board: board,
            settings: try Self.differences(stores))
        if let report { try result.page.write(toPath: report) }
        if json { try Output.json(result) } else { result.lines.forEach(Output.line) }
    }

    /// In which settings the runs differ.
    private static func differences(_ stores: [EvaluationStore]) throws -> [String] {
        let (one, two) = (try stores[0].settings(), try stores[1].settings())
        let names = one.map(\.name) + two.map(\.name).filter { name in !one.contains { $0.name == name } }
        return names.compactMap { name in
            let values = [one, two].map { settings in settings.first { $0.name == name }?.value ?? "absent" }
            return values[0] == values[1] ? nil : "\(name): \(values[0]) and \(values[1])"
        }
    }
}

/// What `avar eval compare` says.
struct ComparisonReport: Encodable {
    let first: String
    let second: String
    let comparison: RunComparison
    let board: ScoreBoard
    /// In which settings the runs differ.
    let settings: [String]

    /// The same as tables for people.
    var lines: [String] {
        var lines = ["\(second) against \(first), \(comparison.reading) reading"]
        lines += settings.map { "  \($0)" } + notes + [""] + table.lines
        for part in comparison.parts where !part.changes.isEmpty {
            lines += ["", "\(Self.title(part)): \(part.changes.count) questions are answered better by one of them"]
            lines += part.changes.prefix(20).map { change in
                "  \(change.second > change.first ? "+" : "-") \(change.key.index): "
                    + "\(Self.words(change.firstExtracted)), then \(Self.words(change.secondExtracted))"
            }
            if part.changes.count > 20 { lines.append("  and \(part.changes.count - 20) more, in --json and --report") }
        }
        return lines + (board.isEmpty ? [] : [""] + board.lines)
    }

    private static func words(_ extracted: String?) -> String {
        guard let extracted else { return "nothing" }
        return String(extracted.count > 40 ? extracted.prefix(37) + "..." : extracted[...]).debugDescription
    }

    private static func title(_ part: RunComparison.Part) -> String { part.set?.title ?? "all together" }

    /// What must not be overlooked.
    private var notes: [String] {
        var notes: [String] = []
        let (left, right) = (comparison.onlyFirst, comparison.onlySecond)
        if left + right > 0 {
            notes.append("Left out: \(left) questions that only \(first) has, \(right) that only \(second) has.")
        }
        if comparison.otherPrompts > 0 {
            notes.append(
                "\(comparison.otherPrompts) questions were put in other words: what is compared is model and prompt together."
            )
        }
        return notes
    }

    private var table: ScoreTable {
        ScoreTable(
            head: [
                "set", "questions", "first %", "second %", "difference", "95 % interval", "only first", "only second",
                "McNemar p", "detectable",
            ],
            rows: comparison.parts.map { part in
                let difference = part.difference
                let interval = difference.interval.map { "\(Self.signed($0.low)) to \(Self.signed($0.high))" } ?? "-"
                return [
                    Self.title(part), String(difference.count), (difference.first * 100).fixed(1),
                    (difference.second * 100).fixed(1), Self.signed(difference.difference), interval,
                    String(part.mcNemar.onlyFirst), String(part.mcNemar.onlySecond), part.mcNemar.exact.fixed(4),
                    part.detectable.map { ($0.difference * 100).fixed(1) } ?? "-",
                ]
            })
    }

    private static func signed(_ share: Double) -> String { (share > 0 ? "+" : "") + (share * 100).fixed(1) }

    /// The same as a page.
    var page: Report {
        let changes = comparison.parts.flatMap { part in part.changes.map { (part, $0) } }
        let sections: [Report.Section] = [
            .summary(
                Summary(
                    title: "Runs", rows: [.init("First", first), .init("Second", second)], warnings: notes,
                    paragraphs: settings)),
            .table(
                Table(
                    title: "Paired differences, \(comparison.reading) reading",
                    caption:
                        "In percentage points; intervals draw the questions about one picture together. Detectable is the "
                        + "difference that a comparison of this size finds with 80 % power.",
                    columns: table.head.enumerated().map { Table.Column($1, isNumeric: $0 > 0) },
                    rows: table.rows.map { row in row.map { .text($0) } })),
            .table(
                Table(
                    title: "Questions that changed",
                    columns: ["set", "question", "first read as", "second read as", "better"],
                    rows: changes.map { part, change in
                        [
                            .text(Self.title(part)), .text(change.key.index), .text(change.firstExtracted ?? "–"),
                            .text(change.secondExtracted ?? "–"),
                            .text(change.second > change.first ? "second" : "first"),
                        ]
                    })),
        ]
        return Report(
            title: "\(second) against \(first)",
            sections: sections + (board.isEmpty ? [] : [.table(EvalPage.table(board))]))
    }
}
