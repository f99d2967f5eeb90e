/// How often and after which waits a request is repeated.
public struct RetryPolicy: Sendable {
    /// Repetitions before a request is given up.
    public var limit = 5
    /// The wait after the first failure; each further one doubles it, up to 32 times this.
    public var firstDelay = Duration.seconds(1)
    /// The longest wait that a server may ask for.
    public var longestDelay = Duration.seconds(300)
    /// The part of a wait that is drawn by chance, 0...1, so that requests that failed together do not come back together.
    public var jitter = 0.0
    /// Waits for a while; tests put in one that does not.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// The policy of downloads: five repetitions after 1, 2, 4, 8 and 16 seconds.
    public init() {}

    /// The wait before the next attempt: never shorter than what the server asked for.
    /// - Parameters:
    ///   - failures: how many there have been, at least one.
    ///   - interruption: the last of them.
    /// - Returns: the wait, which may be longer than ``longestDelay``.
    package func delay(afterFailure failures: Int, _ interruption: Interruption) -> Duration {
        let doubled = firstDelay * (1 << min(max(failures, 1) - 1, 5))
        let drawn = jitter > 0 ? Double.random(in: 1 - min(jitter, 1)...1) : 1
        return max(doubled * drawn, interruption.retryAfter ?? .zero)
    }
}
