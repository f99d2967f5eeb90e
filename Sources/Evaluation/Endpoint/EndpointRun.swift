import ChatEndpoints
import Foundation

/// Asks an endpoint for answers, several at a time, and stores each as it comes.
///
/// An answer is on disk before the next question takes its place, so nothing is lost however the process ends, and nothing that was
/// answered is asked again. Requests do not wait for each other's failures.
public struct EndpointRun: Sendable {
    /// What happens meanwhile.
    public enum Event: Sendable {
        /// An answer was stored.
        case answered(AnswerKey)
        /// An answer could not be had.
        case failed(AnswerKey, reason: String)
        /// A request is repeated after a while.
        case retrying(AnswerKey, reason: String, delay: Duration)
    }

    private let client: ChatClient
    private let store: EvaluationStore
    private let answersPerRequest: Int
    private let patience: Int

    /// A run.
    /// - Parameters:
    ///   - client: asks; the number of requests at one time is in its settings.
    ///   - store: holds the questions and takes the answers.
    ///   - answersPerRequest: how many answers to one question are asked for at once, where there are several to be had (`n`).
    ///   - patience: how many questions in a row may go unanswered, though each was asked several times, before the endpoint is taken
    ///     for dead and the rest left for a later run.
    public init(client: ChatClient, store: EvaluationStore, answersPerRequest: Int = 1, patience: Int = 20) {
        self.client = client
        self.store = store
        self.answersPerRequest = max(answersPerRequest, 1)
        self.patience = max(patience, 1)
    }

    /// Asks for answers.
    ///
    /// If the task is cancelled, the requests under way are ended, what has come is stored, and the summary says so.
    /// - Parameters:
    ///   - keys: the answers that are wanted, as ``EvaluationStore/pending(of:samples:retriesFailures:)`` gives them.
    ///   - request: what to ask for an answer, its pictures read only now; an error is stored as the reason why there is no answer.
    ///   - report: told what happens, one event after the other.
    /// - Returns: what came of it.
    /// - Throws: ``StoreError`` if an answer cannot be stored; then nothing more is asked.
    public func run(
        _ keys: [AnswerKey], request: @escaping @Sendable (AnswerKey) async throws -> ChatRequest,
        report: @escaping @Sendable (Event) -> Void = { _ in }
    ) async throws -> AnsweringSummary {
        let progress = Progress(report: report), groups = groups(of: keys)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            var next = groups.makeIterator()
            func begin() {
                guard !Task.isCancelled, !progress.isStopped, let group = next.next() else { return }
                tasks.addTask { try await answer(group, request: request, progress: progress) }
            }
            for _ in 0..<max(client.settings.concurrency, 1) { begin() }
            while try await tasks.next() != nil {
                if progress.isStopped { tasks.cancelAll() }
                begin()
            }
        }
        var summary = progress.summary
        summary.asked = groups.reduce(0) { $0 + $1.count }
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        summary.wasInterrupted = Task.isCancelled
        return summary
    }

    /// Answers to the same question that are asked for at once; no answer twice.
    private func groups(of keys: [AnswerKey]) -> [[AnswerKey]] {
        var seen: Set<AnswerKey> = []
        var groups: [[AnswerKey]] = []
        for key in keys where seen.insert(key).inserted {
            if let last = groups.last, last.count < answersPerRequest, last[0].question == key.question {
                groups[groups.count - 1].append(key)
            } else {
                groups.append([key])
            }
        }
        return groups
    }

    /// Asks until all answers of a group are there, or given up.
    private func answer(
        _ group: [AnswerKey], request: @Sendable (AnswerKey) async throws -> ChatRequest, progress: Progress
    ) async throws {
        var open = group[...]
        while let key = open.first {
            do {
                var asked = try await request(key)
                asked.count = open.count
                let answered = try await client.reply(to: asked) { progress.add($0, of: key) }
                let choices = answered.reply.choices.prefix(open.count)
                try store.add(stored(choices, of: open, answered, seed: asked.sampling.seed))
                progress.add(choices, of: open, answered.reply)
                // A server may give fewer answers than it was asked for.
                open = open.dropFirst(choices.count)
            } catch is CancellationError {
                return
            } catch let error as StoreError {
                throw error
            } catch {
                if Task.isCancelled { return }
                if let error = error as? ChatError, error.concernsAll {
                    return progress.stop(error.localizedDescription)
                }
                let reason = error.localizedDescription
                try store.add(open.map { StoredAnswer($0, .failed(reason), seconds: 0) })
                return progress.add(failures: open, error, patience: patience)
            }
        }
    }

    private func stored(
        _ choices: ArraySlice<ChatReply.Choice>, of keys: ArraySlice<AnswerKey>, _ answered: ChatClient.Answered,
        seed: Int64?
    ) -> [StoredAnswer] {
        // Tokens are counted for all answers together.
        let newTokens = answered.reply.choices.count == 1 ? answered.reply.newTokens : nil
        return zip(keys, choices).map { key, choice in
            let reply = AnswerReply(
                text: choice.text, finish: choice.finish, promptTokens: answered.reply.promptTokens,
                newTokens: newTokens, attention: choice.attention, tokenScores: choice.tokenScores)
            return StoredAnswer(key, .answered(reply), seconds: answered.seconds / Double(choices.count), seed: seed)
        }
    }
}
