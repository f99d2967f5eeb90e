import Foundation
import Synchronization

/// A thread of its own for work that blocks, one piece after the other.
///
/// Tensor work belongs to a thread, and Swift's tasks have only as many threads as there are cores.
public final class WorkThread: Sendable {
    private let queue: WorkList

    /// A thread, which ends when the last reference to it is gone.
    /// - Parameters:
    ///   - name: what debuggers call it.
    ///   - stackBytes: the size of its stack.
    public init(name: String, stackBytes: Int = 8 << 20) {
        let queue = WorkList()
        self.queue = queue
        let thread = Thread { queue.work() }
        thread.name = name
        thread.stackSize = stackBytes
        thread.start()
    }

    deinit { queue.close() }

    /// Does a piece of work on the thread.
    /// - Parameter body: the work; it is begun even if the task was cancelled meanwhile.
    /// - Returns: what it returns.
    /// - Throws: what it throws.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.add { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// Work that waits for its thread.
private final class WorkList: @unchecked Sendable {
    // `works` and `isClosed` are touched only while `condition` is locked.
    private let condition = NSCondition()
    private var works: [@Sendable () -> Void] = []
    private var isClosed = false

    func add(_ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            works.append(work)
            condition.signal()
        }
    }

    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }

    /// Works until it is closed and nothing is left.
    func work() {
        while let next = next() { next() }
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while works.isEmpty, !isClosed { condition.wait() }
            return works.isEmpty ? nil : works.removeFirst()
        }
    }
}
