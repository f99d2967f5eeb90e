import Requests

/// The failures of one piece of work so far.
struct Attempts {
    private let policy: RetryPolicy
    private let file: String
    private let host: String
    private let report: @Sendable (HubEvent) -> Void
    private var failures = 0

    /// Counts from nothing.
    init(at file: String, host: String, policy: RetryPolicy, report: @escaping @Sendable (HubEvent) -> Void) {
        (self.file, self.host, self.policy, self.report) = (file, host, policy, report)
    }

    /// Waits before the next attempt.
    /// - Parameters:
    ///   - interruption: what ended this one.
    ///   - progressed: whether it brought bytes that none before it had.
    /// - Throws: ``HubError/gaveUp(file:host:reason:repetitions:)`` if there have been enough, or `CancellationError`.
    mutating func wait(after interruption: Interruption, progressed: Bool = false) async throws {
        failures = progressed ? 1 : failures + 1
        let delay = policy.delay(afterFailure: failures, interruption)
        guard failures <= policy.limit, delay <= policy.longestDelay else {
            let asked = delay > policy.longestDelay ? " and asks to be left alone for \(delay / .seconds(1)) s" : ""
            throw HubError.gaveUp(
                file: file, host: host, reason: interruption.reason + asked, repetitions: failures - 1)
        }
        report(.retrying(file: file, reason: interruption.reason, delay: delay))
        try await policy.sleep(delay)
    }

    /// Does something until it is not interrupted.
    /// - Throws: what `body` throws beside an ``Interruption``, or what ``wait(after:progressed:)`` does.
    mutating func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        while true {
            do {
                return try await body()
            } catch let interruption as Interruption {
                try await wait(after: interruption)
            }
        }
    }
}
