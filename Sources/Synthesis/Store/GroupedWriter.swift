import Dispatch
import Foundation
import GRDB
import Synchronization

/// Writes of many tasks, put into common transactions: one flush of the disk is enough for all of them.
///
/// A group closes a few milliseconds after its first write, or when it is full; while one is written the next one
/// grows, so that a slow disk gets larger groups and not a longer queue. A write is on disk when its call returns.
final class GroupedWriter: Sendable {
    private struct Operation: Sendable {
        let run: @Sendable (Database) throws -> Void
        let done: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct State {
        var waiting: [Operation] = []
        var isPlanned = false
    }

    private let database: DatabaseQueue
    private let queue = DispatchQueue(label: "avar.synthesis.store")
    private let state = Mutex(State())
    private let delay: DispatchTimeInterval
    private let most: Int

    /// Writes into a database.
    /// - Parameters:
    ///   - database: takes the writes.
    ///   - delay: how long a group may grow, in milliseconds.
    ///   - most: the most writes of a group.
    init(_ database: DatabaseQueue, delay: Int = 5, most: Int = 512) {
        (self.database, self.delay, self.most) = (database, .milliseconds(delay), most)
    }

    /// Writes together with others.
    ///
    /// A task that was cancelled writes all the same: what has come must be kept.
    func callAsFunction<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            let holder = Holder<Value>()
            add(
                Operation(
                    run: { database in
                        let value = try body(database)
                        holder.box.withLock { $0 = value }
                    },
                    done: { result in
                        switch result {
                        case .failure(let error): continuation.resume(throwing: error)
                        case .success:
                            guard let value = holder.box.withLock({ $0 }) else {
                                return continuation.resume(throwing: CancellationError())
                            }
                            continuation.resume(returning: value)
                        }
                    }))
        }
    }

    /// What a write leaves for the task that waits for it.
    private final class Holder<Value: Sendable>: Sendable {
        let box = Mutex<Value?>(nil)
    }

    private func add(_ operation: Operation) {
        let count = state.withLock { state in
            state.waiting.append(operation)
            if state.waiting.count == most { return most }
            defer { state.isPlanned = true }
            return state.isPlanned ? 0 : 1
        }
        if count == most { queue.async { self.flush() } }
        if count == 1 { queue.asyncAfter(deadline: .now() + delay) { self.flush() } }
    }

    private func flush() {
        let group = state.withLock { state in
            defer { (state.waiting, state.isPlanned) = ([], false) }
            return state.waiting
        }
        if group.isEmpty { return }
        let result = Result { try database.write { database in try group.forEach { try $0.run(database) } } }
        group.forEach { $0.done(result) }
    }
}
