import Foundation

/// The loss of policy optimisation over groups of outputs, with its exact gradient by every log-probability.
///
/// With log ratios `l_it = log p_new - log p_old` of token `t` in output `i`, weights `w_it` that the aggregation
/// gives, and `r_it = exp(l_it)` or, at sequence level, `r_it = exp(mean_t l_it)`:
///
/// `loss = Σ_i Σ_t w_it · ( -min(r_it·A_i, clip(r_it, 1 - low, 1 + high)·A_i) + beta · k(p_new, p_ref)_it )`
///
/// | aggregation | `w_it` |
/// |---|---|
/// | sequenceMean | `1 / (outputs · |o_i|)` |
/// | tokenMean | `1 / tokens` |
/// | constantLength(L) | `1 / (outputs · L)` |
///
/// where `outputs` and `tokens` count the whole update and `|o_i|` the tokens of the output that take part. Minimising
/// the loss maximises the papers' objectives. The gradient by `log p_new(i, t)` is `w_it · (-r_it·A_i)` where no bound
/// holds, 0 where one does, plus `beta · w_it · k'`. At sequence level that is the same: each of the `|o_i|` equal
/// terms has the derivative `r_i / |o_i|` by each token.
///
/// At ties the gradient is PyTorch 2.15's: a ratio exactly at a bound of the clip, or at the dual clip, has half of it.
///
/// A trainer runs the model backward through `Σ gradient_it · log p_new(i, t)`, with the gradients as constants.
///
/// Nothing is ever NaN. A ratio that overflows (a log ratio of 800) gives the clipped value and no gradient where a
/// bound holds: at a positive advantage always, at a negative one with a dual clip. Where none holds the loss itself
/// is infinite, and an error says so; `logRatioClamp` is the other remedy.
public struct PolicyObjective: Sendable, Equatable {
    /// What the objective is made of.
    public let settings: Settings

    /// An objective.
    /// - Parameter settings: the numbers, or one of the presets.
    /// - Throws: ``ObjectiveError/setting(name:value:expected:)`` for a number without a meaning.
    public init(_ settings: Settings = .grpo) throws {
        try settings.validate()
        self.settings = settings
    }

    /// What a batch, or a part of one, adds to the loss of an update.
    public struct Value: Sendable, Equatable {
        /// What is to be minimised: policy and Kullback-Leibler terms together.
        public var loss: Double
        /// The policy term alone.
        public var policyLoss: Double
        /// The Kullback-Leibler term alone, `beta` included.
        public var klLoss: Double
        /// The derivative of the loss by each new log-probability, `[output][token]`; 0 at tokens that take no part.
        public var gradients: [[Double]]
        /// Sums and counts, which add up over the parts of an update.
        public var metrics: ObjectiveMetrics
    }

    /// The part that some outputs have in the loss of an update, and in its gradient.
    /// - Parameters:
    ///   - outputs: a batch or a micro-batch, in any order; groups need not be whole.
    ///   - normalizer: the counts of the whole update; nil if the outputs are all of it.
    /// - Returns: loss, gradients and metrics, all finite. Over the micro-batches of an update they add up to what the
    ///   whole update gives in one.
    /// - Throws: ``ObjectiveError`` for no outputs or empty ones, lengths that differ, numbers that are not finite, a
    ///   missing reference, counts of the update that are too small, or a loss that overflows.
    public func callAsFunction(_ outputs: [ScoredOutput], normalizer: ObjectiveNormalizer? = nil) throws -> Value {
        guard !outputs.isEmpty else { throw ObjectiveError.empty("The batch of outputs") }
        for (number, output) in outputs.enumerated() {
            try output.validate(number: number, needsReference: settings.klCoefficient > 0)
        }
        let found = ObjectiveNormalizer(counting: outputs)
        let total = normalizer ?? found
        try Self.requireEnough(total, for: found)

        var value = Value(loss: 0, policyLoss: 0, klLoss: 0, gradients: [], metrics: ObjectiveMetrics())
        for (number, output) in outputs.enumerated() {
            var gradient = [Double](repeating: 0, count: output.logProbabilities.count)
            let tokens = output.tokens
            if !tokens.isEmpty {
                let weight = weight(tokens: tokens.count, total: total)
                let surrogates = surrogates(output, tokens: tokens)
                for (token, surrogate) in zip(tokens, surrogates) {
                    let kl = klTerm(output, token: token)
                    gradient[token] = weight * (surrogate.slope + kl.slope)
                    value.policyLoss += weight * surrogate.loss
                    value.klLoss += weight * kl.value
                    guard surrogate.loss.isFinite, kl.value.isFinite, gradient[token].isFinite else {
                        throw overflow(of: output, number: number, token: token, surrogate: surrogate)
                    }
                }
                value.metrics.add(output, tokens: tokens, surrogates: surrogates, level: settings.ratioLevel)
            }
            value.gradients.append(gradient)
        }
        value.loss = value.policyLoss + value.klLoss
        guard value.loss.isFinite else {
            throw ObjectiveError.overflow(place: "The loss of the batch", cause: Self.cause, remedy: Self.remedy)
        }
        return value
    }

    /// What each token's loss is multiplied by.
    private func weight(tokens: Int, total: ObjectiveNormalizer) -> Double {
        switch settings.aggregation {
        case .sequenceMean: 1 / (Double(total.outputs) * Double(tokens))
        case .tokenMean: 1 / Double(total.tokens)
        case .constantLength(let length): 1 / (Double(total.outputs) * Double(length))
        }
    }

    /// The clipped loss of each token that takes part; at sequence level the same for all of them.
    private func surrogates(_ output: ScoredOutput, tokens: [Int]) -> [ClippedSurrogate] {
        let logRatios = tokens.map { output.logProbabilities[$0] - output.sampledLogProbabilities[$0] }
        switch settings.ratioLevel {
        case .token:
            return logRatios.map {
                ClippedSurrogate(logRatio: $0, advantage: output.advantage, settings: settings)
            }
        case .sequence:
            let shared = ClippedSurrogate(
                logRatio: Advantages.mean(logRatios), advantage: output.advantage, settings: settings)
            return logRatios.map { _ in shared }
        }
    }

    /// `beta · k` of a token and its derivative by the new log-probability.
    private func klTerm(_ output: ScoredOutput, token: Int) -> (value: Double, slope: Double) {
        guard settings.klCoefficient > 0, let reference = output.referenceLogProbabilities?[token] else {
            return (0, 0)
        }
        var difference = reference - output.logProbabilities[token]
        var passes = true  // whether the clamp passes the gradient
        if settings.klEstimator == .k3, let clamp = settings.logRatioClamp {
            passes = abs(difference) < clamp
            difference = min(max(difference, -clamp), clamp)
        }
        return (
            settings.klCoefficient * settings.klEstimator.value(difference: difference),
            passes ? settings.klCoefficient * settings.klEstimator.derivative(difference: difference) : 0
        )
    }

    private static let cause = "ratios of probabilities are too large for a float64"
    private static let remedy = "set logRatioClamp (20 in verl), or look why the models are so far apart"

    /// What is thrown where a token adds a number that is not finite.
    private func overflow(
        of output: ScoredOutput, number: Int, token: Int, surrogate: ClippedSurrogate
    ) -> ObjectiveError {
        let new = output.logProbabilities[token]
        let old = output.sampledLogProbabilities[token]
        let reference = output.referenceLogProbabilities.map { ", \($0[token]) under the reference" } ?? ""
        return .overflow(
            place: "The loss at token \(token) of output \(number)",
            cause:
                "its log-probability is \(new), \(old) at sampling time\(reference), at advantage \(output.advantage)",
            remedy: Self.remedy + (surrogate.loss.isFinite ? "" : ", or set dualClip"))
    }

    /// Throws if an update is said to hold less than a part of it.
    private static func requireEnough(_ total: ObjectiveNormalizer, for found: ObjectiveNormalizer) throws {
        guard total.outputs > 0, total.tokens > 0 else {
            throw ObjectiveError.empty("The part of the update that is not masked")
        }
        guard total.outputs >= found.outputs else {
            throw ObjectiveError.normalizer(name: "outputs", total: total.outputs, found: found.outputs)
        }
        guard total.tokens >= found.tokens else {
            throw ObjectiveError.normalizer(name: "tokens", total: total.tokens, found: found.tokens)
        }
    }
}
