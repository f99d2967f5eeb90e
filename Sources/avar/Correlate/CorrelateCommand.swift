import ArgumentParser
import Foundation
import VisualAttention

/// `avar correlate`: visual attention against accuracy, over models.
struct CorrelateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correlate", abstract: "Correlates visual attention with accuracy, over models or checkpoints.",
        discussion: """
            An item has a name, a vas and an accuracy, and where they are known the training run it comes from and its rung on a \
            ladder of methods. Checkpoints of one run are not independent: whole runs are resampled for the interval of r, and r \
            is also given between rungs (over their means) and within them (of the deviations from their means). \
            Classes are the paper's: narrow below 10, wide from 10 to 15, panoramic above.
            """)

    @Option(
        parsing: .upToNextOption,
        help: """
            JSON files: each one item {"name", "run", "rung", "vas", "accuracy"}, a list of them, or an object that holds the \
            list under "items". Other keys are passed over.
            """)
    var input: [String] = []

    @Option(help: "A CSV file in their place, whose first line names the columns likewise.")
    var table: String?

    @Option(help: "Write correlate.html, scatter.svg and correlate.json into this folder, made if it is not there.")
    var output: String?

    @Option(help: "How often the bootstrap draws.")
    var resamples = 10_000

    @Option(help: "The seed of the bootstrap; the same seed gives the same interval.")
    var seed: UInt64 = 0

    @Flag(help: "Print one line of JSON instead of the table.")
    var json = false

    func validate() throws {
        if input.isEmpty == (table == nil) { throw ValidationError("Give either --input or --table.") }
        if resamples < 100 { throw ValidationError("--resamples must be at least 100, got \(resamples).") }
    }

    func run() throws {
        let items = try table.map { try CorrelateInput.items(table: $0) } ?? CorrelateInput.items(json: input)
        let summary = CorrelationSummary(try ScoreCorrelation(items, resamples: resamples, seed: seed))
        if let output {
            let folder = URL(fileURLWithPath: output, isDirectory: true)
            try CorrelationPage(summary: summary).write(to: folder)
            Output.note("wrote correlate.html, scatter.svg and correlate.json into \(folder.path)")
        }
        if json { return try Output.json(summary) }
        summary.lines.forEach(Output.line)
    }
}
