import Synchronization

/// How long an endpoint is left alone because it said when to come again (`Retry-After`).
package final class Recess: Sendable {
    private let until = Mutex(0.0)
    private let clock: @Sendable () -> Double

    /// None.
    /// - Parameter clock: seconds that never go back.
    package init(clock: @escaping @Sendable () -> Double = RateLimit.uptime) { self.clock = clock }

    /// What is left of it, in seconds; 0 if nobody need wait.
    package var left: Double { until.withLock { max($0 - clock(), 0) } }

    /// Leaves the endpoint alone for so many seconds from now on; a longer recess stays as it is.
    package func begin(_ seconds: Double) { until.withLock { $0 = max($0, clock() + seconds) } }
}
