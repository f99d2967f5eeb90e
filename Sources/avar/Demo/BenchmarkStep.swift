import ArgumentParser
import Evaluation
import Foundation
import QwenVL
import Reports
import VisualAttention

/// The microworld as a benchmark, by the same path as MMStar or MathVista: answered, read in two ways, tabled, with a page of its own.
struct BenchmarkStep: DemoStep {
    private static let mark = RunSetting("avar demo", "yes")

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let folder = context.folder.appendingPathComponent("benchmark", isDirectory: true)
        let questions = try EvalQuestions.parse(["--benchmark", "microworld", "--limit", String(context.numbers.count)])
        let sampling = try EvalSampling.parse(["--max-new-tokens", String(ExamStyle.direct.maxNewTokens)])
        let answering = try EvalAnswering.parse(["--model", context.model])
        let settings =
            [
                Self.mark, RunSetting("model", context.source.fingerprint),
                RunSetting("--dtype", context.runtime.dtype.rawValue), RunSetting("--device", context.runtime.device),
            ] + sampling.settings + questions.settings
        let store = try Self.store(folder, settings)
        var session = EvalSession(
            sources: try questions.sources(), questions: questions, samples: 1, store: store,
            interrupt: context.interrupt)
        let assistant = context.assistant
        try session.answer(
            ModelAnswerer(
                assistant: OpenedOnce { assistant }, store: store, intervention: nil, sampling: sampling,
                answering: answering, questions: questions))
        try store.score()
        let report = try EvalReport(
            answeredBy: context.model, session: session, style: questions.style, checksums: [:], reading: .strict,
            settings: store.settings(), bootstrap: Bootstrap())
        try EvalExports(store, folder).write(
            report, items: EvalItems(session: session, reading: "strict", pictureSize: 384).browser())
        try store.close()
        let result = report.sets[0]
        return DemoPart(
            name: "benchmark", value: result, lines: Array(report.lines.dropFirst(2)),
            facts: result.readings.map { reading in
                Summary.Row(
                    "Microworld as a benchmark, \(reading.name)",
                    reading.scores.headline.percent.map { "\($0.fixed(1)) %" } ?? "undefined",
                    note: "95 % interval \(reading.intervalText); every item is in benchmark/report.html")
            },
            sections: EvalPage(report).setSections)
    }

    /// The store of an earlier demo of the same checkpoint, or a new one in place of another demo's.
    private static func store(_ folder: URL, _ settings: [RunSetting]) throws -> EvaluationStore {
        do {
            return try EvaluationStore(folder, settings: settings)
        } catch StoreError.otherRun(let path, let differences) {
            let earlier = try EvaluationStore(reading: folder)
            guard try earlier.settings().contains(mark) else {
                throw StoreError.otherRun(path: path, differences: differences)
            }
            try earlier.close()
            try FileManager.default.removeItem(at: folder)
            return try EvaluationStore(folder, settings: settings)
        }
    }
}
