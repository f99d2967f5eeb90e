import Foundation
import Synchronization

/// Keeps to so many units in a minute, requests or tokens: a token bucket, told as a debt that falls with time.
///
/// Whoever wants units is let in when there is no debt, one after the other, and adds to it what is thought to be
/// needed; when the true number is known, the debt is corrected. Only what is under way counts by an estimate, so that
/// one that was too high holds others back for as long as the answer takes, and is not paid back later in a rush.
/// Credit is saved up for one hundredth of a minute at most: no minute has more than its limit by more than that.
package final class RateLimit: Sendable {
    private struct State {
        var debt = 0.0
        var time: Double
        var share = 1.0
    }

    private let perMinute: Double
    private let state: Mutex<State>
    private let clock: @Sendable () -> Double
    private let door = Slots(1)

    /// A limit without debt.
    /// - Parameters:
    ///   - perMinute: units.
    ///   - clock: seconds that never go back.
    package init(_ perMinute: Double, clock: @escaping @Sendable () -> Double = RateLimit.uptime) {
        (self.perMinute, self.clock) = (perMinute, clock)
        state = Mutex(State(time: clock()))
    }

    /// Seconds since the system began.
    package static let uptime: @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    /// Takes units as soon as they are there, in order of asking.
    /// - Parameter units: how many, known when it is this one's turn.
    /// - Returns: how many that were.
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    package func pass(_ units: @Sendable () -> Double) async throws -> Double {
        try await door.hold {
            while true {
                let wanted = units()
                let wait = admit(wanted)
                if wait <= 0 { return wanted }
                try await Task.sleep(for: .seconds(wait), tolerance: .zero)
            }
        }
    }

    /// Takes units if there is no debt.
    /// - Returns: how long to wait before asking again, in seconds; 0 if they are taken.
    package func admit(_ units: Double) -> Double {
        state.withLock { state in
            let (now, rate) = (clock(), perMinute * state.share / 60)
            // One unit is let in without any credit.
            let credit = max(perMinute * state.share / 100 - 1, 0)
            state.debt = max(state.debt - rate * (now - state.time), -credit)
            state.time = now
            // A billionth is what rounding leaves.
            if state.debt > 1e-9 * perMinute { return state.debt / rate }
            state.debt += units
            return 0
        }
    }

    /// Takes more units than was thought, or gives some back.
    package func correct(by units: Double) { state.withLock { $0.debt += units } }

    /// Says that the limit is shared with other processes.
    package func share(with processes: Int) { state.withLock { $0.share = 1 / Double(max(processes, 1)) } }
}
