import Foundation
import Quality
import Scoring
import Synchronization
import Synthesis

/// A synthesis from its file of settings to its data set and report.
struct SynthesisSession {
    let settings: SynthesisSettings
    let gates: SynthesisGates
    /// What a run prints at its end.
    struct Outcome: Encodable {
        var stop: SynthesisSummary.Stop?
        let funnel: Funnel
        let dataset: SynthesisExport.Result
        let report: String
        let seconds: Double?

        private enum CodingKeys: String, CodingKey { case funnel, dataset, report, seconds }
    }

    /// Reads settings.
    /// - Parameter config: the file of settings.
    /// - Throws: what is wrong with settings, data or prompts.
    init(_ config: URL) throws {
        var gates = SynthesisGates()
        settings = try SynthesisSettings(contentsOf: config, named: { try MicroworldData(named: $0) }) {
            gates = try SynthesisGates($0, folder: config.deletingLastPathComponent())
        }
        self.gates = gates
    }

    /// Says what a run would do, and writes nothing.
    func printPlan(json: Bool) throws {
        let plan = try SynthesisPlan(
            settings, store: .reading(ifPresentIn: settings.output), judge: gates.judge())
        if json { return try Output.json(plan) }
        Output.line("\(plan.samples) samples, \(plan.finished) finished, \(plan.unusable) of them unusable")
        for stage in plan.stages {
            var text = "\(stage.stage.rawValue) by \(stage.model) at \(stage.host): \(stage.requests) requests"
            text += ", \(stage.known) known already; about \(stage.promptTokens) tokens in and \(stage.newTokens) out"
            if let cost = stage.cost { text += ", costs \(cost.fixed(2))" }
            if let seconds = stage.seconds { text += ", at least \(Self.time(seconds))" }
            Output.line(text)
        }
        Output.line(
            plan.cost.map { "in all \($0.fixed(2))" }
                ?? "what it costs is not known: 'prices' does not name every model")
    }

    /// Asks what is left to be asked, and writes data set and report.
    /// - Parameters:
    ///   - asks: false to ask nobody.
    ///   - retriesFailures: whether samples are tried again that an endpoint failed to answer.
    ///   - json: true to print the counts as JSON.
    ///   - isQuiet: true to print nothing but what goes wrong.
    /// - Returns: what came of it.
    /// - Throws: what ends a run.
    @discardableResult
    func run(asks: Bool, retriesFailures: Bool, json: Bool, isQuiet: Bool = false) throws -> Outcome {
        let store = try asks ? SynthesisStore(settings.output) : SynthesisStore(reading: settings.output)
        var summary: SynthesisSummary?
        if asks {
            let watch = SynthesisWatch(isQuiet: isQuiet)
            let run = try SynthesisRun(
                settings, store: store, judge: gates.judge(), retriesFailures: retriesFailures,
                report: { watch.take($0) })
            watch.begin(try store.funnel())
            summary = try AsyncWork.wait(again: { run.hurry() }) { try await run.run() }
            watch.end()
        }
        var duplicates = try gates.duplicates()
        let dataset = try SynthesisExport(settings, store: store).write { sample, question in
            guard duplicates != nil else { return nil }
            let candidate = SynthesizedSample(
                id: sample.key,
                exercise: ExerciseInference.exercise(problem: question.text, answer: question.answer),
                text: sample.text(.anchors) ?? "", picture: try question.pictures.first?.bytes())
            return duplicates?.evaluate(candidate).rejection?.reason
        }
        let funnel = try store.funnel()
        let page = settings.output.appendingPathComponent("report.html")
        try SynthesisPage(settings, store: store, funnel: funnel, dataset: dataset, seconds: summary?.seconds).report()
            .write(toPath: page.path)
        let outcome = Outcome(
            stop: summary?.stop, funnel: funnel, dataset: dataset, report: page.path, seconds: summary?.seconds)
        if json { try Output.json(outcome) } else if !isQuiet { lines(outcome).forEach(Output.line) }
        return outcome
    }

    private func lines(_ outcome: Outcome) -> [String] {
        let funnel = outcome.funnel
        var lines = [
            "\(funnel.samples) samples: \(funnel.accepted) accepted, \(funnel.rejected) rejected"
                + (funnel.waiting > 0 ? ", \(funnel.waiting) not finished" : "")
        ]
        for (gate, count) in funnel.rejectedBy.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("  rejected by \(gate): \(count)")
        }
        if !outcome.dataset.leftOut.isEmpty {
            lines.append("  left out as nearly the same as one before: \(outcome.dataset.leftOut.count)")
        }
        let requests = funnel.stages.reduce(0) { $0 + $1.requests }
        let tokens = funnel.stages.reduce(0) { $0 + $1.promptTokens + $1.newTokens }
        lines.append(
            "\(requests) requests, \(tokens) tokens" + (settings.prices.isEmpty ? "" : ", cost \(funnel.cost.fixed(4))")
        )
        lines.append(
            outcome.dataset.isKept
                ? "\(outcome.dataset.folder) keeps \(outcome.dataset.samples) samples of an earlier run; so far there are "
                    + "\(outcome.dataset.samplesSoFar)"
                : "\(outcome.dataset.samples) samples in \(outcome.dataset.folder)")
        lines.append(outcome.report)
        return lines
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 120
            ? "\(seconds.fixed(0)) s"
            : seconds < 7200 ? "\((seconds / 60).fixed(0)) min" : "\((seconds / 3600).fixed(1)) h"
    }
}

/// What people see of a running synthesis on standard error.
final class SynthesisWatch: Sendable {
    private struct State {
        var progress: Progress?
        /// How often each kind of trouble was told, by its words.
        var told: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let isQuiet: Bool

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func begin(_ funnel: Funnel) {
        guard !isQuiet else { return }
        state.withLock {
            $0.progress = Progress("samples", total: funnel.samples, done: funnel.accepted + funnel.rejected)
        }
    }

    func end() { state.withLock { $0.progress?.finish() } }

    func take(_ event: SynthesisEvent) {
        guard !isQuiet else { return }
        state.withLock { state in
            switch event {
            case .accepted, .rejected: state.progress?.advance()
            case .retry(let stage, let reason, _): tell("\(stage.rawValue) is asked again: \(reason)", &state)
            case .opened(let host, let seconds):
                tell("\(host) fails too often and is left alone for \(seconds.fixed(1)) s", &state)
            case .closed(let host): tell("\(host) is back", &state)
            case .stopping(let reason):
                Output.note(
                    "nothing new is asked: \(reason); what is under way is waited for (Ctrl-C again gives it up)")
            case .answered, .malformed, .judged: break
            }
        }
    }

    /// Says what happens the first time, and then each time it has become ten times as many.
    private func tell(_ text: String, _ state: inout State) {
        let kind = SynthesisEvent.kind(of: text)
        let count = (state.told[kind] ?? 0) + 1
        state.told[kind] = count
        var round = count
        while round % 10 == 0 { round /= 10 }
        if round == 1 { Output.note(count == 1 ? text : "\(text) (\(count) times)") }
    }
}
