import Foundation
import Synchronization

/// Stops a run: nothing new is begun, what is under way is waited for, and after a while given up.
final class RunControl: Sendable {
    private struct State {
        var reason: SynthesisSummary.Stop?
        var onStop: (@Sendable () -> Void)?
        var underWay: [Int: @Sendable () -> Void] = [:]
        var next = 0
        var isHurried = false
    }

    private let state = Mutex(State())
    private let grace: Duration

    init(grace: Duration) { self.grace = grace }

    /// Why the run was stopped; nil if it was not.
    var reason: SynthesisSummary.Stop? { state.withLock { $0.reason } }

    /// Says what is done when the run is stopped; at once if it is already.
    func whenStopped(_ body: @escaping @Sendable () -> Void) {
        let isStopped = state.withLock { state in
            state.onStop = body
            return state.reason != nil
        }
        if isStopped { body() }
    }

    /// Stops; the first reason counts.
    /// - Returns: whether it was running until now.
    @discardableResult
    func stop(_ reason: SynthesisSummary.Stop) -> Bool {
        let body = state.withLock { state -> (@Sendable () -> Void)?? in
            guard state.reason == nil else { return nil }
            state.reason = reason
            return .some(state.onStop)
        }
        guard let body else { return false }
        body?()
        Task { [grace] in
            try? await Task.sleep(for: grace)
            self.hurry()
        }
        return true
    }

    /// Gives up what is under way, now and from now on.
    func hurry() {
        state.withLock { state in
            state.isHurried = true
            return Array(state.underWay.values)
        }.forEach { $0() }
    }

    /// Does something that a stop does not interrupt before the time of grace is over.
    func finishing<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await body() }
        let number = state.withLock { state in
            if state.isHurried { task.cancel() }
            state.next += 1
            state.underWay[state.next] = { task.cancel() }
            return state.next
        }
        defer { state.withLock { _ = $0.underWay.removeValue(forKey: number) } }
        return try await task.value
    }
}
