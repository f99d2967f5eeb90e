import ArgumentParser
import Foundation
import QwenVL
import Reports
import Samples
import Torch
import VisualAttention

/// `avar vas`: the Visual Attention Score of a model over a data file.
struct VASCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vas", abstract: "Measures the Visual Attention Score over a data file.",
        discussion: """
            The data file has a JSON object a line, {"problem", "images"} with "system", "answer" and "id" if wanted, or holds \
            conversations in sharegpt form, as lines or as one list; <image> in a user's text says where a picture stands. \
            With --output each sample's result is a line of samples.jsonl as soon as it is there, and the same command goes on \
            where it was stopped. A table follows on standard output, or one line of JSON.
            """)

    /// Whose tokens are asked where they look.
    enum Queries: String, ExpressibleByArgument, CaseIterable {
        case user
        case response
    }

    /// Which answers.
    enum Answers: String, ExpressibleByArgument, CaseIterable {
        case given
        case generated
    }

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp(DataName.help))
    var data: String

    @Option(
        parsing: .unconditional,
        help: "Measure the first samples only, this many; all of a file, 200 of the microworld.")
    var limit: Int?

    @Option(help: "Whose tokens are asked where they look: user or response.")
    var queries = Queries.user

    @Option(
        help: """
            With --queries response: given reads the answers of the data file, and a sample without one is a bad sample; \
            generated has the model answer the user's last turn, always with the likeliest token. Unless given: given.
            """)
    var answers: Answers?

    @Option(parsing: .unconditional, help: "The most tokens of a generated answer; 512 unless given.")
    var maxNewTokens: Int?

    @Flag(help: "Leave out samples that cannot be measured, and say so, instead of stopping at the first.")
    var skipBad = false

    @Option(
        help: """
            A folder for the results: samples.jsonl, summary.json, the page report.html, and run.json, which says what they \
            are of.
            """)
    var output: String?

    @Option(parsing: .unconditional, help: "How many samples the page shows with the attention over their pictures.")
    var pictures = 3

    @Flag(help: "Write the masses of each sample to OUTPUT/masses, as safetensors.")
    var masses = false

    @Flag(
        inversion: .prefixedNo,
        help: "Look for attention sinks among the visual tokens, and give the score without them too.")
    var sinks = true

    @OptionGroup(title: "Intervention") var modulation: ModulationFlags

    @Option(parsing: .unconditional, help: "The seed of the bootstrap intervals.")
    var seed: UInt64 = 0

    @OptionGroup(title: "What avar correlate wants to know, copied into the summary") var labels: CorrelationLabels

    @Flag(help: "Print the summary as one line of JSON instead of the tables.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1, got \(limit).") }
        if queries == .user, answers != nil { throw ValidationError("--answers belongs to --queries response.") }
        if answers != .generated, maxNewTokens != nil {
            throw ValidationError("--max-new-tokens belongs to --answers generated.")
        }
        if let maxNewTokens, maxNewTokens < 1 {
            throw ValidationError("--max-new-tokens must be at least 1, got \(maxNewTokens).")
        }
        if pictures < 0 { throw ValidationError("--pictures must be at least 0, got \(pictures).") }
        if masses, output == nil { throw ValidationError("--masses needs --output, the folder to write them to.") }
    }

    func run() throws {
        let source = try DataName.open(data)
        let numbers = try source.numbers(limit: limit)
        let checkpoint = try model.folder()
        // What cannot be done to this model is said before anything is read or written.
        let intervention = try modulation.intervention(for: ModelConfiguration(folder: checkpoint).text)
        if let intervention { warn(about: intervention) }
        let folder = try output.map { path in
            try ResultFolder<MeasurementSettings, SampleResult>(
                URL(fileURLWithPath: path, isDirectory: true),
                settings: settings(checkpoint: checkpoint, data: source))
        }
        let massFolder = try masses ? folder?.folder("masses") : nil
        defer { folder?.close() }
        var pass = ResultPass(source, numbers: numbers, folder: folder, skipsBad: skipBad) { [$0] }
        let assistant = OpenedOnce { try VisualAssistant(folder: checkpoint, options: model) }
        try pass.run(with: assistant.callAsFunction) { assistant, entry, _, shouldStop in
            try measure(
                entry, with: assistant, intervention: intervention, masses: massFolder, shouldStop: shouldStop)
        }
        let results = try pass.countedResults()
        let summary = DatasetSummary(results, skipped: pass.skipped, bootstrap: Bootstrap(seed: seed))
        let report = MeasurementReport(
            name: labels.name ?? checkpointName, run: labels.run, rung: labels.rung, accuracy: labels.accuracy,
            model: model.model, data: data, queryKind: queries.rawValue, answers: answersOfResponse?.rawValue,
            modulation: modulation.name, summary: summary)
        try folder?.write(summary: report)
        Output.note(pass.closingNote)
        if json { try Output.json(report) } else { report.lines.forEach(Output.line) }
        guard let folder else { return }
        let lines = Set(results.prefix(pictures).map(\.line))
        let overlays = try source.entries().prefix { $0.number <= lines.max() ?? 0 }
            .filter { lines.contains($0.number) }
            .compactMap { entry in
                try entry.naming { try overlay(of: entry, with: assistant(), intervention: intervention) }
            }
        try MeasurementPage(report: report, results: results, overlays: overlays).write(to: folder.pageURL)
    }

    private var answersOfResponse: Answers? { queries == .response ? answers ?? .given : nil }

    /// Says on standard error what of an intervention cannot show in what is measured.
    private func warn(about intervention: Intervention) {
        if intervention.contrast != nil, answers != .generated {
            Output.note("The part of the method that acts on logits changes nothing but answers that are generated.")
        }
        if queries == .user, intervention.changesAttention, [.generated, .last].contains(intervention.rows) {
            Output.note(
                "The intervention changes rows of answers alone: the user's tokens are as they are without it; give --queries "
                    + "response to measure where it acts.")
        }
    }

    /// What a checkpoint is called unless a name is given: the last part of its path or of its name on the Hub.
    private var checkpointName: String {
        URL(fileURLWithPath: model.model).standardizedFileURL.lastPathComponent
    }

    /// Measures one sample: everything that decides its result is in here and in ``MeasurementSettings``.
    private func measure(
        _ entry: SampleEntry, with assistant: VisualAssistant, intervention: Intervention?, masses: URL?,
        shouldStop: () -> Bool
    ) throws -> SampleResult {
        let sample = try entry.sample()
        let measurement = try assistant.measure(
            sample.messages(), queries: measuredQueries(assistant), intervention: intervention, findsSinks: sinks,
            shouldStop: shouldStop)
        let tokenizer = queries == .response ? assistant.processor.tokenizer : nil
        guard let result = SampleResult(measurement, line: entry.number, id: sample.id, tokenizer: tokenizer) else {
            throw MeasurementError.noUserQuery
        }
        if let masses {
            let name = String(format: "%06d.safetensors", entry.number)
            try MassFile.write(
                measurement, line: entry.number, id: sample.id, to: masses.appendingPathComponent(name))
        }
        return result
    }

    /// The pictures of one sample under the attention of its queries.
    private func overlay(
        of entry: SampleEntry, with assistant: VisualAssistant, intervention: Intervention?
    ) throws -> Report.Section? {
        let sample = try entry.sample()
        let conversation = try sample.messages()
        let (input, looks) = try assistant.looks(
            at: conversation, queries: measuredQueries(assistant), intervention: intervention)
        let kind = queries == .user ? "question" : "answer"
        return try ReportPages.overlay(
            looks, of: "\(kind) of sample \(sample.id ?? String(entry.number))", images: conversation.images,
            input: input,
            views: [.mean], processor: assistant.processor)
    }

    private func measuredQueries(_ assistant: VisualAssistant) -> MeasuredQueries {
        switch answersOfResponse {
        case nil: return .user
        case .given: return .givenResponse
        case .generated:
            return .generatedResponse(assistant.greedyOptions(maxNewTokens: maxNewTokens ?? 512))
        }
    }

    private func settings(checkpoint: URL, data: any SampleData) throws -> MeasurementSettings {
        try MeasurementSettings(
            model: .init(
                path: model.described, fingerprint: Fingerprint.model(checkpoint, adapter: model.adapterFolder)),
            data: data.settings(),
            queries: queries.rawValue, answers: answersOfResponse?.rawValue,
            maxNewTokens: answersOfResponse == .generated ? maxNewTokens ?? 512 : nil,
            dtype: model.runtime.dtype.rawValue, device: model.runtime.device, masses: masses,
            modulation: modulation.name, sinks: sinks)
    }
}

/// What `avar correlate` reads beside the score.
struct CorrelationLabels: ParsableArguments {
    @Option(help: "What the model is called; the last part of --model unless given.")
    var name: String?

    @Option(help: "The training run it comes from.")
    var run: String?

    @Option(help: "Its place in that run.")
    var rung: String?

    @Option(parsing: .unconditional, help: "How often it is right, measured elsewhere.")
    var accuracy: Double?

    func validate() throws {
        if let accuracy, !accuracy.isFinite { throw ValidationError("--accuracy must be a number, got \(accuracy).") }
    }
}
