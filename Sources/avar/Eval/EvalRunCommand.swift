import ArgumentParser
import ChatEndpoints
import Evaluation
import Foundation
import QwenVL
import Scoring
import VisualAttention

/// `avar eval`: a model's answers to benchmarks, scored.
struct EvalRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Answers benchmarks and scores the answers; what eval does unless told otherwise.",
        discussion: """
            The files are VLMEvalKit's tables (TSV), the sets' Parquet releases on the Hub, or JSON lines with the columns of \
            either; which set a file holds is found out unless --benchmark says. Answers come from --model, or from --endpoint, \
            and are read in two ways: strict understands what is meant, reference is what VLMEvalKit's rules do, bug for bug, \
            so that tables can be compared. With --output every answer is kept as it comes (evaluation.sqlite), the same command \
            goes on where it was stopped, and answers.jsonl, answers.csv, predictions/SET.tsv (which VLMEvalKit reads), \
            summary.json and the page report.html are made of them at the end.
            """)

    @OptionGroup(title: "What is asked") var questions: EvalQuestions

    @OptionGroup(title: "Who answers") var answering: EvalAnswering

    @OptionGroup(title: "Where and how a model computes") var runtime: RuntimeOptions

    @OptionGroup(title: "How answers are drawn") var sampling: EvalSampling

    @OptionGroup(title: "Intervention") var modulation: ModulationFlags

    @OptionGroup(title: "How answers are read") var scoring: EvalScoring

    @Option(help: "A folder for everything that comes of it; without one nothing is kept.")
    var output: String?

    @Option(
        parsing: .unconditional,
        help: "The longer side of the pictures on the page, in pixels; 0 for a page without pictures.")
    var pictureSize = 384

    @Flag(help: "Print the summary as one line of JSON instead of the tables.")
    var json = false

    func validate() throws {
        guard (0...16_383).contains(pictureSize) else {
            throw ValidationError("--picture-size must be 0 to 16383, got \(pictureSize).")
        }
        if let problem = answering.problem(modulation) { throw ValidationError(problem) }
        if answering.endpoint != nil, !runtime.isDefault {
            throw ValidationError(
                "--dtype, --device and --threads are for a model that computes here, not for --endpoint.")
        }
        if answering.endpoint != nil, questions.minPixels != nil || questions.maxPixels != nil || sampling.topK != nil {
            throw ValidationError(
                "--min-pixels, --max-pixels and --top-k are for a model that computes here; an endpoint has its own.")
        }
        if sampling.samples > 1, answering.endpoint == nil, (sampling.temperature ?? 0) == 0 {
            throw ValidationError(
                "--samples \(sampling.samples) of the likeliest answer are all the same; give --temperature.")
        }
    }

    func run() throws {
        let sources = try questions.sources()
        let place = try EvalFolder(output)
        defer { place.remove() }
        let asked = try answering.endpoint.map { try asker($0, place) } ?? model(place)
        let interrupt = Interrupt()
        defer { interrupt.end() }
        let checksums = Checksums(sources.files)
        var session = EvalSession(
            sources: sources, questions: questions, samples: sampling.samples, store: asked.store, interrupt: interrupt)
        try session.answer(asked.answerer)
        try asked.store.score()
        try session.judge(scoring)
        let report = try EvalReport(
            answeredBy: asked.name, session: session, style: questions.style, checksums: checksums.wait(),
            reading: scoring.reading, settings: asked.store.settings(),
            bootstrap: Bootstrap(seed: scoring.bootstrapSeed))
        if output != nil {
            let items = EvalItems(session: session, reading: scoring.reading.rawValue, pictureSize: pictureSize)
            try EvalExports(asked.store, place.url).write(report, items: items.browser())
        }
        try asked.store.close()
        if json { try Output.json(report) } else { report.lines.forEach(Output.line) }
        session.summary.lines.forEach(Output.note)
        if output != nil { Output.note("Everything is in \(place.url.path); the page is report.html.") }
        if session.summary.failed > 0 || session.summary.left > 0 { throw ExitCode(1) }
    }

    // MARK: Who answers

    /// A run's store, its name, and what finds answers.
    private struct Asked {
        let name: String
        let store: EvaluationStore
        let answerer: any EvalAnswerer
    }

    private func model(_ place: EvalFolder) throws -> Asked {
        let options = answering.modelOptions(runtime)
        let folder = try options.folder()
        // What cannot be done to this model is said before anything is written.
        let intervention = try modulation.intervention(for: ModelConfiguration(folder: folder).text)
        let fingerprint = try Fingerprint.model(folder, adapter: options.adapterFolder)
        let name = URL(fileURLWithPath: options.model).standardizedFileURL.lastPathComponent
        let settings =
            [
                RunSetting("model", "\(name) \(fingerprint.prefix(16))"), RunSetting("--dtype", runtime.dtype.rawValue),
                RunSetting("--device", runtime.device), RunSetting("the intervention", modulation.name ?? "none"),
                RunSetting("--token-vas", String(answering.tokenVas)),
                RunSetting("the attention", answering.attention ? "observed" : "not observed"),
            ] + sampling.settings + questions.settings
        let store = try EvaluationStore(place.url, settings: settings)
        let assistant = OpenedOnce { try VisualAssistant(folder: folder, options: options) }
        return Asked(
            name: answering.adapter.map { "\(options.model) with \($0)" } ?? options.model, store: store,
            answerer: ModelAnswerer(
                assistant: assistant, store: store, intervention: intervention, sampling: sampling,
                answering: answering, questions: questions))
    }

    private func asker(_ address: String, _ place: EvalFolder) throws -> Asked {
        let endpoint = try EndpointAddress(address)
        var settings = ChatClient.Settings(
            endpoint, model: answering.model ?? "", key: try EndpointKey.find())
        settings.concurrency = answering.concurrency
        settings.idleTimeout = .seconds(answering.timeout)
        settings.retries.limit = answering.retries
        let store = try EvaluationStore(
            place.url,
            settings: [RunSetting("model", "\(answering.model ?? "") at an endpoint")] + sampling.settings
                + questions.settings)
        return Asked(
            name: "\(answering.model ?? "") at \(endpoint.host)", store: store,
            answerer: EndpointAnswerer(settings: settings, store: store, sampling: sampling, questions: questions))
    }
}
