import Foundation
import Images
import QwenVL
import Serving
import Torch
import VisualAttention

/// The thread on which a model answers: it takes requests as they come into one batch that goes forward step by step.
final class BatchWorker: @unchecked Sendable {
    private let assistant: VisualAssistant
    private let intervention: Intervention?
    private let settings: ModelBackend.Settings

    // `waiting` and `isClosed` are touched only while `condition` is locked.
    private let condition = NSCondition()
    private var waiting: [BatchJob] = []
    private var isClosed = false

    init(_ assistant: VisualAssistant, intervention: Intervention?, settings: ModelBackend.Settings) {
        (self.assistant, self.intervention, self.settings) = (assistant, intervention, settings)
        let thread = Thread { [self] in work() }
        thread.name = "answers"
        thread.stackSize = 16 << 20
        thread.start()
    }

    func add(_ job: BatchJob) {
        condition.withLock {
            waiting.append(job)
            condition.signal()
        }
    }

    /// Ends the thread once nothing is left to answer.
    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }

    // MARK: On the thread

    private func work() {
        if let threads = settings.threads { try? Runtime.setThreadCount(threads) }
        let batch = GenerationBatch(assistant.model)
        var running: [Int: BatchJob] = [:]
        while let jobs = next(busy: !running.isEmpty, room: settings.answersTogether - batch.activeCount) {
            for job in jobs {
                if job.isCancelled { job.end(.failure(CancellationError())) } else { begin(job, in: batch, &running) }
            }
            do {
                if !batch.isFinished { try batch.step { tell($0, running) } }
            } catch {
                // Nothing can be said of where it failed: all that is being written ends.
                for (number, job) in running {
                    batch.cancel(number)
                    job.end(.failure(error))
                }
                running = [:]
            }
            settle(batch, &running)
        }
        for job in running.values { job.end(.failure(CancellationError())) }
    }

    /// Jobs that fit beside what is written, none where nothing waits; nil when the worker is to end.
    private func next(busy: Bool, room: Int) -> [BatchJob]? {
        condition.withLock {
            while waiting.isEmpty, !busy, !isClosed { condition.wait() }
            if isClosed, waiting.isEmpty, !busy { return nil }
            var (taken, left) = ([BatchJob](), room)
            while let first = waiting.first, first.request.choices <= left || (taken.isEmpty && !busy) {
                taken.append(waiting.removeFirst())
                left -= first.request.choices
            }
            return taken
        }
    }

    private func begin(_ job: BatchJob, in batch: GenerationBatch, _ running: inout [Int: BatchJob]) {
        do {
            let question = Question(
                try assistant.processor(Self.messages(job.request)),
                options: Self.options(
                    job.request, for: assistant, maximumNewTokens: settings.maximumNewTokens),
                samples: job.request.choices, intervention: intervention)
            guard job.tell(.prompt(tokens: question.input.inputIDs.count)) else {
                return job.end(.failure(CancellationError()))
            }
            // Everything is observed, so that whatever comes beside fits in the same batch.
            let request = try question.request(for: assistant.model.configuration, observes: true)
            let tokenizer = assistant.processor.tokenizer
            let number = try batch.add(request) { Self.tell($0, to: job, tokenizer) }
            running[number] = job
        } catch {
            job.end(.failure(Self.refusal(error)))
        }
    }

    private func tell(_ token: GeneratedToken, _ running: [Int: BatchJob]) -> Bool {
        running[token.request].map { Self.tell(token, to: $0, assistant.processor.tokenizer) } ?? false
    }

    /// Ends what is whole or no longer wanted.
    private func settle(_ batch: GenerationBatch, _ running: inout [Int: BatchJob]) {
        for (number, job) in running {
            if job.isCancelled {
                batch.cancel(number)
                job.end(.failure(CancellationError()))
                running[number] = nil
            } else if let answers = batch.taken(number) {
                job.end(Result { try finish(job, answers) })
                running[number] = nil
            }
        }
    }

    private func finish(_ job: BatchJob, _ answers: [Generation]) throws {
        let hasPicture = !job.request.pictures.isEmpty
        for (choice, answer) in answers.enumerated() {
            // Where the server has had enough, it has said so itself.
            let reason: AnswerEnd = [.length, .context].contains(answer.finishReason) ? .length : .stop
            let attention = try job.request.wantsVisualAttention && hasPicture ? Self.attention(answer) : nil
            _ = job.tell(.finish(choice: choice, reason: reason, visualAttention: attention))
        }
        if job.isCancelled { throw CancellationError() }
    }
}
