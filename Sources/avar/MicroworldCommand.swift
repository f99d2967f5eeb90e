import ArgumentParser
import Foundation
import Microworld

/// `avar microworld`: a small world of drawn scenes.
struct MicroworldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "microworld", abstract: "A small world of drawn scenes, in which looking decides the answer.",
        subcommands: [MicroworldMakeCommand.self, MicroworldExamCommand.self])
}

/// `avar microworld make`: a data set.
struct MicroworldMakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Writes questions with a picture each.",
        discussion: """
            Writes images/*.png, data.jsonl for avar vas, data.tsv in VLMEvalKit's form, and settings.json. The scene decides its \
            split, so no two splits share one. The same command gives the same bytes, where cairo and the font are the same. The \
            folder is renamed into its place at the end, whole. Half of the questions, by chance, have lettered options.

            A hint is a sentence that suggests an answer, "A friend says: 3"; it is right as often as --hint-rate says, by default \
            as often as a guess, and on the hard split at most half as often as a guess.
            """)

    @Option(help: "The split: \(Split.allCases.map(\.rawValue).joined(separator: ", ")).")
    var split: Split

    @Option(parsing: .unconditional, help: "How many questions.")
    var count: Int

    @Option(help: "The folder to write; must not be there, or be empty.")
    var output: String

    @Option(help: "What decides everything that is drawn by chance.")
    var seed: UInt64 = 0

    @Option(help: "The families with commas between them: \(Family.allCases.map(\.rawValue).joined(separator: ", ")).")
    var families = FamilyList(values: Family.allCases)

    @Option(help: "Which questions carry a hint: none, some (half of them) or all.")
    var hints = HintUse.some

    @Option(parsing: .unconditional, help: "How often a hint is right, 0 to 1 (default: as often as a guess).")
    var hintRate: Double?

    func validate() throws {
        if count < 1 { throw ValidationError("--count must be at least 1, got \(count).") }
        if let hintRate, !(0...1).contains(hintRate) {
            throw ValidationError("--hint-rate must be between 0 and 1, got \(hintRate).")
        }
    }

    func run() throws {
        let source = QuestionSource(
            split: split, seed: seed, families: families.values, hints: hints, hintRate: hintRate)
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        let interrupt = Interrupt()
        defer { interrupt.end() }
        var progress = Progress("questions", total: count)
        let isNew = try DatasetWriter(source, count: count).write(to: folder) {
            progress.advance()
            if interrupt.isRequested { throw ExitCode(130) }
        }
        progress.finish()
        if !isNew { Output.note("This data set is there already; nothing was written.") }
        Output.line("\(folder.path): \(count) questions of the \(split.rawValue) split")
    }
}

extension Split: ExpressibleByArgument {}
extension HintUse: ExpressibleByArgument {}

/// Families with commas between them, each once.
struct FamilyList: ExpressibleByArgument {
    let values: [Family]

    init(values: [Family]) { self.values = values }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { Family(rawValue: String($0)) }
        guard values.count == parts.count, Set(values).count == values.count else { return nil }
        self.values = values
    }

    var defaultValueDescription: String { values.map(\.rawValue).joined(separator: ",") }
}
