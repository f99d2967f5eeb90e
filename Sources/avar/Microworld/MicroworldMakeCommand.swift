import ArgumentParser
import Foundation
import Microworld

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

    @OptionGroup var questions: QuestionOptions

    @Option(help: "The folder to write; must not be there, or be empty.")
    var output: String

    @Flag(help: "Print one line of JSON in place of the sentence.")
    var json = false

    /// What `--json` says.
    private struct Summary: Encodable {
        let folder: String
        let questions: Int
        let split: Split
        /// False if the same data set was there before.
        let written: Bool
    }

    func validate() throws { try questions.requireSplitAndCount() }

    func run() throws {
        let count = questions.count
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        let interrupt = Interrupt()
        defer { interrupt.end() }
        var progress = Progress("questions", total: count)
        let isNew = try DatasetWriter(questions.source, count: count).write(to: folder) {
            progress.advance()
            if interrupt.isRequested { throw ExitCode(130) }
        }
        progress.finish()
        if !isNew { Output.note("This data set is there already; nothing was written.") }
        if json {
            return try Output.json(
                Summary(folder: folder.path, questions: count, split: questions.split, written: isNew))
        }
        Output.line("\(folder.path): \(count) questions of the \(questions.split.rawValue) split")
    }
}
