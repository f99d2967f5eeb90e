import Foundation

/// What can be watched of an update, as sums and counts: parts of an update are added with `+=`, and only then divided.
///
/// All tokens that take part are counted, those of outputs with advantage 0 too, which no bound clips.
public struct ObjectiveMetrics: Sendable, Equatable, Codable {
    /// Something counted over tokens, and over the outputs with at least one such token.
    public struct Count: Sendable, Equatable, Codable {
        /// Tokens of which it is true, over all outputs.
        public var tokens = 0
        /// Outputs with at least one of these tokens.
        public var outputs = 0

        static func += (left: inout Count, right: Count) {
            left.tokens += right.tokens
            left.outputs += right.outputs
        }
    }

    /// A sum and how many numbers it is of.
    public struct Sum: Sendable, Equatable, Codable {
        /// The sum of the numbers that were added.
        public var total = 0.0
        /// How many numbers were added.
        public var count = 0

        /// The mean, nil of nothing.
        public var mean: Double? { count > 0 ? total / Double(count) : nil }

        mutating func add(_ value: Double) {
            total += value
            count += 1
        }

        static func += (left: inout Sum, right: Sum) {
            left.total += right.total
            left.count += right.count
        }
    }

    /// An exponent above which numbers are left out of sums and counted as ``overflows``; e^300 is 2e130.
    static let largestExponent = 300.0

    /// Tokens that take part, and outputs with at least one.
    public var counted = Count()
    /// Held by the lower bound: a ratio below `1 - clipLow` at a negative advantage; at sequence level all tokens of
    /// the output.
    public var clippedLow = Count()
    /// Held by the upper bound: a ratio above `1 + clipHigh` at a positive advantage.
    public var clippedHigh = Count()
    /// Held by the dual clip: a ratio above it at a negative advantage.
    public var clippedDual = Count()
    /// Ratios as the objective has them: one per token, or one per output at sequence level.
    public var ratio = Sum()
    /// The largest distance of a token's log-probability from what it was at sampling time, in nats.
    ///
    /// In the first update after sampling this is what sampler and trainer disagree by.
    public var largestLogRatio = 0.0
    /// The largest mean log ratio of an output by magnitude, in nats.
    public var largestOutputLogRatio = 0.0
    /// `k1` of `KL(old‖new)`, `log p_old - log p_new`, per token.
    public var sampledK1 = Sum()
    /// `k3` of `KL(old‖new)`, `r - 1 - log r`, per token: unbiased, for old is what the tokens were drawn from.
    public var sampledK3 = Sum()
    /// `k1` of `KL(new‖ref)`, `log p_new - log p_ref`, per token with a reference.
    ///
    /// Exact on average only while new is what the tokens were drawn from, as in the first update; TRL and verl report
    /// the same.
    public var referenceK1 = Sum()
    /// `k3` of `KL(new‖ref)`, per token with a reference, unclamped; see ``referenceK1``.
    public var referenceK3 = Sum()
    /// Numbers left out of ``ratio``, ``sampledK3`` and ``referenceK3`` because their exponent is above 300.
    public var overflows = 0

    /// The metrics of nothing.
    public init() {}

    /// The share of tokens that a bound holds, nil of no tokens.
    /// - Parameter count: one of ``clippedLow``, ``clippedHigh`` and ``clippedDual``.
    /// - Returns: a number in 0...1.
    public func tokenFraction(_ count: Count) -> Double? {
        counted.tokens > 0 ? Double(count.tokens) / Double(counted.tokens) : nil
    }

    /// The share of outputs with at least one token that a bound holds, nil of no outputs.
    /// - Parameter count: one of ``clippedLow``, ``clippedHigh`` and ``clippedDual``.
    /// - Returns: a number in 0...1.
    public func outputFraction(_ count: Count) -> Double? {
        counted.outputs > 0 ? Double(count.outputs) / Double(counted.outputs) : nil
    }

    /// Adds another part of the update.
    public static func += (left: inout ObjectiveMetrics, right: ObjectiveMetrics) {
        left.counted += right.counted
        left.clippedLow += right.clippedLow
        left.clippedHigh += right.clippedHigh
        left.clippedDual += right.clippedDual
        left.ratio += right.ratio
        left.largestLogRatio = max(left.largestLogRatio, right.largestLogRatio)
        left.largestOutputLogRatio = max(left.largestOutputLogRatio, right.largestOutputLogRatio)
        left.sampledK1 += right.sampledK1
        left.sampledK3 += right.sampledK3
        left.referenceK1 += right.referenceK1
        left.referenceK3 += right.referenceK3
        left.overflows += right.overflows
    }

    /// Adds an output.
    /// - Parameters:
    ///   - output: the output.
    ///   - tokens: the places of its tokens that take part, at least one.
    ///   - surrogates: the loss of each of them.
    ///   - level: what a ratio is taken of.
    mutating func add(
        _ output: ScoredOutput, tokens: [Int], surrogates: [ClippedSurrogate], level: PolicyObjective.RatioLevel
    ) {
        counted += Count(tokens: tokens.count, outputs: 1)
        clippedLow += Self.count(.low, in: surrogates)
        clippedHigh += Self.count(.high, in: surrogates)
        clippedDual += Self.count(.dual, in: surrogates)
        for surrogate in level == .token ? surrogates[...] : surrogates.prefix(1) {
            if surrogate.ratio <= exp(Self.largestExponent) { ratio.add(surrogate.ratio) } else { overflows += 1 }
        }
        var sum = 0.0
        for token in tokens {
            let new = output.logProbabilities[token]
            let old = output.sampledLogProbabilities[token]
            sum += new - old
            largestLogRatio = max(largestLogRatio, abs(new - old))
            sampledK1.add(old - new)
            add(k3: old, new, to: \.sampledK3)
            guard let reference = output.referenceLogProbabilities?[token] else { continue }
            referenceK1.add(new - reference)
            add(k3: new, reference, to: \.referenceK3)
        }
        largestOutputLogRatio = max(largestOutputLogRatio, abs(sum / Double(tokens.count)))
    }

    private mutating func add(k3 logProbability: Double, _ other: Double, to sum: WritableKeyPath<Self, Sum>) {
        if other - logProbability <= Self.largestExponent {
            self[keyPath: sum].add(KLEstimator.k3.value(difference: other - logProbability))
        } else {
            overflows += 1
        }
    }

    private static func count(_ bound: ClippedSurrogate.Bound, in surrogates: [ClippedSurrogate]) -> Count {
        let tokens = surrogates.count { $0.bound == bound }
        return Count(tokens: tokens, outputs: tokens > 0 ? 1 : 0)
    }
}
