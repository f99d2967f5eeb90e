import ArgumentParser
import ChatEndpoints
import Evaluation
import Foundation
import Microworld
import QwenVL
import Samples
import Scoring
import Synchronization
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

/// Which questions are put, and how.
struct EvalQuestions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            The set that --data holds: \(BenchmarkSet.allCases.map(\.rawValue).joined(separator: ", ")), or VLMEvalKit's name \
            of it. Unless given, the file's name or its columns say. May be given once for every --data.
            """)
    var benchmark: [BenchmarkSet] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help:
            "A file of a benchmark, or microworld[:SPLIT]; may be given several times, for one table over several sets."
    )
    var data: [String] = []

    @Option(parsing: .unconditional, help: "The first questions of each file only; of the microworld 200 unless given.")
    var limit: Int?

    @Option(help: "Questions of this split only, where the file says one (MMMU: dev, validation).")
    var split: String?

    @Option(
        help: """
            How questions are put: kit (as VLMEvalKit prompts Qwen2.5-VL), kit-cot (its prompts that ask for reasoning), custom \
            (its prompts for Qwen2-VL), or reasoning (asks for <think> and <answer>).
            """)
    var style = PromptStyle.kit

    @Option(
        parsing: .unconditional,
        help:
            "The smallest area of a picture in pixels; 1003520 unless given, as VLMEvalKit has it, of the microworld the model's own."
    )
    var minPixels: Int?

    @Option(
        parsing: .unconditional,
        help: "The largest area of a picture in pixels; 12845056 unless given, of the microworld the model's own.")
    var maxPixels: Int?

    @Flag(help: "Leave out questions that cannot be put, and say so, instead of stopping at the first.")
    var skipBad = false

    func validate() throws {
        if data.isEmpty, benchmark != [.microworld] {
            throw ValidationError("Give --data, a file of a benchmark; or --benchmark microworld, which takes none.")
        }
        if benchmark.count > 1, benchmark.count != data.count {
            throw ValidationError(
                "There are \(benchmark.count) times --benchmark for \(data.count) times --data; give one for all, or one for each."
            )
        }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1, got \(limit).") }
        for (name, value) in [("--min-pixels", minPixels), ("--max-pixels", maxPixels)] {
            if let value, value < 1 { throw ValidationError("\(name) must be at least 1, got \(value).") }
        }
        if let minPixels, let maxPixels, minPixels > maxPixels {
            throw ValidationError("--min-pixels \(minPixels) is more than --max-pixels \(maxPixels).")
        }
    }

    /// The files, opened.
    func sources() throws -> EvalSources {
        var sources: [any BenchmarkSource] = []
        for (place, name) in (data.isEmpty ? ["microworld"] : data).enumerated() {
            let set = benchmark.count == 1 ? benchmark[0] : benchmark.isEmpty ? nil : benchmark[place]
            if MicroworldData.isNamed(name) {
                guard set == nil || set == .microworld, let world = try MicroworldData(named: name) else {
                    throw SampleError.content("\(name) holds the microworld, not \(set?.title ?? "")")
                }
                sources.append(
                    try MicroworldBenchmark(world.questions, count: limit ?? world.defaultLimit ?? 200))
            } else {
                sources.append(try BenchmarkFile(URL(fileURLWithPath: name), set: set))
            }
        }
        return EvalSources(all: sources)
    }

    /// Between which areas pictures of a set are brought; nil leaves it to the model.
    func pixels(of set: BenchmarkSet) -> PixelRange? {
        if set == .microworld, minPixels == nil, maxPixels == nil { return nil }
        return PixelRange(
            minPixels: minPixels ?? min(PixelRange.kit.minPixels, maxPixels ?? .max),
            maxPixels: maxPixels ?? max(PixelRange.kit.maxPixels, minPixels ?? 0))
    }

    /// What of this decides answers; which questions are asked does not.
    var settings: [RunSetting] {
        [
            RunSetting("--style", style.rawValue),
            RunSetting("--min-pixels", minPixels.map(String.init) ?? "as usual"),
            RunSetting("--max-pixels", maxPixels.map(String.init) ?? "as usual"),
        ]
    }
}

extension BenchmarkSet: ExpressibleByArgument {
    /// The set of some name, see `init(named:)`.
    public init?(argument: String) { self.init(named: argument) }
}

extension PromptStyle: ExpressibleByArgument {}

/// Who answers.
struct EvalAnswering: ParsableArguments {
    @Option(
        help:
            "A checkpoint's folder or its name on the Hub; with --endpoint the name of the model there.")
    var model: String?

    @Option(help: "The branch, tag or commit of a name on the Hub; main unless given.")
    var revision: String?

    @Option(help: "The folder of a LoRA adapter as PEFT saves it; merged into the model when it is loaded.")
    var adapter: String?

    @Option(
        help: """
            An OpenAI-compatible server in place of a model that computes here, as http://localhost:8000/v1; its key is taken \
            from \(EndpointKey.variables.joined(separator: " or ")). Attention is measured only if it is avar serve.
            """)
    var endpoint: String?

    @Option(parsing: .unconditional, help: "The most requests to an endpoint at one time.")
    var concurrency = 8

    @Option(parsing: .unconditional, help: "How many seconds an endpoint may say nothing.")
    var timeout = 300.0

    @Option(parsing: .unconditional, help: "How often a request is repeated before its answer is given up.")
    var retries = 5

    @Option(parsing: .unconditional, help: "How many answers are written together.")
    var batchSize = 8

    @Option(parsing: .unconditional, help: "Threads that read and prepare pictures while the model writes.")
    var workers = 2

    @Flag(inversion: .prefixedNo, help: "Observe where the answers' tokens look.")
    var attention = true

    @Flag(help: "Keep the score of every token of the answers.")
    var tokenVas = false

    /// What is wrong with the options together, as a sentence.
    func problem(_ modulation: ModulationFlags) -> String? {
        if model == nil { return "Give --model, a checkpoint; or --endpoint URL with --model, the model's name there." }
        if endpoint != nil, revision != nil || adapter != nil || modulation.name != nil || tokenVas {
            return
                "--revision, --adapter, --token-vas and interventions are for a model that computes here, not for --endpoint."
        }
        if !attention, tokenVas { return "--token-vas needs the attention; leave --no-attention out." }
        for (name, value) in [("--concurrency", concurrency), ("--batch-size", batchSize), ("--workers", workers)]
        where value < 1 {
            return "\(name) must be at least 1, got \(value)."
        }
        if retries < 0 { return "--retries must be at least 0, got \(retries)." }
        return timeout > 0 && timeout.isFinite ? nil : "--timeout must be above 0, got \(timeout)."
    }

    /// The same for commands that run a model.
    func modelOptions(_ runtime: RuntimeOptions) -> ModelOptions {
        var options = ModelOptions()
        options.place = ModelPlace()
        (options.place.model, options.place.revision) = (model ?? "", revision)
        (options.adapter, options.runtime) = (adapter, runtime)
        return options
    }
}

extension RuntimeOptions {
    /// Whether nothing of it was asked for.
    var isDefault: Bool { dtype == .float32 && device == "cpu" && threads == nil }
}

/// How answers are drawn; unlike in `generate` nothing is taken from the checkpoint but the tokens that end an answer.
struct EvalSampling: ParsableArguments {
    @Option(parsing: .unconditional, help: "The most tokens of an answer; answers that reach it are counted as cut.")
    var maxNewTokens = 2048

    @Option(
        parsing: .unconditional,
        help: "What the logits are divided by; 0, which takes the likeliest token, unless given.")
    var temperature: Double?

    @Option(parsing: .unconditional, help: "Draw among the likeliest tokens that together have this probability.")
    var topP: Double?

    @Option(parsing: .unconditional, help: "Draw among this many of the likeliest tokens; not for an endpoint.")
    var topK: Int?

    @Option(parsing: .unconditional, help: "The seed from which each answer's own is made.")
    var seed: UInt64 = 0

    @Option(
        parsing: .unconditional,
        help: "How often each question is answered: for the mean accuracy, pass@k and the majority.")
    var samples = 1

    func validate() throws {
        if maxNewTokens < 1 { throw ValidationError("--max-new-tokens must be at least 1, got \(maxNewTokens).") }
        if samples < 1 { throw ValidationError("--samples must be at least 1, got \(samples).") }
        if let temperature, !(temperature >= 0 && temperature.isFinite) {
            throw ValidationError("--temperature must be a number of at least 0, got \(temperature).")
        }
        if let topP, !(topP > 0 && topP <= 1) {
            throw ValidationError("--top-p must be above 0 and at most 1, got \(topP).")
        }
        if let topK, topK < 0 { throw ValidationError("--top-k must be at least 0, got \(topK).") }
    }

    /// What of this decides answers; more samples may be added.
    var settings: [RunSetting] {
        [
            RunSetting("--max-new-tokens", String(maxNewTokens)),
            RunSetting("--temperature", (temperature ?? 0).exact), RunSetting("--top-p", (topP ?? 1).exact),
            RunSetting("--top-k", String(topK ?? 0)), RunSetting("--seed", String(seed)),
        ]
    }

    /// The options of a model's answers.
    func options(_ assistant: VisualAssistant) -> GenerationOptions {
        var options = assistant.greedyOptions(maxNewTokens: maxNewTokens)
        options.sampling.temperature = temperature ?? 0
        (options.sampling.topP, options.sampling.topK) = (topP ?? 1, topK ?? 0)
        options.sampling.seed = seed
        return options
    }
}

/// How answers are read.
struct EvalScoring: ParsableArguments {
    @Option(help: "The reading whose tables are printed: strict, reference, or judge with --judge.")
    var reading = Reading.strict

    @Option(
        help: """
            An OpenAI-compatible server that says what answers mean which the reference cannot read, as VLMEvalKit's judge \
            does; its key is taken from \(EndpointKey.judgeVariables.joined(separator: " or ")). What it said is kept.
            """)
    var judge: String?

    @Option(help: "The judge's model; gpt-4o-mini is VLMEvalKit's.")
    var judgeModel = "gpt-4o-mini"

    @Option(parsing: .unconditional, help: "The seed of the bootstrap intervals.")
    var bootstrapSeed: UInt64 = 0

    /// The readings.
    enum Reading: String, ExpressibleByArgument, CaseIterable, Encodable {
        case strict
        case reference
        case judge
    }

    func validate() throws {
        if reading == .judge, judge == nil { throw ValidationError("--reading judge needs --judge.") }
    }
}

/// The files of a run.
struct EvalSources {
    let all: [any BenchmarkSource]

    /// Set by set, in the order in which they were given.
    var bySet: [(set: BenchmarkSet, sources: [any BenchmarkSource])] {
        var sets: [BenchmarkSet] = []
        for source in all where !sets.contains(source.set) { sets.append(source.set) }
        return sets.map { set in (set, all.filter { $0.set == set }) }
    }

    var files: [BenchmarkFile] { all.compactMap { $0 as? BenchmarkFile } }
}

/// Where a run is kept: the folder of --output, or one that is removed at the end.
struct EvalFolder {
    let url: URL
    private let isTemporary: Bool

    init(_ path: String?) throws {
        isTemporary = path == nil
        url =
            path.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent(
                "avar-eval-\(UUID().uuidString)", isDirectory: true)
    }

    func remove() { if isTemporary { try? FileManager.default.removeItem(at: url) } }
}

/// The digests of files, made while answers are written.
final class Checksums: Sendable {
    private let results: [Deferred]

    /// One digest in the making.
    private final class Deferred: Sendable {
        private let state = Mutex<Result<FileChecksum?, any Error>?>(nil)
        private let isDone = DispatchSemaphore(value: 0)
        let name: String

        init(_ file: BenchmarkFile) {
            name = file.name
            let thread = Thread { [self] in
                let result = Result { try file.checksum() }
                state.withLock { $0 = result }
                isDone.signal()
            }
            thread.qualityOfService = .utility
            thread.start()
        }

        func wait() throws -> FileChecksum? {
            isDone.wait()
            isDone.signal()
            return try state.withLock { $0 }?.get()
        }
    }

    init(_ files: [BenchmarkFile]) { results = files.map(Deferred.init) }

    /// Waits for them.
    /// - Returns: by the files' names.
    func wait() throws -> [String: FileChecksum] {
        var digests: [String: FileChecksum] = [:]
        for result in results { digests[result.name] = try result.wait() }
        return digests
    }
}
