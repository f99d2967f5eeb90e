import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Requests

/// Asks an endpoint that speaks OpenAI's chat completions, and does not give up at once.
///
/// Asked again is what may go better the next time: refused and cut connections, silence, statuses 408, 409, 429 and 5xx, and
/// answers that make no sense. Any other refusal is final.
public struct ChatClient: Sendable {
    /// Whom to ask, and how patiently.
    public struct Settings: Sendable {
        /// The endpoint's address; requests go to `chat/completions` below it.
        public var address: EndpointAddress
        /// The name of the model there.
        public var model: String
        /// Proves who asks; goes into one header, to this address only.
        public var key: Secret?
        /// The variables of the environment that the key is looked for in, which messages name.
        public var keyVariables = EndpointKey.variables
        /// Whether the answer is to come word by word, so that a server that works can be told from one that hangs.
        public var streams = true
        /// How long it may take until there is a connection.
        public var connectTimeout = Duration.seconds(10)
        /// How long the server may say nothing; if it does not stream, that is as long as it may take for an answer.
        public var idleTimeout = Duration.seconds(300)
        /// How long a request may take altogether.
        public var totalTimeout = Duration.seconds(1800)
        /// The most requests at one time.
        public var concurrency = 8
        /// How often and after which waits a request is repeated.
        public var retries: RetryPolicy

        /// Whom to ask.
        public init(_ address: EndpointAddress, model: String, key: Secret? = nil) {
            (self.address, self.model, self.key) = (address, model, key)
            retries = RetryPolicy()
            retries.jitter = 0.5
        }
    }

    /// An answer, and what it took.
    public struct Answered: Sendable {
        /// What the endpoint said, whole.
        public var reply: ChatReply
        /// How often it was asked for.
        public var tries: Int
        /// How long the last request took, in seconds.
        public var seconds: Double
    }

    /// A request that is to be repeated.
    public struct Retry: Sendable {
        /// What went wrong with the request, in words.
        public var reason: String
        /// After how long.
        public var delay: Duration
    }

    /// Whom it asks.
    public let settings: Settings
    private let client: HTTPClient
    /// The most bytes of an answer: no text is as long.
    private static let byteLimit = 64 << 20

    /// Prepares a client, which must be shut down.
    public init(_ settings: Settings) {
        self.settings = settings
        func time(_ duration: Duration) -> TimeAmount { .nanoseconds(Int64(min(duration / .nanoseconds(1), 9e18))) }
        // A redirect would carry the key elsewhere.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: time(settings.connectTimeout), read: time(settings.idleTimeout))
        // Repeating is decided in one place, below.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(settings.concurrency, 1)
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections; nothing can be asked afterwards.
    public func shutDown() async { try? await client.shutdown() }

    /// Does something with a client that is shut down afterwards, whatever comes of it.
    /// - Parameters:
    ///   - settings: whom to ask.
    ///   - body: is given the client.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public static func using<Result: Sendable>(
        _ settings: Settings, _ body: @Sendable (ChatClient) async throws -> Result
    ) async throws -> Result {
        let client = ChatClient(settings)
        do {
            let result = try await body(client)
            await client.shutDown()
            return result
        } catch {
            await client.shutDown()
            throw error
        }
    }

    /// Asks until there is an answer.
    /// - Parameters:
    ///   - request: what to ask.
    ///   - retrying: told before each repetition.
    /// - Returns: the answer.
    /// - Throws: ``ChatError``, or `CancellationError` if the task is cancelled.
    public func reply(
        to request: ChatRequest, retrying: @Sendable (Retry) -> Void = { _ in }
    ) async throws -> Answered {
        let body = try request.body(model: settings.model, streams: settings.streams)
        var failures = 0
        while true {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            do {
                let reply = try await withTotalTimeout(settings.totalTimeout) { try await replyOnce(body) }
                return Answered(
                    reply: reply, tries: failures + 1, seconds: (ContinuousClock.now - start) / .seconds(1))
            } catch let interruption as Interruption {
                failures += 1
                let reason = readable(interruption.reason)
                let delay = settings.retries.delay(afterFailure: failures, interruption)
                guard failures <= settings.retries.limit, delay <= settings.retries.longestDelay else {
                    let seconds = String(format: "%.3g", delay / .seconds(1))
                    let asked =
                        delay > settings.retries.longestDelay ? " and asks to be left alone for \(seconds) s" : ""
                    throw ChatError.gaveUp(
                        host: settings.address.host, reason: reason + asked, repetitions: failures - 1)
                }
                retrying(Retry(reason: reason, delay: delay))
                try await settings.retries.sleep(delay)
            }
        }
    }

    /// Asks once, for those who decide by themselves about asking again.
    /// - Parameter request: what to ask.
    /// - Returns: the answer.
    /// - Throws: `Interruption` if it may go better the next time, without the key in its words; ``ChatError``, or
    ///   `CancellationError` if the task is cancelled.
    package func attempt(_ request: ChatRequest) async throws -> Answered {
        let body = try request.body(model: settings.model, streams: settings.streams)
        let start = ContinuousClock.now
        do {
            let reply = try await withTotalTimeout(settings.totalTimeout) { try await replyOnce(body) }
            return Answered(reply: reply, tries: 1, seconds: (ContinuousClock.now - start) / .seconds(1))
        } catch let interruption as Interruption {
            throw Interruption(
                reason: readable(interruption.reason), retryAfter: interruption.retryAfter, status: interruption.status)
        }
    }

    /// A server's words without the key, in case it repeats that.
    private func readable(_ words: String) -> String { settings.key?.removed(from: words) ?? words }

    // MARK: One request

    private func replyOnce(_ body: Data) async throws -> ChatReply {
        var request = HTTPClientRequest(url: settings.address.requests.absoluteString)
        request.method = .POST
        request.headers.add(name: "User-Agent", value: "avar")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: settings.streams ? "text/event-stream" : "application/json")
        if let key = settings.key {
            guard let authorization = key.authorization else { throw ChatError.key(variables: settings.keyVariables) }
            request.headers.add(name: "Authorization", value: authorization)
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw meaning(of: error)
        }
        let (received, failure) = await received(response.body)
        let bytes = settings.key?.removed(from: received) ?? received
        guard (200...299).contains(response.status.code) else { throw refusal(response, bytes) }
        guard let failure else { return try ChatReply(bytes) }
        // What was complete when the connection broke need not be asked for again: of several answers in a stream the first ones.
        if failure is Interruption, let part = try? ChatReply(bytes, isWhole: false) { return part }
        throw failure
    }

    /// Everything that comes, and what ended it if that was not its end.
    private func received(_ body: HTTPClientResponse.Body) async -> (bytes: [UInt8], failure: (any Error)?) {
        var bytes: [UInt8] = []
        do {
            for try await chunk in body {
                bytes += chunk.readableBytesView
                if bytes.count > Self.byteLimit {
                    return (bytes, Interruption(reason: "it answered more than \(Self.byteLimit >> 20) MiB"))
                }
            }
            return (bytes, nil)
        } catch {
            return (bytes, meaning(of: error))
        }
    }

    private func meaning(of error: any Error) -> any Error {
        if error is ChatError { return error }
        let (host, idle) = (settings.address.host, settings.idleTimeout)
        return Interruption.meaning(of: error, idleTimeout: idle, distrust: ChatError.certificate(host: host))
    }

    private func refusal(_ response: HTTPClientResponse, _ body: [UInt8]) -> any Error {
        let (host, status) = (settings.address.host, Int(response.status.code))
        let words = readable(ServerWords.refusal(body))
        switch status {
        case 408, 409, 429, 500...:
            let said = words.isEmpty ? "" : ", saying “\(words)”"
            return Interruption(
                reason: "it answered \(status)\(said)", retryAfter: response.headers.retryAfter, status: status)
        case 401, 402:
            return ChatError.unauthorized(host: host, status: status, words: words, variables: settings.keyVariables)
        case 404, 405: return ChatError.notFound(host: host, status: status, words: words)
        default: return ChatError.refused(host: host, status: status, words: words)
        }
    }
}
