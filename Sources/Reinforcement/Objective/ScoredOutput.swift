/// A sampled output with what its tokens were and are worth to the models, and its advantage over its group.
public struct ScoredOutput: Sendable, Equatable {
    /// `log p_new` of each sampled token under the policy that is trained, `[token]`, in nats.
    public var logProbabilities: [Double]
    /// `log p_old` of each token at the time it was sampled, `[token]`, in nats.
    public var sampledLogProbabilities: [Double]
    /// `log p_ref` of each token under the reference model, `[token]`, in nats; nil where there is no reference.
    public var referenceLogProbabilities: [Double]?
    /// Whether a token takes part, `[token]`; nil if all do.
    ///
    /// What stands at the others is not read. An output cut off at the length limit is left out by a mask that is
    /// false throughout (overlong filtering, DAPO, arXiv 2503.14476, section 3.4).
    public var mask: [Bool]?
    /// How much better the output is than its group, see ``Advantages``.
    public var advantage: Double

    /// An output.
    /// - Parameters:
    ///   - logProbabilities: of each token under the policy that is trained, `[token]`, in nats.
    ///   - sampledLogProbabilities: of each token at the time it was sampled, `[token]`, in nats.
    ///   - referenceLogProbabilities: of each token under the reference model, `[token]`, in nats.
    ///   - mask: whether a token takes part, `[token]`; nil if all do.
    ///   - advantage: how much better the output is than its group.
    public init(
        logProbabilities: [Double], sampledLogProbabilities: [Double], referenceLogProbabilities: [Double]? = nil,
        mask: [Bool]? = nil, advantage: Double
    ) {
        self.logProbabilities = logProbabilities
        self.sampledLogProbabilities = sampledLogProbabilities
        self.referenceLogProbabilities = referenceLogProbabilities
        self.mask = mask
        self.advantage = advantage
    }

    /// The places of the tokens that take part, ascending.
    var tokens: [Int] {
        guard let mask else { return Array(logProbabilities.indices) }
        return mask.indices.filter { mask[$0] }
    }

    /// Throws unless lengths agree and every number that takes part is finite.
    /// - Parameters:
    ///   - number: which output it is, for the message.
    ///   - needsReference: whether log-probabilities of the reference must be there.
    /// - Throws: ``ObjectiveError``.
    func validate(number: Int, needsReference: Bool) throws {
        let count = logProbabilities.count
        guard count > 0 else { throw ObjectiveError.empty("Output \(number)") }
        func requireLength(_ name: String, _ got: Int?) throws {
            guard let got, got != count else { return }
            throw ObjectiveError.lengths(place: "\(name) of output \(number)", expected: count, got: got)
        }
        try requireLength("sampledLogProbabilities", sampledLogProbabilities.count)
        try requireLength("referenceLogProbabilities", referenceLogProbabilities?.count)
        try requireLength("mask", mask?.count)
        try ObjectiveError.requireFinite(advantage, "The advantage of output \(number)")
        let tokens = tokens
        if needsReference, referenceLogProbabilities == nil, !tokens.isEmpty {
            throw ObjectiveError.missingReference(output: number)
        }
        for token in tokens {
            let place = "of token \(token) in output \(number)"
            try Self.requireCredible(logProbabilities[token], "The log-probability \(place)")
            try Self.requireCredible(sampledLogProbabilities[token], "The log-probability at sampling time \(place)")
            if let reference = referenceLogProbabilities {
                try Self.requireCredible(reference[token], "The log-probability under the reference \(place)")
            }
        }
    }

    /// Throws unless a log-probability is finite, and so small that squares and sums of such numbers are.
    private static func requireCredible(_ value: Double, _ place: @autoclosure () -> String) throws {
        try ObjectiveError.requireFinite(value, place())
        guard abs(value) > 1e150 else { return }
        throw ObjectiveError.overflow(
            place: place(), cause: "it is \(value)", remedy: "find where it comes from, or leave the output out")
    }
}

/// How much a whole update holds, which every part of it is divided by.
///
/// A mean over an update is not the mean of the means of its micro-batches when these hold different numbers of
/// tokens. So the counts of the whole update are given to each micro-batch, and losses and gradients simply add up.
public struct ObjectiveNormalizer: Sendable, Equatable, Codable {
    /// Outputs in the update that take part with at least one token.
    public var outputs: Int
    /// Tokens in the update that take part.
    public var tokens: Int

    /// The counts of an update.
    ///
    /// TRL counts outputs that are masked throughout among the outputs, verl does not. ``init(counting:)`` does as
    /// verl; for the other give the number of all outputs here.
    /// - Parameters:
    ///   - outputs: outputs in the update.
    ///   - tokens: tokens in the update that take part.
    public init(outputs: Int, tokens: Int) {
        self.outputs = outputs
        self.tokens = tokens
    }

    /// The counts of some outputs: their tokens that take part, and the outputs that have any.
    /// - Parameter outputs: all outputs of the update, or of one part.
    public init(counting outputs: [ScoredOutput]) {
        let counts = outputs.map(\.tokens.count)
        self.init(outputs: counts.count { $0 > 0 }, tokens: counts.reduce(0, +))
    }

    /// The counts of two parts together.
    public static func + (left: ObjectiveNormalizer, right: ObjectiveNormalizer) -> ObjectiveNormalizer {
        ObjectiveNormalizer(outputs: left.outputs + right.outputs, tokens: left.tokens + right.tokens)
    }
}
