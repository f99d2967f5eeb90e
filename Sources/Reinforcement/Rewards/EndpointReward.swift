import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Requests

/// A user's own reward: an endpoint that is asked once for each batch.
///
/// It is sent the JSON that ``CommandReward`` writes to a command, by `POST`, and answers with the same. Asked again is
/// what may go better the next time: refused and cut connections, silence, statuses 408, 409, 429 and 5xx (after
/// `Retry-After` if it says so), and answers that cannot be used. Any other refusal is final. What never reaches an
/// update is a value that is no number, or none of the declared range, or a list of another length: ``onFailure``
/// decides what happens instead.
public struct EndpointReward: OutsideReward {
    /// Under which it is logged.
    public let name: String
    /// By which its values are multiplied.
    public let weight: Double
    /// Where it is asked.
    public let address: URL
    /// The smallest and the largest value that can be meant; nil if any number can.
    public let range: ClosedRange<Double>?
    /// Proves who asks; goes into one header, to this address only.
    private let key: Secret?

    /// How long it may take until there is a connection.
    public var connectTimeout = Duration.seconds(10)
    /// How long the server may say nothing.
    public var idleTimeout = Duration.seconds(300)
    /// How long a request may take altogether.
    public var totalTimeout = Duration.seconds(600)
    /// The most bytes of an answer.
    public var byteLimit = 64 << 20
    /// What happens when it fails for good.
    public var onFailure = RewardFailureRule.stop
    /// How often and after which waits it is asked again.
    public var retries: RetryPolicy
    /// Told before each repetition why, and after how long it comes.
    public var retrying: @Sendable (String, Duration) -> Void = { _, _ in }

    /// The variable of the environment that holds the key unless another is named.
    public static let keyVariable = "AVAR_REWARD_KEY"

    /// Asks an endpoint.
    /// - Parameters:
    ///   - name: under which it is logged.
    ///   - weight: by which its values are multiplied.
    ///   - address: begins with `http://` or `https://`.
    ///   - range: the smallest and the largest value that can be meant.
    ///   - keyVariable: the variable of the environment that holds the key; nil means ``keyVariable``, which need not
    ///     be set.
    ///   - environment: the variables of the process.
    /// - Throws: ``RewardError/setting(_:)`` if the address is none or has a name or a password in it, if a variable
    ///   was named and is not set, if the key has characters that no header may hold, or if the range has no bounds.
    public init(
        name: String, weight: Double = 1, address: String, range: ClosedRange<Double>? = nil,
        keyVariable: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        guard let parts = URLComponents(string: address.trimmingCharacters(in: .whitespaces)),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil,
            let url = parts.url
        else {
            // What stands before the @ may be a password.
            let shown = address.contains("@") ? "***@" + (address.split(separator: "@").last ?? "") : address
            throw RewardError.setting(
                "The address of the reward '\(name)' is \(shown); give one like http://localhost:8000/reward")
        }
        let variable = keyVariable ?? Self.keyVariable
        key = environment[variable].flatMap(Secret.init)
        guard key != nil || keyVariable == nil else {
            throw RewardError.setting("The key of the reward '\(name)' is missing; set the environment's \(variable)")
        }
        guard key == nil || key?.authorization != nil else {
            throw RewardError.setting(
                "The key of the reward '\(name)' holds characters that no key has; "
                    + "set the environment's \(variable) anew")
        }
        try Self.check(name, range)
        (self.name, self.weight, self.address, self.range) = (name, weight, url, range)
        retries = RetryPolicy()
        retries.jitter = 0.5
    }

    /// The server and its port, as messages name it.
    public var host: String { (address.host ?? "") + (address.port.map { ":\($0)" } ?? "") }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: one value for each.
    /// - Throws: ``RewardError``, `CancellationError`.
    public func evaluate(_ batch: RewardBatch) async throws -> RewardValues { try await asked(batch) }

    func gaveUp(reason: String, repetitions: Int) -> RewardError {
        .endpoint(part: name, host: host, reason: readable(reason), repetitions: repetitions)
    }

    /// A server's words without the key, in case it repeats that.
    private func readable(_ words: String) -> String { key?.removed(from: words) ?? words }

    // MARK: One request

    func attempt(_ request: Data) async throws -> Data {
        // One request for each batch: a connection kept until the next would be closed by then.
        func time(_ duration: Duration) -> TimeAmount { .nanoseconds(Int64(min(duration / .nanoseconds(1), 9e18))) }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: time(connectTimeout), read: time(idleTimeout))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let answer: Result<Data, any Error>
        do {
            answer = .success(try await withTotalTimeout(totalTimeout) { try await answered(request, client) })
        } catch {
            answer = .failure(error)
        }
        try? await client.shutdown()
        return try answer.get()
    }

    private func answered(_ body: Data, _ client: HTTPClient) async throws -> Data {
        var request = HTTPClientRequest(url: address.absoluteString)
        request.method = .POST
        request.headers.add(name: "User-Agent", value: "avar")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        if let authorization = key?.authorization { request.headers.add(name: "Authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, deadline: .distantFuture)
            var answer = Data()
            for try await chunk in response.body {
                answer += chunk.readableBytesView
                guard answer.count <= byteLimit else {
                    throw Interruption(reason: "it answered more than \(byteLimit) bytes")
                }
            }
            guard (200...299).contains(response.status.code) else { throw refusal(response, answer) }
            return answer
        } catch let error as RewardError {
            throw error
        } catch {
            throw Interruption.meaning(
                of: error, idleTimeout: idleTimeout, distrust: RewardError.certificate(part: name, host: host))
        }
    }

    private func refusal(_ response: HTTPClientResponse, _ body: Data) -> any Error {
        let status = Int(response.status.code)
        let words = readable(RewardWords.beginning(String(decoding: body.prefix(1000), as: UTF8.self)))
        switch status {
        case 408, 409, 429, 500...:
            let said = words.isEmpty ? "" : ", saying “\(words)”"
            return Interruption(reason: "it answered \(status)\(said)", retryAfter: response.headers.retryAfter)
        default: return RewardError.refused(part: name, host: host, status: status, words: words)
        }
    }
}
