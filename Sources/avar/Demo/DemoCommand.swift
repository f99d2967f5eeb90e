import ArgumentParser
import Foundation
import QwenVL
import Reports
import VisualAttention

/// `avar demo`: the measure, what it explains and what changes it, in a small world that needs no download.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Measures, explains, changes and trains where a small model looks, on drawn scenes.",
        discussion: """
            Questions of the microworld's test split are asked with their picture, with another's and with none, while it is \
            measured where their tokens look, and once more as a benchmark, by the path of avar eval; then interventions are compared on the same questions, and the score of every question \
            is held against whether its answer was right. Reasoning that looks back at the picture is synthesized over HTTP through an \
            oracle, which is no model. Three short cold starts from the checkpoint follow: on reasoning about \
            pictures, on text alone, and on reasoning that looks back, with attention guided to the picture; each is asked the \
            same questions afterwards, and from the last GRPO goes on with and without a reward for looking. A page shows all of it with pictures to look into.

            Every answer is kept in OUTPUT/exam, OUTPUT/benchmark, OUTPUT/sweep, OUTPUT/synthesis, OUTPUT/cold-start or OUTPUT/reinforcement as soon as it is there, and every quarter of a \
            training: after Ctrl-C the same command goes on where it was, and more questions are added to those that are there. \
            What another checkpoint, --full or other settings left in these folders is replaced.
            """)

    @Option(help: "The folder of the checkpoint.")
    var model = Installation.checkpoint

    @Option(parsing: .unconditional, help: "How many questions to ask.")
    var limit = 200

    @Flag(help: "Compare many more interventions: 12 coefficients in three readings, and three presets.")
    var full = false

    @Option(parsing: .unconditional, help: "The steps of each cold start, of 16 samples; 0 for no training.")
    var trainingSteps = 100

    @Option(
        parsing: .unconditional,
        help: "The iterations of each reinforcement that follows, of 4 questions with 8 answers each; 0 for none.")
    var iterations = 40

    @Option(help: "The folder for report.html and summary.json, and for the results that they are made of.")
    var output = ".data/demo"

    @Flag(help: "Print one line of JSON instead of the tables.")
    var json = false

    @OptionGroup var runtime: RuntimeOptions

    func validate() throws {
        if limit < 3 { throw ValidationError("--limit must be at least 3, got \(limit).") }
        guard (0...100_000).contains(trainingSteps) else {
            throw ValidationError("--training-steps must be 0 to 100000, got \(trainingSteps).")
        }
        guard (0...100_000).contains(iterations) else {
            throw ValidationError("--iterations must be 0 to 100000, got \(iterations).")
        }
    }

    func run() throws {
        let began = ContinuousClock.now
        let checkpoint = URL(fileURLWithPath: model, isDirectory: true)
        guard FileManager.default.fileExists(atPath: checkpoint.path) else {
            throw QwenVLError.unreadable(
                path: checkpoint.path,
                reason: "there is no such folder; run the demo where Checkpoints lies, or give --model a checkpoint")
        }
        let world = try MicroworldData(.test)
        let assistant = try VisualAssistant(folder: checkpoint, runtime: runtime)
        // What cannot be written is said before minutes are spent.
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        try Files.makeFolder(folder)
        let interrupt = Interrupt()
        defer { interrupt.end() }
        let context = DemoContext(
            assistant: assistant, model: model,
            source: .init(path: model, fingerprint: try Fingerprint.model(checkpoint)), runtime: runtime,
            folder: folder, interrupt: interrupt, world: world, numbers: try world.numbers(limit: limit))
        let parts = try DemoPlan(isFull: full, trainingSteps: trainingSteps, iterations: iterations).run(context)
        let page = folder.appendingPathComponent("report.html")
        let report = DemoReport(
            model: model, parameters: assistant.model.parameters.parameterCount, questions: limit,
            seconds: began.duration(to: .now).seconds, page: page.path, parts: parts)
        try report.page(of: world.name).write(toPath: page.path)
        try Files.write(
            Output.encoded(report) + Data("\n".utf8), to: folder.appendingPathComponent("summary.json"))
        if json { try Output.json(report) } else { report.lines(of: world.name).forEach(Output.line) }
    }
}

extension DemoReport {
    /// The same as tables for people, and where the page lies.
    func lines(of data: String) -> [String] {
        ["\(questions) questions of \(data), \(model) (\(parameters) parameters)"]
            + parts.flatMap { $0.lines.isEmpty ? [] : [""] + $0.lines }
            + ["", "\(seconds.fixed(1)) s. The page with figures and pictures: \(page)"]
    }

    /// The same as a page.
    func page(of data: String) -> Report {
        let facts = [
            Summary.Row("Model", model, note: "\(parameters) parameters"),
            Summary.Row("Questions", "\(questions)", note: "the first of \(data); greedy decoding"),
        ]
        return Report(
            title: "Where a small model looks, and what it gets right",
            subtitle: "\(model), \(questions) questions of \(data)",
            sections: [
                .summary(
                    Summary(rows: facts + parts.flatMap(\.facts), warnings: parts.flatMap(\.warnings)))
            ] + parts.flatMap(\.sections))
    }
}
