import Evaluation
import Foundation
import QwenVL
import Scoring
import VisualAttention

/// What `avar eval` says in the end.
struct EvalReport: Encodable {
    /// A file that was read.
    struct File: Encodable {
        let path: String
        let set: BenchmarkSet
        let checksum: FileChecksum?
        let remainder: QuestionCatalogue.Remainder?
    }

    /// The model or the endpoint.
    let model: String
    /// The same in short: of a folder the last part.
    var name: String { model.contains("/") ? URL(fileURLWithPath: model).lastPathComponent : model }
    let style: PromptStyle
    let reading: EvalScoring.Reading
    let files: [File]
    /// Set by set.
    let sets: [SetResult]
    /// What this run of the command did.
    let answering: AnsweringSummary
    let judge: String?
    let judging: JudgeSummary?
    /// Questions that could not be read, and are left out.
    let bad: [BadQuestion]
    let settings: [RunSetting]

    init(
        answeredBy model: String, session: EvalSession, style: PromptStyle, checksums: [String: FileChecksum],
        reading: EvalScoring.Reading, settings: [RunSetting], bootstrap: Bootstrap
    ) throws {
        self.model = model
        self.style = style
        self.reading = reading
        self.settings = settings
        files = session.sources.all.map { source in
            File(
                path: source.name, set: source.set, checksum: checksums[source.name],
                remainder: session.remainders[source.name])
        }
        sets = try session.sources.bySet.map { set, _ in
            try SetResult(AnsweredSet(session.store, set, only: session.counts), bootstrap: bootstrap)
        }
        (answering, judge, judging, bad) = (session.summary, session.judgeName, session.judged, session.bad)
    }

    // MARK: For people

    /// What the command says, as tables.
    var lines: [String] {
        let left = bad.isEmpty ? [] : ["", "\(bad.count) questions cannot be put and are left out."]
        return ["\(model), prompts of the style \(style.rawValue)"] + sets.flatMap { [""] + setLines($0) } + left
            + (board.isEmpty ? [] : [""] + board.lines)
    }

    /// One table over the seven sets, with what was published; empty where none of them was answered.
    var board: ScoreBoard { ScoreBoard([.init(name: name, sets: sets, reading: reading.rawValue)]) }

    private func setLines(_ set: SetResult) -> [String] {
        let files = files.filter { $0.set == set.set }
        var lines = [
            "\(set.title): \(set.questions) questions" + (set.samples > 1 ? ", \(set.samples) answers each" : "")
        ]
        lines += files.compactMap { file in file.checksum.map { "\(file.path): \($0.sentence)" } }
        lines += files.compactMap { $0.remainder.flatMap { Self.sentence($0) } }
        if set.failed > 0 { lines.append("\(set.failed) could not be answered; they count as wrong.") }
        lines += [""] + set.readingTable.lines
        let shown = set.reading(reading.rawValue)?.shownRows ?? []
        if !shown.isEmpty { lines += [""] + ScoreTable.rows(shown, reading: reading.rawValue).lines }
        lines += set.attentionLines + set.differenceLines
        return lines
    }

    private static func sentence(_ remainder: QuestionCatalogue.Remainder) -> String? {
        let parts = [
            (remainder.withoutPicture, "without a picture"), (remainder.ofOtherVersions, "of other versions"),
            (remainder.ofOtherSplits, "of other splits"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? "row" : "rows") \($0.1)" }
        return parts.isEmpty ? nil : "Not asked: \(parts.joined(separator: ", "))."
    }
}

/// Rows and columns of text, set flush.
struct ScoreTable {
    var head: [String]
    var rows: [[String]]

    /// The first column flush left, the others flush right.
    var lines: [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, text in
                let blanks = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + blanks : blanks + text
            }.joined(separator: "  ")
        }
    }

    /// Rows of a benchmark by what it divides its questions by.
    static func rows(_ rows: [ScoreRow], reading: String) -> ScoreTable {
        let hasVAS = rows.contains { $0.vas != nil }
        return ScoreTable(
            head: ["\(reading), by group", "right", "of", "%"] + (hasVAS ? ["VAS"] : []),
            rows: rows.map { row in
                [row.title, String(row.right), String(row.count), row.percent?.fixed(1) ?? "-"]
                    + (hasVAS ? [row.vas.map(ReportPages.number) ?? "-"] : [])
            })
    }
}

extension ScoreRow {
    /// What the row is of, in words.
    var title: String {
        let name = group == .overall ? part ?? name : "\(group.rawValue) \(name)"
        let inPart = group != .overall && group != .variant ? part.map { ", \($0)" } ?? "" : ""
        return name + inPart + (measure == .accuracy ? "" : ", \(measure.rawValue)")
    }
}

extension SetResult {
    /// What the readings find, side by side.
    var readingTable: ScoreTable {
        let headline = readings.first?.scores.headline.name ?? "Overall"
        let repeats = readings.first?.repeated
        var head = ["reading", headline + " %", "right", "of", "accuracy %", "95 % interval", "cut", "unread"]
        if let repeats { head += ["majority %"] + repeats.passes.map { "pass@\($0.k) %" } }
        return ScoreTable(
            head: head,
            rows: readings.map { reading in
                let share = reading.accuracy.share
                var row = [
                    reading.name, reading.scores.headline.percent?.fixed(1) ?? "-", String(share.right),
                    String(share.count), share.accuracy.map { ($0 * 100).fixed(1) } ?? "-", reading.intervalText,
                    String(reading.scores.cut), String(reading.scores.unread),
                ]
                if repeats != nil {
                    row.append(reading.repeated.map { ($0.majorityAccuracy * 100).fixed(1) } ?? "-")
                    row += (repeats?.passes ?? []).map { pass in
                        reading.repeated?.passes.first { $0.k == pass.k }.map { ($0.probability * 100).fixed(1) } ?? "-"
                    }
                }
                return row
            })
    }

    /// Where the answers looked.
    fileprivate var attentionLines: [String] {
        guard let attention else { return [] }
        let means = attention.means
        func number(_ value: Double?) -> String { value.map(ReportPages.number) ?? "undefined" }
        var line =
            "VAS of the answers' tokens, mean over \(attention.answers) answers: paper \(number(means.paper)), pooled "
            + "\(number(means.pooled)), reward \(number(means.reward)), geometric \(number(means.geometric)); picture "
            + "\(means.visualShare?.percent ?? "-"), system \(means.systemShare?.percent ?? "-")"
        let all = attention.outcome.all
        if let right = all.meanRight, let wrong = all.meanWrong {
            line += "; pooled of right answers \(number(right)), of wrong ones \(number(wrong))"
        }
        return ["", line]
    }

    /// On how many answers the readings differ, and the first of them.
    fileprivate var differenceLines: [String] {
        guard readings.count > 1 else { return [] }
        guard !differences.isEmpty else { return ["", "Strict and reference agree on every answer."] }
        func words(_ judgement: Judgement?) -> String {
            let text = judgement?.extracted.map { $0.count > 40 ? $0.prefix(37) + "..." : $0[...] }
            return
                "\(text.map { String($0).debugDescription } ?? "nothing"), \(judgement?.isCorrect == true ? "right" : "wrong")"
        }
        let shown = differences.prefix(20).map { item in
            "  \(item.index)\(samples > 1 ? " (answer \(item.sample + 1))" : ""): strict reads \(words(item.strict)); reference "
                + words(item.reference)
        }
        let more =
            differences.count > 20 ? ["  and \(differences.count - 20) more, in summary.json and on the page"] : []
        let isOne = differences.count == 1
        return ["", "Strict and reference differ on \(differences.count) \(isOne ? "answer" : "answers"):"] + shown
            + more
    }
}

extension SetResult.Reading {
    /// The rows of its table: without what the headline says already, and without rows that say the same as another.
    var shownRows: [ScoreRow] {
        scores.rows.filter { row in
            row.group != .variant && (row.group != .overall || row.part != nil && row.part != scores.headline.name)
        }
    }

    /// The interval that allows for shared pictures; Wilson's where there is only one picture, and where all or none are right.
    var intervalText: String {
        // Where all or none are right, drawing again finds nothing else.
        if let interval = accuracy.interval, interval.low < interval.high {
            return "\((interval.low * 100).fixed(1)) to \((interval.high * 100).fixed(1))"
        }
        guard let low = accuracy.share.low, let high = accuracy.share.high else { return "-" }
        return "\((low * 100).fixed(1)) to \((high * 100).fixed(1))"
    }
}

/// One's own runs over the seven sets beside the published rows.
struct ScoreBoard: Encodable {
    /// A run.
    struct Run {
        let name: String
        let sets: [SetResult]
        let reading: String

        /// The headline of a set in percent; of MMMU-Pro the mean of the forms that were answered.
        func percent(_ set: BenchmarkSet) -> Double? {
            let own = sets.filter { $0.set.benchmark == set.benchmark }
                .compactMap { $0.reading(reading)?.scores.headline.percent }
            return own.isEmpty ? nil : own.reduce(0, +) / Double(own.count)
        }
    }

    /// A row: ours, or a published one.
    struct Row: Encodable {
        let model: String
        let isPublished: Bool
        /// In percent, by set.
        let percents: [String: Double]
        /// The mean over the seven; nil unless there are all.
        let mean: Double?
    }

    let rows: [Row]
    /// Whether a set of the seven was answered at all.
    let isEmpty: Bool

    init(_ runs: [Run]) {
        let sets = PublishedScores.sets
        let own = runs.map { run in
            let percents = sets.compactMap { set in run.percent(set).map { (set.rawValue, $0) } }
            let mean = percents.reduce(0) { $0 + $1.1 } / Double(sets.count)
            return Row(
                model: run.name, isPublished: false, percents: Dictionary(uniqueKeysWithValues: percents),
                mean: percents.count == sets.count ? mean : nil)
        }
        isEmpty = own.allSatisfy(\.percents.isEmpty)
        rows =
            own
            + PublishedScores.rows.map { row in
                Row(
                    model: row.model + (row.isTrainedOnMathVision ? " †" : ""), isPublished: true,
                    percents: Dictionary(uniqueKeysWithValues: row.percents.map { ($0.key.rawValue, $0.value) }),
                    mean: row.mean)
            }
    }

    static let titles = [
        "MathVista", "MathVision", "MathVerse-VO", "MMMU", "MMMU-Pro", "MMStar", "HallusionBench", "mean",
    ]
    /// What a reader must know.
    static let caption =
        "Headlines as each benchmark counts; published rows are of arXiv 2603.03825 († trained on MathVision), whose files, prompts "
        + "and judges may differ. Of MMMU-Pro ours is the mean of the forms that were answered."

    /// As a table of text.
    var lines: [String] {
        [ScoreBoard.caption]
            + ScoreTable(
                head: ["%"] + Self.titles,
                rows: rows.map { row in
                    [row.model]
                        + PublishedScores.sets.map { row.percents[$0.rawValue]?.fixed(1) ?? "-" }
                        + [row.mean?.fixed(1) ?? "-"]
                }
            ).lines
    }
}
