import ChatEndpoints
import Foundation

/// Puts requests to a judge, each once: what was answered before is taken from the store, and who asks for what is just being asked
/// waits for the same reply.
actor JudgeDesk {
    private let client: ChatClient
    private let store: EvaluationStore
    private var underWay: [String: Task<JudgeReply, any Error>] = [:]

    init(client: ChatClient, store: EvaluationStore) { (self.client, self.store) = (client, store) }

    /// What the judge says.
    /// - Parameters:
    ///   - request: the request.
    ///   - attempt: which time it is asked, counted from 0.
    /// - Returns: its reply, which is stored, and whether it was here before.
    /// - Throws: ``ChatError``, ``StoreError`` or `CancellationError`.
    func reply(to request: ChatRequest, attempt: Int) async throws -> (reply: JudgeReply, isCached: Bool) {
        let model = client.settings.model
        let digest = try request.digest(model: model, attempt: attempt)
        if let task = underWay[digest] { return (try await Self.value(task), true) }
        if let reply = try store.judgeReply(digest) { return (reply, true) }
        let task = Task { [client, store] in
            let answered = try await client.reply(to: request)
            let reply = JudgeReply(
                digest: digest, model: model, words: answered.reply.choices[0].text, tries: answered.tries,
                seconds: answered.seconds, time: Date())
            try store.add(reply)
            return reply
        }
        underWay[digest] = task
        defer { underWay[digest] = nil }
        return (try await Self.value(task), false)
    }

    /// The outcome of a request, which ends if the task that waits for it is cancelled.
    private static func value(_ task: Task<JudgeReply, any Error>) async throws -> JudgeReply {
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
