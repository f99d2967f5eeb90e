import Dispatch
import Foundation
import Requests
import Synchronization

/// Asynchronous work in commands, which are synchronous because the state of tensor work belongs to a thread.
enum AsyncWork {
    /// Waits for asynchronous work, which Ctrl-C cancels.
    ///
    /// This blocks the main thread, which runs no tasks, so the work never waits for it.
    /// - Parameters:
    ///   - again: done at every further Ctrl-C.
    ///   - body: the work.
    /// - Returns: what it returns.
    /// - Throws: what it throws; `CancellationError` where it notices that it was cancelled.
    static func wait<Value: Sendable>(
        again: @escaping @Sendable () -> Void = {}, for body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let handler = signal(SIGINT, SIG_IGN)
        let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        defer {
            interrupts.cancel()
            signal(SIGINT, handler)
        }
        return try Waiting.result { cancel in
            let isFirst = Atomic(true)
            interrupts.setEventHandler {
                if isFirst.exchange(false, ordering: .relaxed) { cancel() } else { again() }
            }
            interrupts.resume()
        } of: {
            try await body()
        }
    }
}
