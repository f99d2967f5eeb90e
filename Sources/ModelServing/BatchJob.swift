import Serving
import Synchronization

/// A request while it is answered; all but cancelling belongs to the worker's thread once it was given there.
final class BatchJob: @unchecked Sendable {
    let request: ChatRequest
    private let emit: @Sendable (ChatEvent) throws -> Bool
    private let cancelled = Atomic(false)
    /// Resumed when the answer is over.
    var continuation: CheckedContinuation<Void, any Error>?

    init(_ request: ChatRequest, emit: @escaping @Sendable (ChatEvent) throws -> Bool) {
        (self.request, self.emit) = (request, emit)
    }

    /// Whether nobody wants the answer any more.
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Tells an event; whoever is gone cancels the job.
    /// - Returns: whether more is wanted.
    func tell(_ event: ChatEvent) -> Bool {
        guard !isCancelled else { return false }
        do {
            return try emit(event)
        } catch {
            cancel()
            return false
        }
    }

    /// Ends the job, once.
    func end(_ result: Result<Void, any Error>) {
        continuation?.resume(with: result)
        continuation = nil
    }
}
