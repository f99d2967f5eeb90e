import ArgumentParser
import ChatEndpoints
import Evaluation
import Foundation
import QwenVL
import Samples
import Synchronization
import VisualAttention

/// Finds the answers to the questions of one set.
protocol EvalAnswerer {
    /// How long a prompt of the set is, for sorting.
    func length(of set: BenchmarkSet) throws -> @Sendable (BenchmarkPrompt) throws -> Int

    /// Answers questions and stores what comes.
    func answer(
        _ keys: [AnswerKey], of catalogue: QuestionCatalogue, set: BenchmarkSet, interrupt: Interrupt,
        progress: SharedProgress
    ) throws -> AnsweringSummary
}

/// One run of `avar eval`: set by set the questions are noted and those without an answer are answered.
struct EvalSession {
    let sources: EvalSources
    let questions: EvalQuestions
    let samples: Int
    let store: EvaluationStore
    let interrupt: Interrupt
    /// What came of it so far.
    private(set) var summary = AnsweringSummary()
    /// Questions that could not be read, and are left out.
    private(set) var bad: [BadQuestion] = []
    /// The questions of this run, by their names.
    private(set) var asked: [QuestionKey: AskedQuestion] = [:]
    /// What else the files have, by their names.
    private(set) var remainders: [String: QuestionCatalogue.Remainder] = [:]
    /// What came of judging; nil without a judge.
    private(set) var judged: JudgeSummary?
    /// How the judge is called; nil without one.
    private(set) var judgeName: String?

    init(
        sources: EvalSources, questions: EvalQuestions, samples: Int, store: EvaluationStore, interrupt: Interrupt
    ) {
        (self.sources, self.questions, self.samples) = (sources, questions, samples)
        (self.store, self.interrupt) = (store, interrupt)
    }

    /// Answers everything that has no answer yet.
    /// - Throws: what is wrong with a question or the store; `ExitCode` 130 after Ctrl-C, once what came is stored.
    mutating func answer(_ answerer: any EvalAnswerer) throws {
        for (set, sources) in sources.bySet {
            let catalogue = try note(sources, length: answerer.length(of: set))
            let wanted = Set(catalogue.keys)
            let keys = try store.pending(of: set.rawValue, samples: samples).filter { wanted.contains($0.question) }
            let total = catalogue.keys.count * samples
            if keys.isEmpty || summary.stopped != nil { continue }
            if keys.count < total { Output.note("\(set.title): \(total - keys.count) of \(total) answers are there.") }
            let progress = SharedProgress("answers, \(set.title)", total: total, done: total - keys.count)
            defer { progress.finish() }
            summary.add(
                try answerer.answer(keys, of: catalogue, set: set, interrupt: interrupt, progress: progress))
            if summary.wasInterrupted {
                progress.finish()
                summary.lines.forEach(Output.note)
                throw ExitCode(130)
            }
        }
        if let stopped = summary.stopped {
            summary.lines.forEach(Output.note)
            throw SampleError.content("Not everything is answered: \(stopped)")
        }
    }

    private mutating func note(
        _ sources: [any BenchmarkSource], length: @escaping @Sendable (BenchmarkPrompt) throws -> Int
    ) throws -> QuestionCatalogue {
        let catalogue: QuestionCatalogue
        do {
            catalogue = try QuestionCatalogue(
                sources, style: questions.style, selection: .init(limit: questions.limit, split: questions.split),
                store: store, skipsBad: questions.skipBad, isStopped: { [interrupt] in interrupt.isRequested },
                length: length)
        } catch is CancellationError {
            Output.note("Stopped. \(Interrupt.goesOn)")
            throw ExitCode(130)
        } catch let error as SampleError {
            throw BadQuestionError(cause: error)
        }
        for bad in catalogue.bad { Output.note("\(bad.place) is left out: \(bad.reason)") }
        bad += catalogue.bad
        remainders.merge(catalogue.remainders) { $1 }
        asked.merge(catalogue.questions) { $1 }
        guard !catalogue.keys.isEmpty else {
            throw SampleError.content("\(sources[0].name) has no questions to ask")
        }
        return catalogue
    }

    /// Whether an answer is one of this run: the store may hold more, of other limits.
    func counts(_ key: AnswerKey) -> Bool { asked[key.question] != nil && key.sample < samples }

    /// Has a judge say what the answers mean that the reference cannot read, if there is one.
    mutating func judge(_ options: EvalScoring) throws {
        guard let address = options.judge else { return }
        let endpoint = try EndpointAddress(address)
        judgeName = "\(options.judgeModel) at \(endpoint.host)"
        var settings = ChatClient.Settings(
            endpoint, model: options.judgeModel, key: try EndpointKey.find(in: EndpointKey.judgeVariables))
        settings.keyVariables = EndpointKey.judgeVariables
        interrupt.end()
        do {
            judged = try AsyncWork.wait { [store, settings] in
                try await ChatClient.using(settings) { client in
                    try await JudgePass(
                        Judge(client: client, store: store), store: store, concurrency: settings.concurrency
                    ).run()
                }
            }
        } catch is CancellationError {
            Output.note("Stopped while judging. \(Interrupt.goesOn)")
            throw ExitCode(130)
        }
        if let judged { Output.note(judged.line) }
    }
}

/// A question that cannot be put, and ends the run.
private struct BadQuestionError: Error, LocalizedError {
    let cause: SampleError

    var errorDescription: String? { "\(cause.localizedDescription) (--skip-bad goes on without it.)" }
}

/// Progress that several threads may count.
final class SharedProgress: Sendable {
    private let progress: Mutex<(Progress, done: Int)>

    init(_ title: String, total: Int, done: Int) {
        progress = Mutex((Progress(title, total: total, done: done), done))
    }

    func advance(by count: Int = 1) {
        progress.withLock { state in
            state.done += count
            state.0.advance(to: state.done)
        }
    }

    func note(_ text: String) { progress.withLock { $0.0.note(text) } }

    func finish() { progress.withLock { $0.0.finish() } }
}

/// A model that computes here.
struct ModelAnswerer: EvalAnswerer {
    let assistant: OpenedOnce<VisualAssistant>
    let store: EvaluationStore
    let intervention: Intervention?
    let sampling: EvalSampling
    let answering: EvalAnswering
    let questions: EvalQuestions

    private func assistant(for set: BenchmarkSet) throws -> VisualAssistant {
        var assistant = try assistant()
        if let pixels = questions.pixels(of: set) {
            assistant.processor.imageProcessor = ImageProcessor(
                pixels.applied(to: assistant.processor.imageProcessor.configuration))
        }
        return assistant
    }

    func length(of set: BenchmarkSet) throws -> @Sendable (BenchmarkPrompt) throws -> Int {
        ModelRun.length(try assistant(for: set).processor)
    }

    func answer(
        _ keys: [AnswerKey], of catalogue: QuestionCatalogue, set: BenchmarkSet, interrupt: Interrupt,
        progress: SharedProgress
    ) throws -> AnsweringSummary {
        let assistant = try assistant(for: set)
        var settings = ModelRun.Settings(options: sampling.options(assistant))
        (settings.batchSize, settings.workers) = (answering.batchSize, answering.workers)
        (settings.observesAttention, settings.keepsTokenScores) = (answering.attention, answering.tokenVas)
        (settings.intervention, settings.skipsBad) = (intervention, questions.skipBad)
        do {
            return try ModelRun(assistant, store: store, settings: settings).run(
                keys, of: catalogue, isStopped: { interrupt.isRequested }
            ) { event in
                switch event {
                case .answered(let count): progress.advance(by: count)
                case .leftOut(let place, let reason): progress.note("\(place) is left out: \(reason)")
                }
            }
        } catch let error as SampleError {
            throw BadQuestionError(cause: error)
        }
    }
}

/// A server that is asked.
struct EndpointAnswerer: EvalAnswerer {
    let settings: ChatClient.Settings
    let store: EvaluationStore
    let sampling: EvalSampling
    let questions: EvalQuestions

    func length(of set: BenchmarkSet) -> @Sendable (BenchmarkPrompt) throws -> Int { { _ in 0 } }

    func answer(
        _ keys: [AnswerKey], of catalogue: QuestionCatalogue, set: BenchmarkSet, interrupt: Interrupt,
        progress: SharedProgress
    ) throws -> AnsweringSummary {
        // Ctrl-C cancels the requests under way.
        interrupt.end()
        let drawn = ChatRequest.Sampling(
            maxTokens: sampling.maxNewTokens, temperature: sampling.temperature ?? 0, topP: sampling.topP)
        let run = sampling.seed
        return try AsyncWork.wait { [settings, store] in
            try await ChatClient.using(settings) { client in
                try await EndpointRun(client: client, store: store).run(keys) { key in
                    guard let question = catalogue.questions[key.question] else {
                        throw SampleError.content("The question \(key.question.index) is in none of the files")
                    }
                    var drawn = drawn
                    drawn.seed = AnswerSeed.seed(of: key.question, sample: key.sample, run: run)
                    let parts = try question.naming { try question.prompt().parts() }
                    return ChatRequest([ChatMessage(.user, parts)], drawn)
                } report: { event in
                    Self.show(event, progress)
                }
            }
        }
    }

    private static func show(_ event: EndpointRun.Event, _ progress: SharedProgress) {
        switch event {
        case .answered: progress.advance()
        case .failed(let key, let reason): progress.note("No answer to \(key.question.index): \(reason)")
        case .retrying(let key, let reason, let delay):
            progress.note("Question \(key.question.index) is asked again in \(delay.seconds.fixed(1)) s: \(reason)")
        }
    }
}
