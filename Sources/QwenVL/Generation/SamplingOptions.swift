/// How the next token is drawn, named as in transformers' `GenerationConfig` and applied in its order: repetition penalty,
/// ban, temperature, top-k, top-p.
public struct SamplingOptions: Sendable, Equatable {
    /// What the logits are divided by; 0 takes the likeliest token, whatever top-k and top-p say.
    public var temperature: Double
    /// Draw among this many of the likeliest tokens (and those that tie with the last); 0 for all.
    public var topK: Int
    /// Draw among the likeliest tokens that together have at least this probability; 1 for all.
    public var topP: Double
    /// Logits of tokens that have occurred, in the prompt too, are divided by this if positive, else multiplied; 1 for none.
    public var repetitionPenalty: Double
    /// Sample i of a request is drawn with `seed + i`; the same seed gives the same tokens, alone or in a batch.
    public var seed: UInt64
    /// Tokens that are never drawn, nor counted in any probability.
    public var bannedTokenIDs: Set<Int>

    /// Options.
    /// - Parameters:
    ///   - temperature: what the logits are divided by; 0 takes the likeliest token.
    ///   - topK: draw among this many of the likeliest; 0 for all.
    ///   - topP: draw among the likeliest with this probability together; 1 for all.
    ///   - repetitionPenalty: above 1 makes repetition less likely.
    ///   - seed: of the first sample.
    ///   - bannedTokenIDs: tokens that are never drawn.
    public init(
        temperature: Double = 0, topK: Int = 0, topP: Double = 1, repetitionPenalty: Double = 1, seed: UInt64 = 0,
        bannedTokenIDs: Set<Int> = []
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.repetitionPenalty = repetitionPenalty
        self.seed = seed
        self.bannedTokenIDs = bannedTokenIDs
    }

    /// True if the likeliest token is always taken.
    public var isGreedy: Bool { temperature == 0 }

    /// What is wrong with the numbers, or nil.
    var problem: String? {
        if !(temperature >= 0 && temperature.isFinite) {
            return "the temperature must be a number of at least 0, got \(temperature)"
        }
        if topK < 0 { return "top_k must be at least 0, got \(topK)" }
        if !(topP > 0 && topP <= 1) { return "top_p must be above 0 and at most 1, got \(topP)" }
        if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
            return "the repetition penalty must be a number above 0, got \(repetitionPenalty)"
        }
        return nil
    }
}

extension ModelConfiguration {
    /// The tokens that stand for or enclose pictures and videos: `<|image_pad|>`, `<|video_pad|>`, `<|vision_start|>` and
    /// `<|vision_end|>`.
    ///
    /// A model may write them, but a text with a place for a picture and no picture cannot be read again, and transformers
    /// looks for what follows `<|vision_start|>` even where nothing does. Put them in ``SamplingOptions/bannedTokenIDs``.
    public var visualMarkIDs: Set<Int> { [imageTokenID, videoTokenID, visionStartTokenID, visionEndTokenID] }
}
