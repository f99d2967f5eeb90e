import Foundation
import Synchronization

/// What is at work, and how it is stopped.
final class Desk: Sendable {
    let backend: any ChatBackend
    let queue: WorkQueue
    private let open = Mutex<[ObjectIdentifier: Answering]>([:])
    private let onFailure: @Sendable (any Error) -> Void

    init(backend: any ChatBackend, settings: ServingSettings, onFailure: @escaping @Sendable (any Error) -> Void) {
        self.backend = backend
        self.onFailure = onFailure
        queue = WorkQueue(
            concurrent: settings.concurrent, waiting: settings.waiting, waitSeconds: settings.waitSeconds)
    }

    /// How many requests wait or are at work.
    var count: Int { open.withLock { $0.count } }

    /// Begins to answer.
    /// - Parameters:
    ///   - request: what is asked.
    ///   - share: the bytes that are given back when the work is done.
    /// - Returns: the answers to be.
    func begin(_ request: ChatRequest, share: ByteBudget.Share) -> Answering {
        let answering = Answering(request)
        open.withLock { $0[ObjectIdentifier(answering)] = answering }
        answering.begin { [backend, queue, onFailure] in
            defer {
                _ = self.open.withLock { $0.removeValue(forKey: ObjectIdentifier(answering)) }
                withExtendedLifetime(share) {}
            }
            do {
                try await queue.run {
                    try await backend.answer(request) { try answering.take($0) }
                    try answering.requireWhole()
                }
            } catch let refusal as Refusal {
                throw refusal
            } catch {
                if !(error is CancellationError) { onFailure(error) }
                throw error
            }
        }
        return answering
    }

    /// Ends everything that is at work with an error.
    func cutAll() {
        for answering in open.withLock({ Array($0.values) }) { answering.end(Refusal.stopping) }
    }
}
