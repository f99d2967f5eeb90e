import ArgumentParser
import Foundation
import Microworld
import QwenVL
import VisualAttention

/// `avar microworld exam`: how often a model is right, and what it needs for it.
struct MicroworldExamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exam",
        abstract: "Asks a model the same questions with and without what should decide the answer.",
        discussion: """
            picture asks as it is; shuffled shows the picture of another question of the family; blind shows none. Of questions \
            with a hint, hint-removed takes it away, hint-reversed makes it wrong where it was right and right where it was \
            wrong, hint-right makes all of them right and hint-wrong all of them wrong. Always the likeliest token. A free \
            answer is right if its words are, numbers as numbers; of options the letter or the text counts; of a response with \
            <answer>...</answer> what stands there.

            With --output each answer is a line of samples.jsonl as soon as it is there, and the same command goes on where it \
            was stopped; summary.json is what --json prints.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "The split: \(Split.allCases.map(\.rawValue).joined(separator: ", ")).")
    var split: Split?

    @Option(help: "A data file to ask in place of the microworld, in a form that avar vas takes, with answers.")
    var data: String?

    @Option(parsing: .unconditional, help: "How many questions, from the first on.")
    var count = 500

    @Option(help: "The seed of the microworld's questions.")
    var seed: UInt64?

    @Option(help: "direct for the answer alone; reasoning asks for <think>...</think><answer>...</answer>.")
    var style = ExamStyle.direct

    @Option(
        help: """
            How the questions are put, with commas between: \(ExamCondition.allCases.map(\.rawValue).joined(separator: ", ")); \
            or all. A data file has the first three.
            """)
    var conditions = ConditionList.all

    @Option(
        parsing: .unconditional,
        help: "The most tokens of an answer; 24 unless given, 160 for --style reasoning.")
    var maxNewTokens: Int?

    @Flag(
        help: "Leave out questions of a data file that cannot be asked, and say so, instead of stopping at the first.")
    var skipBad = false

    @Option(help: "A folder for the answers: samples.jsonl, summary.json, and run.json, which says what they are of.")
    var output: String?

    @Flag(help: "Print the summary as one line of JSON instead of the tables.")
    var json = false

    func validate() throws {
        if count < 1 { throw ValidationError("--count must be at least 1, got \(count).") }
        if let maxNewTokens, maxNewTokens < 1 {
            throw ValidationError("--max-new-tokens must be at least 1, got \(maxNewTokens).")
        }
        if data != nil, split != nil || seed != nil {
            throw ValidationError("--split and --seed do not go with --data, of which microworld:SPLIT names a split.")
        }
        if let data, !MicroworldData.isNamed(data), let stray = conditions.values?.first(where: \.isOfHints) {
            throw ValidationError("\(stray.rawValue) belongs to the microworld; a data file has no hints.")
        }
    }

    func run() throws {
        let (paper, numbers) = try paper()
        let conditions = conditions.values ?? paper.conditions
        let shuffledAmong = conditions.contains(.shuffled) ? paper.shuffledAmong : nil
        let checkpoint = try model.folder()
        let folder = try output.map { path in
            try ResultFolder<ExamSettings, ExamResult>(
                URL(fileURLWithPath: path, isDirectory: true),
                settings: ExamSettings(
                    model: .init(
                        path: model.described, fingerprint: Fingerprint.model(checkpoint, adapter: model.adapterFolder)),
                    data: paper.data.settings(), style: style, maxNewTokens: tokens, shuffledAmong: shuffledAmong,
                    dtype: model.runtime.dtype.rawValue, device: model.runtime.device))
        }
        defer { folder?.close() }
        var pass = ResultPass(paper.data, numbers: numbers, folder: folder, skipsBad: skipBad) { number in
            conditions.filter { paper.allows($0, number: number) }.map { ExamResult.Key(line: number, condition: $0) }
        }
        let examiner = OpenedOnce {
            Examiner(
                assistant: try VisualAssistant(folder: checkpoint, options: model), paper: paper, style: style,
                maxNewTokens: tokens)
        }
        try pass.run(with: examiner.callAsFunction, together: Examiner.together) { examiner, jobs, shouldStop in
            try examiner.results(of: jobs, shouldStop: shouldStop)
        }
        let report = ExamReport(
            model: model.model, style: style, paper: paper, conditions: conditions, numbers: numbers,
            results: try pass.countedResults(), skipped: pass.skipped)
        try folder?.write(summary: report)
        Output.note(pass.closingNote)
        if json { try Output.json(report) } else { report.lines.forEach(Output.line) }
    }

    private var tokens: Int { maxNewTokens ?? style.maxNewTokens }

    private func paper() throws -> (any ExamPaper, numbers: [Int]) {
        guard let data else {
            let world = try MicroworldData(split ?? .test, seed: seed ?? 0)
            return (MicroworldPaper(world: world), try world.numbers(limit: count))
        }
        let file = try DataName.open(data)
        let numbers = try file.numbers(limit: count)
        if let world = file as? MicroworldData { return (MicroworldPaper(world: world), numbers) }
        return (FilePaper(file, numbers: numbers), numbers)
    }
}
