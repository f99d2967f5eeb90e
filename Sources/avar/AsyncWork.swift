import Dispatch
import Foundation
import Synchronization

/// Asynchronous work in commands, which are synchronous because the state of tensor work belongs to a thread.
enum AsyncWork {
    /// Waits for asynchronous work, which Ctrl-C cancels.
    ///
    /// This blocks the main thread, which runs no tasks, so the work never waits for it.
    /// - Parameter body: the work.
    /// - Returns: what it returns.
    /// - Throws: what it throws; `CancellationError` where it notices that it was cancelled.
    static func wait<Value: Sendable>(for body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let box = Box<Result<Value, any Error>>()
        let isDone = DispatchSemaphore(value: 0)
        let task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            box.content.withLock { $0 = result }
            isDone.signal()
        }
        let handler = signal(SIGINT, SIG_IGN)
        let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        interrupts.setEventHandler { task.cancel() }
        interrupts.resume()
        defer {
            interrupts.cancel()
            signal(SIGINT, handler)
        }
        isDone.wait()
        guard let result = box.content.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    /// What a task leaves for the thread that waits for it.
    private final class Box<Content: Sendable>: Sendable {
        let content = Mutex<Content?>(nil)
    }
}
