import ChatEndpoints

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
    /// An answer, or the reason why there is none.
    public enum Outcome: Sendable, Equatable {
        /// The model or the endpoint answered, perhaps cut at the limit.
        case answered(AnswerReply)
        /// It could not be answered, for this reason; a later run tries again.
        case failed(String)
    }

    /// The question, and which of its answers.
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
