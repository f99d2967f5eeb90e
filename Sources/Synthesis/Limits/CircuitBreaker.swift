import Foundation
import Synchronization

/// Leaves an endpoint alone that fails too often: opens after failures in a row, or after too large a share of the last
/// requests; after a pause lets one request through, and opens again for twice as long if that fails too.
package final class CircuitBreaker: Sendable {
    /// What a request may do.
    package enum Leave: Equatable, Sendable {
        case go
        /// It is the one that tries whether the endpoint is back.
        case probe
        case wait(seconds: Double)
    }

    /// What has changed.
    package enum Change: Equatable, Sendable {
        case opened(seconds: Double)
        case closed
        /// The endpoint has not come back in all its probes.
        case gaveUp
    }

    private struct State {
        var inRow = 0
        var recent: [Bool] = []
        var openUntil: Double?
        var pauses = 0
        var isProbing = false
    }

    private let settings: SynthesisSettings.Breaker
    private let clock: @Sendable () -> Double
    private let state = Mutex(State())

    /// A breaker that is closed.
    package init(_ settings: SynthesisSettings.Breaker, clock: @escaping @Sendable () -> Double = RateLimit.uptime) {
        (self.settings, self.clock) = (settings, clock)
    }

    /// Whether a request may go now.
    package func ask() -> Leave {
        state.withLock { state in
            guard let until = state.openUntil else { return .go }
            let left = until - clock()
            if left > 0 { return .wait(seconds: left) }
            if state.isProbing { return .wait(seconds: min(settings.pause, 0.25)) }
            state.isProbing = true
            return .probe
        }
    }

    /// Whether it is open.
    package var isOpen: Bool { state.withLock { $0.openUntil != nil } }

    /// Notes that a probe came to no result, as one that was cancelled.
    package func forget(_ leave: Leave) {
        if leave == .probe { state.withLock { $0.isProbing = false } }
    }

    /// Notes what came of a request.
    /// - Returns: what that changes.
    package func note(success: Bool, _ leave: Leave) -> Change? {
        state.withLock { state in
            if leave == .probe {
                state.isProbing = false
                if success {
                    state = State()
                    return .closed
                }
                if state.pauses >= settings.probes { return .gaveUp }
                return open(&state)
            }
            // What was under way when it opened says nothing new.
            if state.openUntil != nil { return nil }
            state.inRow = success ? 0 : state.inRow + 1
            state.recent.append(success)
            if state.recent.count > settings.window { state.recent.removeFirst() }
            let failures = state.recent.count { !$0 }
            let isFull = state.recent.count == settings.window
            guard
                state.inRow >= settings.failures
                    || isFull && Double(failures) >= settings.share * Double(settings.window)
            else { return nil }
            return open(&state)
        }
    }

    private func open(_ state: inout State) -> Change {
        let pause = min(settings.pause * pow(2, Double(min(state.pauses, 30))), settings.longestPause)
        state.pauses += 1
        state.openUntil = clock() + pause
        (state.inRow, state.recent) = (0, [])
        return .opened(seconds: pause)
    }
}
