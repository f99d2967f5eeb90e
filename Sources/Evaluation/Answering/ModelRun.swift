import ChatEndpoints
import Foundation
import Images
import QwenVL
import Samples
import VisualAttention

/// Has a model answer questions in this process: the longest first, several at a time, each batch stored as it is done.
///
/// Answers are those that each question and each sample would get alone, so neither the order nor the size of batches decides them
/// (up to 8 rows, see `QwenVLModel.generate`). Pictures are read and prepared on threads of their own while the model writes.
public struct ModelRun {
    /// How questions are answered.
    public struct Settings {
        /// Length, end and sampling; the seed is that of the run, from which each answer's is made.
        public var options: GenerationOptions
        /// The most answers that are written together.
        public var batchSize = 8
        /// Whether it is observed where the answers' tokens look.
        public var observesAttention = true
        /// Whether the score of each token is kept.
        public var keepsTokenScores = false
        /// What is done to the attention, or nil.
        public var intervention: Intervention?
        /// Threads that prepare pictures.
        public var workers = 2
        /// Whether a question that cannot be put is left unanswered, with the reason, instead of ending the work.
        public var skipsBad = false

        /// How questions are answered.
        public init(options: GenerationOptions) { self.options = options }
    }

    /// What happens meanwhile.
    public enum Event {
        /// Answers were stored.
        case answered(Int)
        /// A question cannot be put.
        case leftOut(place: String, reason: String)
    }

    private let assistant: VisualAssistant
    private let store: EvaluationStore
    private let settings: Settings

    /// A run.
    /// - Parameters:
    ///   - assistant: the model; its processor scales pictures as it is set to.
    ///   - store: holds the questions and takes the answers.
    ///   - settings: how questions are answered.
    public init(_ assistant: VisualAssistant, store: EvaluationStore, settings: Settings) {
        (self.assistant, self.store, self.settings) = (assistant, store, settings)
    }

    /// How long prompts are in tokens, the pictures' among them, without decoding these.
    /// - Parameter processor: the model's.
    /// - Returns: a function for any thread, which throws what is wrong with a picture.
    public static func length(_ processor: QwenVLProcessor) -> @Sendable (BenchmarkPrompt) throws -> Int {
        { prompt in
            let grids = try prompt.pictures.map { picture in
                let size = try picture.size()
                return try processor.imageProcessor.grid(height: size.height, width: size.width)
            }
            let blank = try RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
            let content = prompt.content.map { piece -> Message.Content in
                switch piece {
                case .text(let text): .text(text)
                case .picture: .image(blank)
                }
            }
            return try processor.roles(
                [Message(role: .user, content: content)], grids: grids, addsGenerationPrompt: true,
                addsDefaultSystem: true
            ).count
        }
    }

    /// Some answers to one question, which are drawn together.
    private struct Job: Sendable {
        let question: AskedQuestion
        let first: Int
        var count: Int
    }

    /// A question that is ready, or what is wrong with it.
    private struct Prepared {
        let job: Job
        let input: Result<ModelInput, any Error>
    }

    /// Answers questions.
    /// - Parameters:
    ///   - keys: the answers that are wanted, as ``EvaluationStore/pending(of:samples:retriesFailures:)`` gives them.
    ///   - catalogue: where the questions lie.
    ///   - isStopped: asked at every token; true ends the work, and of the batch under way nothing is kept.
    ///   - report: told what happens.
    /// - Returns: what came of it.
    /// - Throws: `SampleError.entry` for a question that cannot be put, ``StoreError``, or what the model throws.
    public func run(
        _ keys: [AnswerKey], of catalogue: QuestionCatalogue, isStopped: () -> Bool = { false },
        report: (Event) -> Void = { _ in }
    ) throws -> AnsweringSummary {
        let start = ContinuousClock.now
        let jobs = jobs(keys, catalogue)
        var summary = AnsweringSummary()
        summary.asked = jobs.reduce(0) { $0 + $1.count }
        var waiting = jobs.makeIterator()
        let prepared = OrderedPrefetch(threads: settings.workers, ahead: settings.batchSize + settings.workers) {
            waiting.next()
        } make: { [processor = assistant.processor] job in
            Prepared(
                job: job,
                input: Result { try job.question.naming { try processor(job.question.prompt().messages()) } })
        }
        var (batch, rows) = ([(job: Job, input: ModelInput)](), 0)
        func answerBatch() throws {
            guard !batch.isEmpty, !summary.wasInterrupted else { return }
            try answer(batch, &summary, isStopped, report)
            (batch, rows) = ([], 0)
        }
        while !summary.wasInterrupted, let next = try prepared.next()?.get() {
            if isStopped() {
                summary.wasInterrupted = true
                break
            }
            do {
                let input = try next.input.get()
                try next.job.question.naming { try assistant.model.requireRoom(after: input) }
                if rows + next.job.count > settings.batchSize { try answerBatch() }
                batch.append((next.job, input))
                rows += next.job.count
            } catch SampleError.entry(let place, let cause) where settings.skipsBad {
                try leaveOut(next.job, because: cause, place: place, &summary)
                report(.leftOut(place: place, reason: cause.localizedDescription))
            }
        }
        try answerBatch()
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        return summary
    }

    /// Samples of one question that follow each other are drawn together; the longest prompts first, so that memory that does not
    /// suffice shows at once.
    private func jobs(_ keys: [AnswerKey], _ catalogue: QuestionCatalogue) -> [Job] {
        var jobs: [Job] = []
        for key in keys {
            guard let question = catalogue.questions[key.question] else { continue }
            if let last = jobs.last, last.question.key == key.question, last.first + last.count == key.sample,
                last.count < settings.batchSize
            {
                jobs[jobs.count - 1].count += 1
            } else {
                jobs.append(Job(question: question, first: key.sample, count: 1))
            }
        }
        return jobs.enumerated().sorted {
            ($1.element.question.length, $0.offset) < ($0.element.question.length, $1.offset)
        }.map(\.element)
    }

    private func answer(
        _ batch: [(job: Job, input: ModelInput)], _ summary: inout AnsweringSummary, _ isStopped: () -> Bool,
        _ report: (Event) -> Void
    ) throws {
        let start = ContinuousClock.now
        let questions = batch.map { job, input in
            var options = settings.options
            let seed = AnswerSeed.seed(of: job.question.key, sample: job.first, run: options.sampling.seed)
            options.sampling.seed = UInt64(bitPattern: seed)
            return Question(
                input, options: options, samples: job.count, observesAttention: settings.observesAttention,
                intervention: settings.intervention)
        }
        var stops = false
        let answers = try assistant.answer(questions) { _ in
            stops = stops || isStopped()
            return !stops
        }
        if stops {
            summary.wasInterrupted = true
            return
        }
        let rows = answers.reduce(0) { $0 + $1.count }
        let seconds = (ContinuousClock.now - start) / .seconds(1) / Double(max(1, rows))
        var stored: [StoredAnswer] = []
        for (index, (job, _)) in batch.enumerated() {
            for (sample, answer) in answers[index].enumerated() {
                let key = AnswerKey(job.question.key, sample: job.first + sample)
                let seed = AnswerSeed.seed(
                    of: key.question, sample: key.sample, run: settings.options.sampling.seed)
                let reply = try reply(answer)
                if reply.finish != .stop { summary.cut += 1 }
                summary.newTokens += reply.newTokens ?? 0
                stored.append(StoredAnswer(key, .answered(reply), seconds: seconds, seed: seed))
            }
        }
        summary.promptTokens += batch.reduce(0) { $0 + $1.input.inputIDs.count }
        try store.add(stored)
        summary.answered += stored.count
        report(.answered(stored.count))
    }

    private func reply(_ answer: Answer) throws -> AnswerReply {
        let finish: ChatEndpoints.FinishReason =
            switch answer.generation.finishReason {
            case .stop: .stop
            // A full context cuts an answer as the greatest number of tokens does.
            case .length, .context: .length
            case .cancelled: .other("cancelled")
            }
        var reply = AnswerReply(
            text: answer.text, finish: finish, promptTokens: answer.input.inputIDs.count,
            newTokens: answer.generation.tokenIDs.count)
        if let mass = try answer.answerAttention() {
            reply.attention = AttentionScores(mass)
            if settings.keepsTokenScores { reply.tokenScores = mass.queryScores.map { Float($0) } }
        }
        return reply
    }

    private func leaveOut(
        _ job: Job, because cause: any Error, place: String, _ summary: inout AnsweringSummary
    ) throws {
        let reason = cause.localizedDescription
        try store.add(
            (0..<job.count).map { sample in
                StoredAnswer(AnswerKey(job.question.key, sample: job.first + sample), .failed(reason), seconds: 0)
            })
        summary.failed += job.count
        for _ in 0..<job.count { AnsweringSummary.count(reason, in: &summary.failures) }
    }
}

/// What each answer is drawn with.
public enum AnswerSeed {
    /// The seed of an answer: that of its question, which differs from question to question, plus the sample's number.
    /// - Parameters:
    ///   - key: the question.
    ///   - sample: which of its answers, from 0.
    ///   - run: the seed of the whole run.
    /// - Returns: a number of at least 0.
    public static func seed(of key: QuestionKey, sample: Int, run: UInt64) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ run
        for byte in "\(key.benchmark)\u{0}\(key.index)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // Room for the samples' numbers below the greatest number of JSON readers.
        return Int64(hash >> 12) + Int64(sample)
    }
}

extension AttentionScores {
    /// The scores of an answer's tokens; nil without any.
    init?(_ mass: AttentionMass) {
        guard let score = VisualAttentionScore(mass) else { return nil }
        let forms = ScoreForms(score)
        self.init(
            paper: forms.paper, pooled: forms.pooled, reward: forms.reward, geometric: forms.geometric,
            visualShare: mass.share(of: .visual), systemShare: mass.share(of: .system))
    }
}
