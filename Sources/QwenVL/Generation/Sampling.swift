import Foundation
import Torch

/// How the next token is drawn, named as in transformers' `GenerationConfig` and applied in its order: repetition penalty,
/// temperature, top-k, top-p.
public struct SamplingOptions: Sendable, Equatable {
    /// What the logits are divided by; 0 takes the likeliest token.
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
}

/// Draws the tokens of one sequence.
struct Sampler {
    private let options: SamplingOptions
    private var random: SplitMix64
    private var seen: Set<Int>

    /// A sampler for one sequence.
    /// - Parameters:
    ///   - options: how to draw.
    ///   - sample: which of the samples of its request, counted from 0.
    ///   - prompt: the tokens before.
    init(_ options: SamplingOptions, sample: Int, prompt: [Int]) {
        self.options = options
        random = SplitMix64(seed: options.seed &+ UInt64(sample))
        seen = options.repetitionPenalty == 1 ? [] : Set(prompt)
    }

    /// A token, and its log-probability under the temperature and the ban, before top-k and top-p.
    struct Draw {
        var token: Int
        /// nil unless it was asked for.
        var logProbability: Double?
    }

    /// Draws a token.
    /// - Parameters:
    ///   - logits: `[vocabulary]`.
    ///   - wantsLogProbability: whether to compute it.
    /// - Returns: the token.
    /// - Throws: `TorchError` if the logits cannot be read.
    mutating func draw(_ logits: Tensor, wantsLogProbability: Bool) throws -> Draw {
        let isPlain = options.isGreedy && options.bannedTokenIDs.isEmpty && options.repetitionPenalty == 1
        if isPlain, !wantsLogProbability { return Draw(token: try logits.argmax(-1).integer()) }
        var scores = try logits.floats()
        for token in options.bannedTokenIDs where scores.indices.contains(token) { scores[token] = -.infinity }
        let penalty = Float(options.repetitionPenalty)
        for token in seen where scores.indices.contains(token) {
            scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty
        }
        let temperature = options.isGreedy ? 1 : Float(options.temperature)
        if temperature != 1 { for index in scores.indices { scores[index] /= temperature } }
        let token = options.isGreedy ? Self.largest(scores) : try choose(scores)
        if options.repetitionPenalty != 1 { seen.insert(token) }
        return Draw(token: token, logProbability: wantsLogProbability ? Self.logProbability(of: token, scores) : nil)
    }

    private static func largest(_ scores: [Float]) -> Int {
        scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    }

    /// log softmax of one entry.
    private static func logProbability(of token: Int, _ scores: [Float]) -> Double {
        let top = Double(scores.max() ?? 0)
        let sum = scores.reduce(0.0) { $0 + exp(Double($1) - top) }
        return Double(scores[token]) - top - log(sum)
    }

    /// Draws among what top-k and top-p leave.
    private mutating func choose(_ scores: [Float]) throws -> Int {
        let kept = try candidates(scores)
        let top = kept.reduce(-Float.infinity) { max($0, scores[$1]) }
        let weights = kept.map { exp(Double(scores[$0] - top)) }
        var remaining = random.uniform() * weights.reduce(0, +)
        for (token, weight) in zip(kept, weights) {
            remaining -= weight
            if remaining < 0 { return token }
        }
        // Rounding alone can bring us here: the last token that can be drawn.
        return Array(zip(kept, weights)).reversed().first { $0.1 > 0 }?.0 ?? kept[0]
    }

    /// The tokens that may be drawn, in an order that depends on the scores alone.
    private func candidates(_ scores: [Float]) throws -> [Int] {
        let finite = scores.indices.filter { scores[$0] > -.infinity }
        guard !finite.isEmpty else {
            throw QwenVLError.input("No token can be drawn: all are banned or their scores are not numbers")
        }
        let limitsCount = options.topK > 0 && options.topK < finite.count
        guard limitsCount || options.topP < 1 else { return finite }
        // Equal scores stay in the order of their numbers.
        var sorted = finite.sorted { (scores[$0], $1) > (scores[$1], $0) }
        if limitsCount {
            let last = scores[sorted[options.topK - 1]]
            sorted = Array(sorted.prefix { scores[$0] >= last })
        }
        guard options.topP < 1 else { return sorted }
        let weights = sorted.map { exp(Double(scores[$0] - scores[sorted[0]])) }
        let wanted = options.topP * weights.reduce(0, +)
        var sum = 0.0
        var count = 0
        while count < sorted.count, count == 0 || sum < wanted {
            sum += weights[count]
            count += 1
        }
        return Array(sorted.prefix(count))
    }
}

/// Random numbers from a counter (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In 0 ..< 1, with 53 bits.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
