// A synthesis in a process of its own that tests can kill and run beside others:
//
//     TinySynthesis SETTINGS.yaml [--export] [--quiet]
//
// Ctrl-C stops it cleanly. Every sample is named on standard output when it is accepted or rejected.
import Dispatch
import Foundation
import Synthesis

func say(_ words: String) { FileHandle.standardOutput.write(Data((words + "\n").utf8)) }

/// Rejects what a test asks it to: the first rounds of some samples, all rounds of others.
struct WordJudge: SampleJudge {
    let fingerprint = "words"

    func verdicts(on sample: CandidateSample) async throws -> [GateVerdict] {
        let isBad = sample.response.contains("REJECT")
        return [
            GateVerdict(gate: "length", passed: true),
            GateVerdict(
                gate: "words", passed: !isBad, reason: isBad ? "it says REJECT" : "", evidence: isBad ? ["REJECT"] : []),
        ]
    }
}

func synthesize() async throws {
    let settings = try SynthesisSettings(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
    let store = try SynthesisStore(settings.output)
    let isQuiet = CommandLine.arguments.contains("--quiet")
    let run = try SynthesisRun(settings, store: store, judge: WordJudge()) { event in
        if isQuiet { return }
        switch event {
        case .accepted(let sample): say("accepted \(sample)")
        case .rejected(let sample, let gate, let reason): say("rejected \(sample) by \(gate): \(reason)")
        default: say("\(event)")
        }
    }
    let task = Task { try await run.run() }
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    let summary = try await task.value
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    say("funnel \(String(decoding: try encoder.encode(summary.funnel), as: UTF8.self))")
    if let stop = summary.stop { say("stopped: \(stop.words)") }
    say("seconds \(summary.seconds)")
    if CommandLine.arguments.contains("--export") { _ = try SynthesisExport(settings, store: store).write() }
    try store.close()
}

do {
    try await synthesize()
} catch {
    FileHandle.standardError.write(Data("Error: \(error.localizedDescription)\n".utf8))
    exit(1)
}
