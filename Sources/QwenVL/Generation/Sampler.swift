import Foundation
import RandomNumbers
import Torch

/// Draws the tokens of one sequence.
public struct Sampler {
    private let options: SamplingOptions
    private var random: SplitMix64
    /// The tokens so far, kept only where repetition is penalised.
    private var seen: Set<Int>

    /// A sampler for one sequence.
    /// - Parameters:
    ///   - options: how to draw.
    ///   - sample: which of the samples of its request, counted from 0.
    ///   - prompt: the tokens before.
    public init(_ options: SamplingOptions, sample: Int = 0, prompt: [Int] = []) {
        self.options = options
        random = SplitMix64(seed: options.seed &+ UInt64(sample))
        seen = options.repetitionPenalty == 1 ? [] : Set(prompt)
    }

    /// A drawn token.
    public struct Draw: Sendable, Equatable {
        /// The token's number in the vocabulary.
        public var tokenID: Int
        /// The natural logarithm of its probability under penalty, ban and temperature, before top-k and top-p, where the
        /// likeliest is taken at temperature 1; nil unless it was asked for.
        public var logProbability: Double?
        /// The likeliest tokens, likeliest first; empty unless asked for.
        public var alternatives: [Alternative] = []
    }

    /// Draws a token.
    /// - Parameters:
    ///   - logits: `[vocabulary]`.
    ///   - wantsLogProbability: whether to compute it.
    ///   - alternatives: how many of the likeliest tokens to tell.
    /// - Returns: the token.
    /// - Throws: ``QwenVLError/input(_:)`` if no token can be drawn, `TorchError` if the logits cannot be read.
    public mutating func draw(
        _ logits: Tensor, wantsLogProbability: Bool = false, alternatives: Int = 0
    ) throws -> Draw {
        if !wantsLogProbability, alternatives == 0, let token = try plainlyLikeliest(logits) {
            return Draw(tokenID: token)
        }
        let scores = try scores(logits.floats())
        var draw: Draw
        if isPlain {
            draw = drawPlainly(scores)
        } else {
            let token = options.isGreedy ? Self.likeliest(scores) : choose(among: try candidates(scores), scores)
            draw = Draw(
                tokenID: token, logProbability: wantsLogProbability ? Self.logProbability(of: token, scores) : nil)
        }
        if options.repetitionPenalty != 1 { seen.insert(draw.tokenID) }
        if alternatives > 0 { draw.alternatives = Self.likeliest(alternatives, of: scores) }
        return draw
    }

    /// Whether every token can be drawn: then one pass of exponentials gives the token and its probability.
    private var isPlain: Bool { !options.isGreedy && options.topK <= 0 && options.topP >= 1 }

    /// Draws from all tokens by the softmax of their scores; banned ones weigh nothing.
    private mutating func drawPlainly(_ scores: [Float]) -> Draw {
        let top = Double(scores.max() ?? 0)
        var total = 0.0
        let weights = [Double](unsafeUninitializedCapacity: scores.count) { weights, count in
            for (index, score) in scores.enumerated() {
                let weight = exp(Double(score) - top)
                weights[index] = weight
                total += weight
            }
            count = scores.count
        }
        var remaining = random.uniform() * total
        // Rounding alone can leave none: then the last token that can be drawn is.
        var token: Int?
        for (index, weight) in weights.enumerated() {
            remaining -= weight
            if remaining < 0 {
                token = index
                break
            }
        }
        let drawn = token ?? weights.lastIndex { $0 > 0 } ?? 0
        return Draw(tokenID: drawn, logProbability: Double(scores[drawn]) - top - log(total))
    }

    /// The likeliest token where nothing but the logits decides, without reading them all.
    private func plainlyLikeliest(_ logits: Tensor) throws -> Int? {
        guard options.isGreedy, options.repetitionPenalty == 1 else { return nil }
        let token = try logits.argmax(-1).integer()
        guard try logits.select(0, token).item().isFinite else { throw Self.nothingToDraw }
        return options.bannedTokenIDs.contains(token) ? nil : token
    }

    private static let nothingToDraw = QwenVLError.input(
        "No token can be drawn: all are banned, or the model's logits are not finite numbers")

    // MARK: Scores

    /// The logits after penalty, ban and temperature.
    /// - Throws: ``QwenVLError/input(_:)`` if none of them is left, or one is no number.
    package func scores(_ logits: [Float]) throws -> [Float] {
        var scores = logits
        let penalty = Float(options.repetitionPenalty)
        for token in seen where scores.indices.contains(token) {
            scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty
        }
        for token in options.bannedTokenIDs where scores.indices.contains(token) { scores[token] = -.infinity }
        let temperature = options.isGreedy ? 1 : Float(options.temperature)
        if temperature != 1 { for index in scores.indices { scores[index] /= temperature } }
        guard let top = scores.max(), top.isFinite, !scores.contains(where: \.isNaN) else { throw Self.nothingToDraw }
        return scores
    }

    private static func likeliest(_ scores: [Float]) -> Int {
        scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    }

    /// The likeliest tokens with their log softmax, banned ones never among them.
    ///
    /// Of equally likely ones that of the lower number comes first.
    private static func likeliest(_ count: Int, of scores: [Float]) -> [Alternative] {
        let top = Double(scores.max() ?? 0)
        let normalizer = top + log(scores.reduce(0.0) { $0 + exp(Double($1) - top) })
        var best: [(score: Float, token: Int)] = []
        for (token, score) in scores.enumerated() where score > -.infinity {
            if best.count == count, let last = best.last, score <= last.score { continue }
            let place = best.firstIndex { $0.score < score } ?? best.count
            best.insert((score, token), at: place)
            if best.count > count { best.removeLast() }
        }
        return best.map { Alternative(tokenID: $0.token, logProbability: Double($0.score) - normalizer) }
    }

    /// log softmax of one entry.
    private static func logProbability(of token: Int, _ scores: [Float]) -> Double {
        let top = Double(scores.max() ?? 0)
        let sum = scores.reduce(0.0) { $0 + exp(Double($1) - top) }
        return Double(scores[token]) - top - log(sum)
    }

    // MARK: Choice

    /// The tokens that top-k and top-p leave.
    package func candidates(_ scores: [Float]) throws -> [Int] {
        var kept = scores.indices.filter { scores[$0] > -.infinity }
        if options.topK > 0, options.topK < kept.count {
            let least = try Tensor(scores).topK(options.topK).values.select(0, options.topK - 1).item()
            kept.removeAll { Double(scores[$0]) < least }
        }
        return options.topP < 1 ? nucleus(of: kept, scores) : kept
    }

    /// The likeliest tokens that together have probability `topP`, likeliest first.
    private func nucleus(of kept: [Int], _ scores: [Float]) -> [Int] {
        let weights = Self.weights(kept, scores)
        let total = weights.reduce(0, +)
        // Tokens lighter than this have together less than 1 - topP, so that they need not be sorted.
        let least = (1 - options.topP) * total / Double(kept.count)
        // Equal tokens stay in the order of their numbers; in transformers their order depends on the processor.
        let heavy = zip(kept, weights).filter { $0.1 >= least }
            .sorted { (scores[$0.0], $1.0) > (scores[$1.0], $0.0) }
        var before = 0.0
        return heavy.prefix { _, weight in
            defer { before += weight }
            return before < options.topP * total
        }.map(\.0)
    }

    /// Draws by the softmax of the candidates' scores.
    private mutating func choose(among candidates: [Int], _ scores: [Float]) -> Int {
        let weights = Self.weights(candidates, scores)
        var remaining = random.uniform() * weights.reduce(0, +)
        for (token, weight) in zip(candidates, weights) {
            remaining -= weight
            if remaining < 0 { return token }
        }
        // Rounding alone can bring us here: the last token that can be drawn.
        let last = weights.lastIndex { $0 > 0 } ?? 0
        return candidates[last]
    }

    /// Probabilities but for a common factor, the largest 1.
    private static func weights(_ tokens: [Int], _ scores: [Float]) -> [Double] {
        let top = tokens.reduce(-Float.infinity) { max($0, scores[$1]) }
        return tokens.map { exp(Double(scores[$0]) - Double(top)) }
    }
}
