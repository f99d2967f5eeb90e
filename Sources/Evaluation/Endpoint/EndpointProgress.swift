import ChatEndpoints
import Synchronization

extension EndpointRun {
    /// What has come of a run so far.
    final class Progress: Sendable {
        private struct State {
            var summary = AnsweringSummary()
            var failuresInARow = 0
        }

        private let state = Mutex(State())
        private let report: @Sendable (Event) -> Void

        init(report: @escaping @Sendable (Event) -> Void) { self.report = report }

        /// The counts so far.
        var summary: AnsweringSummary { state.withLock { $0.summary } }

        /// Whether nothing more is to be asked.
        var isStopped: Bool { summary.stopped != nil }

        /// Nothing more is to be asked, for the first reason that there is.
        func stop(_ reason: String) {
            state.withLock { $0.summary.stopped = $0.summary.stopped ?? reason }
        }

        /// A request is repeated.
        func add(_ retry: ChatClient.Retry, of key: AnswerKey) {
            state.withLock { state in
                state.summary.retried += 1
                AnsweringSummary.count(retry.reason, in: &state.summary.retries)
                report(.retrying(key, reason: retry.reason, delay: retry.delay))
            }
        }

        /// Answers were stored.
        func add(_ choices: ArraySlice<ChatReply.Choice>, of keys: ArraySlice<AnswerKey>, _ reply: ChatReply) {
            state.withLock { state in
                state.failuresInARow = 0
                state.summary.promptTokens += reply.promptTokens ?? 0
                state.summary.newTokens += reply.newTokens ?? 0
                for (key, choice) in zip(keys, choices) {
                    state.summary.answered += 1
                    if choice.finish == .length { state.summary.cut += 1 }
                    report(.answered(key))
                }
            }
        }

        /// Answers could not be had.
        func add(failures keys: ArraySlice<AnswerKey>, _ error: any Error, patience: Int) {
            let reason = error.localizedDescription
            let isDead = state.withLock { state in
                for key in keys {
                    state.summary.failed += 1
                    AnsweringSummary.count(reason, in: &state.summary.failures)
                    report(.failed(key, reason: reason))
                }
                // A request that is refused for what is in it says nothing about the next.
                if case ChatError.gaveUp = error { state.failuresInARow += 1 }
                return state.failuresInARow >= patience
            }
            if isDead { stop("\(patience) questions in a row went unanswered; the last time \(reason)") }
        }
    }
}
