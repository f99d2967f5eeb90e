import Crypto
import Foundation

/// What an endpoint is asked, beside the model's name: nothing is sent that is not given, so that the server's own defaults hold.
public struct ChatRequest: Sendable, Equatable {
    /// How tokens are drawn, and how many.
    public struct Sampling: Sendable, Equatable {
        /// The greatest number of tokens of an answer.
        public var maxTokens: Int?
        /// 0 takes the likeliest token each time.
        public var temperature: Double?
        /// Only the likeliest tokens of this probability together are drawn from, 0...1.
        public var topP: Double?
        /// Makes draws repeatable where the server can do that.
        public var seed: Int64?

        /// How tokens are drawn, and how many.
        public init(maxTokens: Int? = nil, temperature: Double? = nil, topP: Double? = nil, seed: Int64? = nil) {
            self.maxTokens = maxTokens
            self.temperature = temperature
            self.topP = topP
            self.seed = seed
        }
    }

    /// The conversation that is to be continued.
    public var messages: [ChatMessage]
    /// How tokens are drawn.
    public var sampling: Sampling
    /// How many answers are asked for at once.
    public var count: Int

    /// What an endpoint is asked.
    public init(_ messages: [ChatMessage], _ sampling: Sampling = Sampling(), count: Int = 1) {
        self.messages = messages
        self.sampling = sampling
        self.count = count
    }

    /// The body of the request.
    package func body(model: String, streams: Bool) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Body(self, model: model, streams: streams))
    }

    /// SHA-256 of everything that is asked and of which model, in hexadecimal.
    /// - Parameters:
    ///   - model: the name of the model.
    ///   - attempt: which time this is asked, for those who ask the same again to hear something else.
    /// - Returns: 64 digits.
    /// - Throws: `EncodingError`.
    package func digest(model: String, attempt: Int) throws -> String {
        var hash = SHA256()
        hash.update(data: try body(model: model, streams: false))
        hash.update(data: Data("\nattempt \(attempt)\n".utf8))
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A request as chat completions have it.
private struct Body: Encodable {
    struct StreamOptions: Encodable {
        let includeUsage = true
        private enum CodingKeys: String, CodingKey { case includeUsage = "include_usage" }
    }

    let model: String
    let messages: [ChatMessage]
    let maxTokens: Int?
    let temperature: Double?
    let topP: Double?
    let seed: Int64?
    let n: Int?
    let stream: Bool?
    let streamOptions: StreamOptions?

    init(_ request: ChatRequest, model: String, streams: Bool) {
        self.model = model
        messages = request.messages
        maxTokens = request.sampling.maxTokens
        temperature = request.sampling.temperature
        topP = request.sampling.topP
        seed = request.sampling.seed
        n = request.count > 1 ? request.count : nil
        stream = streams ? true : nil
        streamOptions = streams ? StreamOptions() : nil
    }

    private enum CodingKeys: String, CodingKey {
        case model, messages, temperature, seed, n, stream
        case maxTokens = "max_tokens"
        case topP = "top_p"
        case streamOptions = "stream_options"
    }
}
