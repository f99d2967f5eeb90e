import Torch

/// How an answer is written.
public struct GenerationOptions: Sendable, Equatable {
    /// The most tokens to write.
    public var maxNewTokens: Int
    /// Tokens that end the answer; empty to write `maxNewTokens` whatever comes.
    public var endTokenIDs: Set<Int>
    /// How the next token is drawn.
    public var sampling: SamplingOptions
    /// True to give the log-probability of every token.
    public var wantsLogProbabilities: Bool
    /// How many of the likeliest tokens are told in the place of every token, with their log-probabilities.
    public var alternativeCount = 0

    /// Options.
    /// - Parameters:
    ///   - maxNewTokens: the most tokens to write, at least 1.
    ///   - endTokenIDs: tokens that end the answer.
    ///   - sampling: how the next token is drawn; unless given, the likeliest is taken.
    ///   - wantsLogProbabilities: true to give the log-probability of every token.
    public init(
        maxNewTokens: Int = 512, endTokenIDs: Set<Int>, sampling: SamplingOptions = SamplingOptions(),
        wantsLogProbabilities: Bool = false
    ) {
        self.maxNewTokens = maxNewTokens
        self.endTokenIDs = endTokenIDs
        self.sampling = sampling
        self.wantsLogProbabilities = wantsLogProbabilities
    }
}

/// A token as it is written.
public struct GeneratedToken: Sendable {
    /// Which request it answers, counted from 0.
    public var request: Int
    /// Which of the request's answers it belongs to, counted from 0.
    public var sample: Int
    /// The token's number in the vocabulary.
    public var tokenID: Int
    /// Its log-probability as in ``Generation/logProbabilities``; nil unless asked for.
    public var logProbability: Double?
    /// The likeliest tokens in its place, likeliest first, under the same penalty, ban and temperature.
    public var alternatives: [Alternative] = []
    /// Why no token follows, unless the caller stops the answer here; nil if one follows.
    public var finishReason: FinishReason?
}

/// A token that might have been written.
public struct Alternative: Sendable, Equatable {
    /// The token's number in the vocabulary.
    public var tokenID: Int
    /// The natural logarithm of its probability.
    public var logProbability: Double
}

/// Why an answer is over.
public enum FinishReason: String, Sendable, Codable {
    /// The model wrote an end token, or a string that ends the answer.
    case stop
    /// As many tokens were written as were asked for.
    case length
    /// The model's context is full.
    case context
    /// The caller wanted no more.
    case cancelled
}

/// An answer, and the attention the model paid while writing it.
public struct Generation {
    /// The tokens written, with the end token where there was one.
    public var tokenIDs: [Int] = []
    /// Natural logarithms of the tokens' probabilities under penalty, ban and temperature (1 where the likeliest is taken),
    /// before top-k and top-p; empty unless asked for.
    public var logProbabilities: [Double] = []
    /// Why there are no more.
    public var finishReason = FinishReason.length
    /// Attention of the prompt's queries per layer, empty if not observed.
    ///
    /// Each `[1, heads, tokens, groups]`.
    public var promptMasses: [Tensor] = []
    /// Attention of each written token that was read again, per token and layer, empty if not observed.
    ///
    /// Each `[1, heads, 1, groups]`; one fewer than the tokens, since the last is never a query.
    public var masses: [[Tensor]] = []
    /// The rows of the map of each written token that was read again, `[token][selection][key]`; empty unless asked for.
    public var maps: [[[Float]]] = []
}
