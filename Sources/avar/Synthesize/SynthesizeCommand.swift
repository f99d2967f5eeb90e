import ArgumentParser
import Foundation
import Quality
import Scoring
import Synchronization
import Synthesis

/// `avar synthesize`: visual-anchored reflection data of questions with pictures and known answers.
struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract:
            "Makes reasoning that looks back at the picture, of questions with known answers, through any endpoints.",
        discussion: """
            Three stages, each at an endpoint of its own: a description of the picture, reasoning from it with checks of itself, \
            looks at the picture woven in (arXiv 2603.03825, VARD). What comes of them must pass the quality gates. Everything stands \
            in a file of settings; --init prints one with every setting explained, --init-prompts writes the prompts to be edited. \
            Every answer is stored as it comes and never asked for again: after Ctrl-C (exit status 130), kill -9 or a cap the same \
            command goes on, and two may work on one store. In the end stand a data set for avar sft and LLaMA-Factory and report.html.
            """)

    @Option(help: "The file of settings.")
    var config: String?

    @Flag(name: .customLong("init"), help: "Print a file of settings to begin with.")
    var isInit = false

    @Option(help: "Write the default prompts into this folder, to be edited and named in the settings.")
    var initPrompts: String?

    @Flag(help: "Ask nobody: print what would be asked, how much of it is known already, and what it would cost.")
    var dryRun = false

    @Flag(help: "Ask nobody: write data set and report of what the store has.")
    var reportOnly = false

    @Flag(help: "Try samples again that an endpoint failed to answer.")
    var retryFailures = false

    @Flag(help: "Print the counts as one line of JSON.")
    var json = false

    func validate() throws {
        if [config != nil, isInit, initPrompts != nil].count(where: { $0 }) != 1 {
            throw ValidationError("Give --config FILE.yaml, --init for such a file, or --init-prompts FOLDER.")
        }
        if dryRun, reportOnly { throw ValidationError("--dry-run writes nothing; leave --report-only out.") }
    }

    func run() throws {
        if isInit { return Output.write(SynthesisSettings.template + SynthesisGates.template) }
        if let initPrompts {
            for file in try Stage.writePrompts(to: URL(fileURLWithPath: initPrompts)) { Output.line(file.path) }
            return
        }
        guard let config else { return }
        let session = try SynthesisSession(URL(fileURLWithPath: config))
        if dryRun { return try session.printPlan(json: json) }
        let outcome = try session.run(asks: !reportOnly, retriesFailures: retryFailures, json: json)
        switch outcome.stop {
        case nil: return
        case .interrupted:
            Output.note("Stopped. \(Interrupt.goesOn)")
            throw ExitCode(130)
        case .cap(let words), .endpoint(let words):
            throw SynthesisStopped(words: words)
        }
    }
}

/// A synthesis that ended before everything was done.
struct SynthesisStopped: Error, LocalizedError {
    let words: String

    var errorDescription: String? {
        "The synthesis ended early: \(words). Nothing is lost; the same command goes on (--retry-failures tries again what the endpoint refused)."
    }
}
