import ChatEndpoints
import ChatServer
import Evaluation
import Foundation
import Requests
import Scoring
import Synchronization
import Testing

/// An endpoint on loopback, a client that does not really wait before it asks again, and a store to answer into.
struct EndpointBench: Sendable {
    let server: ChatServer
    let store: EvaluationStore
    let slept = Shared<[Duration]>([])
    let events = Shared<[EndpointRun.Event]>([])

    /// A store of questions 0 up to a number, and a server.
    init(
        _ folder: URL, questions: Int, _ behaviour: @escaping @Sendable (Question, _ before: Int) -> Behaviour
    ) throws {
        server = try ChatServer(behaviour)
        store = try Made.store(folder, questions: questions)
    }

    /// A client.
    func client(
        streams: Bool = true, idle: Double = 5, key: String? = nil,
        _ change: (inout ChatClient.Settings) -> Void = { _ in }
    ) throws -> ChatClient {
        var settings = ChatClient.Settings(
            try EndpointAddress(server.url), model: "tiny", key: key.flatMap { Secret($0) })
        settings.streams = streams
        settings.idleTimeout = .seconds(idle)
        settings.concurrency = 4
        settings.retries.sleep = { delay in
            try Task.checkCancellation()
            self.slept.withLock { $0.append(delay) }
        }
        change(&settings)
        return ChatClient(settings)
    }

    /// Asks for everything that is pending; a question's text is its number and the sample's.
    @discardableResult
    func run(
        _ client: ChatClient, samples: Int = 1, perRequest: Int = 1, patience: Int = 20
    ) async throws -> AnsweringSummary {
        let run = EndpointRun(client: client, store: store, answersPerRequest: perRequest, patience: patience)
        let summary = try await run.run(store.pending(of: "MMStar", samples: samples)) { key in
            ChatRequest(
                [ChatMessage(.user, "\(key.question.index)/\(key.sample)")],
                .init(maxTokens: 64, temperature: 0, seed: Int64(key.sample)))
        } report: { event in
            self.events.withLock { $0.append(event) }
        }
        await client.shutDown()
        return summary
    }

    /// The stored texts, by question and sample.
    func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        try store.forEachItem { item in
            texts["\(item.answer.key.question.index)/\(item.answer.key.sample)"] = item.answer.reply?.text
        }
        return texts
    }
}

/// A value behind a lock that can be copied about.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    func withLock<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result {
        mutex.withLock { body(&$0) }
    }
    var value: Value { mutex.withLock { $0 } }
}
