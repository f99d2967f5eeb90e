import ChatEndpoints

/// An answer of an endpoint as the store keeps it.
public struct StoredResponse: Sendable, Equatable {
    /// SHA-256 of model, messages, digests of pictures, sampling and attempt, in hexadecimal.
    public let hash: String
    /// The stage that asked.
    public let stage: Stage
    /// The name of the model that was asked.
    public let model: String
    /// Which attempt, counted from 0.
    public let attempt: Int
    /// What was asked, as JSON, digests in place of pictures.
    public let request: String
    /// The answer, unchanged.
    public let text: String
    /// Why it ends.
    public let finish: FinishReason
    /// The tokens of the prompt.
    public let promptTokens: Int
    /// The tokens of the answer.
    public let newTokens: Int
    /// Whether the endpoint counted the tokens; false if they are estimates.
    public let isCounted: Bool
    /// In the currency of the prices; 0 without a price.
    public let cost: Double
    /// How often it was asked for.
    public let tries: Int
    /// How long the try that was answered took.
    public let seconds: Double
}

/// A request that a sample made.
public struct MadeRequest: Codable, Sendable, Equatable {
    /// The stage that asked.
    public let stage: Stage
    /// Which attempt, counted from 0.
    public let attempt: Int
    /// The hash under which ``StoredResponse`` keeps the answer.
    public let hash: String
}
