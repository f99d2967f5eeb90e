import ArgumentParser
import Foundation
import QwenVL
import VisualAttention

/// `avar sweep`: interventions side by side on the same samples.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Compares interventions: attention, answers and speed on the same samples.",
        discussion: """
            Every sample is answered, always with the likeliest token, without an intervention, with every combination of the \
            given coefficients and readings, and with every preset; sample by sample, so that what else the machine does falls \
            on all alike. To a data file's question an answer is right if it is the file's, letter case and a full stop aside; to \
            one of the microworld if its words are, or the letter of an option. With --output each result is a line of \
            samples.jsonl as soon as it is there, and the same command goes on where it was stopped.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp(DataName.help))
    var data: String

    @Option(
        parsing: .unconditional, help: "Take the first samples only, this many; all of a file, 200 of the microworld.")
    var limit: Int?

    @Option(parsing: .unconditional, help: "Values of the coefficient on the picture, as in 0,0.15.")
    var enhance = CoefficientList(values: [0.15])

    @Option(parsing: .unconditional, help: "Values of the coefficient on the system turn.")
    var suppress = CoefficientList(values: [0, 0.05, 0.4, 0.6])

    @Option(
        parsing: .upToNextOption, help: "What the factors multiply: scores, renormalized, raw; one or several.")
    var modulate: [Intervention.Reading] = [.scores]

    @Option(help: "The layers to change, as in 8-15 or 0,4-6; all unless given. Presets have their own.")
    var layers: NumberList?

    @Option(help: "The query heads to change, likewise.")
    var heads: NumberList?

    @Option(help: "Whose attention to change: all, after-image, generated or last.")
    var modulateQueries = AttentionModulation.Rows.all

    @Option(
        name: .customLong("presets"), parsing: .upToNextOption,
        help: "Published methods: vaf, pai, vcd; none unless given.")
    var presets: [Preset] = []

    @Option(parsing: .unconditional, help: "The most tokens of an answer.")
    var maxNewTokens = 64

    @Flag(help: "Leave out samples that cannot be answered, and say so, instead of stopping at the first.")
    var skipBad = false

    @Option(help: "A folder for the results: samples.jsonl, summary.json, run.json and the page report.html.")
    var output: String?

    @Flag(help: "Print the summary as one line of JSON instead of the table.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1, got \(limit).") }
        if maxNewTokens < 2 { throw ValidationError("--max-new-tokens must be at least 2, got \(maxNewTokens).") }
        if Set(points.map(\.name)).count < points.count {
            throw ValidationError("A coefficient, reading or preset is given twice.")
        }
    }

    private var points: [SweepPoint] {
        .sweep(readings: modulate, enhance: enhance.values, suppress: suppress.values, presets: presets)
    }

    func run() throws {
        let source = try DataName.open(data)
        let numbers = try source.numbers(limit: limit)
        let checkpoint = try model.folder()
        let points = points
        // What cannot be done is said before anything is read or written.
        let interventions = try points.interventions(
            for: ModelConfiguration(folder: checkpoint).text, layers: layers?.numbers, heads: heads?.numbers,
            rows: modulateQueries)
        let folder = try output.map { path in
            try ResultFolder<SweepSettings, SweepResult>(
                URL(fileURLWithPath: path, isDirectory: true),
                settings: settings(checkpoint: checkpoint, data: source))
        }
        defer { folder?.close() }
        var pass = ResultPass(source, numbers: numbers, folder: folder, skipsBad: skipBad) { number in
            points.map { SweepResult.Key(line: number, point: $0.name) }
        }
        let assistant = OpenedOnce { try VisualAssistant(folder: checkpoint, options: model) }
        try pass.run(with: assistant.callAsFunction) { assistant, entry, key, shouldStop in
            try assistant.answer(
                entry, of: source, point: key.point, intervention: interventions[key.point] ?? nil,
                maxNewTokens: maxNewTokens, shouldStop: shouldStop)
        }
        let report = SweepReport(
            model: model.model, data: source, name: data, points: points, results: try pass.countedResults(),
            skipped: pass.skipped)
        try folder?.write(summary: report)
        Output.note(pass.closingNote)
        if json { try Output.json(report) } else { report.lines.forEach(Output.line) }
        if let folder { try report.page().write(toPath: folder.pageURL.path) }
    }

    private func settings(checkpoint: URL, data: any SampleData) throws -> SweepSettings {
        try SweepSettings(
            model: .init(
                path: model.described, fingerprint: Fingerprint.model(checkpoint, adapter: model.adapterFolder)),
            data: data.settings(), points: points,
            scope: "layers \(layers?.text ?? "all"), heads \(heads?.text ?? "all"), \(modulateQueries.rawValue) rows",
            maxNewTokens: maxNewTokens, dtype: model.runtime.dtype.rawValue, device: model.runtime.device)
    }
}

/// Numbers with commas between them.
struct CoefficientList: ExpressibleByArgument {
    let values: [Double]

    init(values: [Double]) { self.values = values }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
        values = parts.compactMap { $0 }
    }

    var defaultValueDescription: String { values.map { "\($0)" }.joined(separator: ",") }
}
