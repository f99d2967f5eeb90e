import Dispatch
import Synchronization

/// Asynchronous work that a thread waits for which runs no tasks, such as that of a command or of a training.
package enum Waiting {
    /// Waits.
    /// - Parameters:
    ///   - started: given what cancels the work, once that has begun.
    ///   - shouldStop: asked ten times a second; true cancels the work.
    ///   - body: the work.
    /// - Returns: what it returns.
    /// - Throws: what it throws; `CancellationError` where it notices that it was cancelled.
    package static func result<Value: Sendable>(
        started: (_ cancel: @escaping @Sendable () -> Void) -> Void = { _ in },
        shouldStop: (() -> Bool)? = nil,
        of body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let box = Box<Result<Value, any Error>>()
        let isDone = DispatchSemaphore(value: 0)
        let task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            box.content.withLock { $0 = result }
            isDone.signal()
        }
        started { task.cancel() }
        if let shouldStop {
            while isDone.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
                if shouldStop() { task.cancel() }
            }
        } else {
            isDone.wait()
        }
        guard let result = box.content.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    /// What a task leaves for the thread that waits for it.
    private final class Box<Content: Sendable>: Sendable {
        let content = Mutex<Content?>(nil)
    }
}
