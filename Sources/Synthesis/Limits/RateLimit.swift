import Foundation
import Synchronization

/// Keeps to so many units in a minute, requests or tokens: a token bucket, written as the time at which it will be empty of debt
/// (generic cell rate algorithm).
///
/// Whoever wants units is told from when on they may be used, in order of asking, so that waits that last too long by a little do not
/// add up. The bucket holds one hundredth of a minute's units, but one request at least: no minute has more than its limit by more than
/// that. What was reserved by an estimate is corrected when the true number is known.
package final class RateLimit: Sendable {
    private let perMinute: Double
    private let state = Mutex((next: 0.0, share: 1.0))
    private let clock: @Sendable () -> Double

    /// - Parameters:
    ///   - perMinute: units.
    ///   - clock: seconds that never go back.
    package init(_ perMinute: Double, clock: @escaping @Sendable () -> Double = RateLimit.uptime) {
        (self.perMinute, self.clock) = (perMinute, clock)
        state.withLock { $0.next = clock() }
    }

    /// Seconds since the system began.
    package static let uptime: @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    /// Takes units.
    /// - Returns: how long to wait before they are used, in seconds.
    package func reserve(_ units: Double) -> Double {
        state.withLock { state in
            let (now, rate) = (clock(), perMinute * state.share / 60)
            // Credit that was not used is lost, but for the bucket's content.
            let burst = max(perMinute * state.share / 100, 1) / rate
            let start = max(state.next, now - burst + 1 / rate)
            state.next = start + units / rate
            return max(start - now, 0)
        }
    }

    /// Takes more units than was thought, or gives some back.
    package func correct(by units: Double) {
        state.withLock { $0.next += units / (perMinute * $0.share / 60) }
    }

    /// Says that the limit is shared with other processes.
    package func share(with processes: Int) { state.withLock { $0.share = 1 / Double(max(processes, 1)) } }
}
