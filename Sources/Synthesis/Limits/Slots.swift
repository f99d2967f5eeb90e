import Synchronization

/// Lets so many in at a time, the others in order of their coming.
package final class Slots: Sendable {
    private struct State {
        var free: Int
        var next = 0
        var waiting: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var head = 0
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    /// So many slots, all free.
    package init(_ count: Int) { state = Mutex(State(free: count)) }

    /// Does something in a slot.
    /// - Throws: `CancellationError` if the task is cancelled while it waits; what `body` throws.
    package func hold<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let verdict: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((number, continuation))
                    return nil
                }
                if verdict == true { continuation.resume() }
                if verdict == false { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                if let place = state.waiting[state.head...].firstIndex(where: { $0.number == number }) {
                    return state.waiting.remove(at: place).continuation
                }
                state.cancelled.insert(number)
                return nil
            }
            waiting?.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard state.head < state.waiting.count else {
                state.free += 1
                return nil
            }
            defer {
                state.head += 1
                if state.head > 1024 {
                    state.waiting.removeFirst(state.head)
                    state.head = 0
                }
            }
            return state.waiting[state.head].continuation
        }
        next?.resume()
    }
}
