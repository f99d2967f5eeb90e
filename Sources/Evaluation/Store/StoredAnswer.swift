/// Why an answer ends.
public enum FinishReason: Sendable, Hashable, Codable {
    /// The model ended it.
    case stop
    /// It was cut at the greatest number of tokens allowed.
    case length
    /// Something else, in the words of the endpoint; empty if it gives none.
    case other(String)

    /// The word for it: `stop`, `length`, or the endpoint's.
    public var word: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .other(let word): word
        }
    }

    /// What a word means.
    /// - Parameter word: as ``word`` gives it.
    public init(word: String) {
        switch word {
        case "stop": self = .stop
        case "length": self = .length
        default: self = .other(word)
        }
    }

    /// Reads the word.
    /// - Parameter decoder: holds a string.
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        self.init(word: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the word.
    /// - Parameter encoder: takes a string.
    /// - Throws: `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(word)
    }
}

/// Where an answer's tokens look: the Visual Attention Score in its four forms, and shares of attention.
public struct AttentionScores: Sendable, Equatable, Codable {
    /// The mean of the ratios of every head; nil where not defined, as every number here.
    public var paper: Double?
    /// Masses averaged per layer before they are divided.
    public var pooled: Double?
    /// Masses averaged over heads, per token and layer, before they are divided.
    public var reward: Double?
    /// The exponential of the mean logarithm of the ratios.
    public var geometric: Double?
    /// The share of attention that goes to the pictures, 0...1, mean over layers, heads and tokens.
    public var visualShare: Double?
    /// The share that goes to the system turn, 0...1.
    public var systemShare: Double?

    /// Where an answer's tokens look.
    public init(
        paper: Double? = nil, pooled: Double? = nil, reward: Double? = nil, geometric: Double? = nil,
        visualShare: Double? = nil, systemShare: Double? = nil
    ) {
        self.paper = paper
        self.pooled = pooled
        self.reward = reward
        self.geometric = geometric
        self.visualShare = visualShare
        self.systemShare = systemShare
    }

    private enum CodingKeys: String, CodingKey {
        case paper, pooled, reward, geometric
        case visualShare = "visual_share"
        case systemShare = "system_share"
    }
}

/// What a model said.
public struct AnswerReply: Sendable, Equatable {
    /// Its words, unchanged.
    public var text: String
    /// Why they end.
    public var finish: FinishReason
    /// The tokens of the prompt, pictures included; nil if unknown.
    public var promptTokens: Int?
    /// The tokens of the answer; nil if unknown, as where an endpoint gives several answers at once.
    public var newTokens: Int?
    /// Where its tokens look; nil if that was not measured.
    public var attention: AttentionScores?
    /// The score of each token in the reward's form; nil if that was not measured.
    public var tokenScores: [Float]?

    /// What a model said.
    public init(
        text: String, finish: FinishReason, promptTokens: Int? = nil, newTokens: Int? = nil,
        attention: AttentionScores? = nil, tokenScores: [Float]? = nil
    ) {
        self.text = text
        self.finish = finish
        self.promptTokens = promptTokens
        self.newTokens = newTokens
        self.attention = attention
        self.tokenScores = tokenScores
    }
}

/// What came of a question.
public struct StoredAnswer: Sendable, Equatable {
    /// What came of it.
    public enum Outcome: Sendable, Equatable {
        /// It was answered.
        case answered(AnswerReply)
        /// It could not be answered, for this reason; a later run tries again.
        case failed(String)
    }

    /// Which answer.
    public var key: AnswerKey
    /// What came of it.
    public var outcome: Outcome
    /// How long it took, in seconds.
    public var seconds: Double
    /// The seed that it was drawn with; nil if none was given.
    public var seed: Int64?

    /// What came of a question.
    public init(_ key: AnswerKey, _ outcome: Outcome, seconds: Double, seed: Int64? = nil) {
        self.key = key
        self.outcome = outcome
        self.seconds = seconds
        self.seed = seed
    }

    /// What the model said; nil if it could not answer.
    public var reply: AnswerReply? {
        if case .answered(let reply) = outcome { reply } else { nil }
    }
}
