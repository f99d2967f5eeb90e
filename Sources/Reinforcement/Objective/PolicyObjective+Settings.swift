extension PolicyObjective {
    /// What the ratio of new to old probabilities is taken of.
    public enum RatioLevel: String, Sendable, Equatable, Codable, CaseIterable {
        /// Each token has its own: `r_t = exp(log p_new(t) - log p_old(t))` (GRPO, arXiv 2402.03300; PPO, arXiv
        /// 1707.06347).
        case token
        /// All tokens of an output share one, the geometric mean of theirs: `s = exp(mean_t (log p_new(t) - log
        /// p_old(t)))` (GSPO, arXiv 2507.18071, equation 7). Such ratios stay much nearer to 1, so the clip must be
        /// narrower: 3e-4 and 4e-4 in the paper (section 5.1), see ``Settings/gspo``.
        case sequence
    }

    /// How the losses of tokens become one number.
    public enum Aggregation: Sendable, Equatable, Codable {
        /// The mean over the tokens of each output, then over the outputs (GRPO, arXiv 2402.03300, equation 3).
        case sequenceMean
        /// The mean over all tokens of the update (DAPO, arXiv 2503.14476, equation 12, where it runs over a group;
        /// verl and TRL take the batch, and so does this).
        case tokenMean
        /// The sum over tokens divided by the number of outputs and by a constant length, usually the longest that is
        /// allowed (Dr. GRPO, arXiv 2503.20783, section 3.2; `loss_type="dr_grpo"` in TRL).
        case constantLength(Int)
    }

    /// The numbers that make an objective, with the named variants as presets.
    public struct Settings: Sendable, Equatable, Codable {
        /// Ratios are clipped below at `1 - clipLow`; in 0...1.
        public var clipLow: Double
        /// Ratios are clipped above at `1 + clipHigh`; at least 0.
        public var clipHigh: Double
        /// The largest ratio that counts at a negative advantage; above 1, nil for none.
        ///
        /// The surrogate goes no lower than `dualClip · A` there, so that one huge ratio cannot rule the update (arXiv
        /// 1912.09729, equation 5; 3 in verl and in the published AVAR script). TRL's `delta` is the same where it is
        /// above `1 + clipHigh`.
        public var dualClip: Double?
        /// What a ratio is taken of.
        public var ratioLevel: RatioLevel
        /// How the losses of tokens become one number.
        public var aggregation: Aggregation
        /// `beta`, the weight of the Kullback-Leibler term between policy and reference in the loss; at least 0.
        public var klCoefficient: Double
        /// How that divergence is estimated from a token.
        public var klEstimator: KLEstimator
        /// Where log ratios are clamped before they are raised; nil, the default, for nowhere.
        ///
        /// They are held in `-logRatioClamp ... logRatioClamp`, without a gradient outside. It holds for the ratio of
        /// new to old and for the exponent of `k3`, not for `k1` and `k2`. 20 in verl (`core_algos.py`) and EasyR1,
        /// which also cut `k3` off at 10; this does not.
        public var logRatioClamp: Double?

        /// An objective's numbers, by default those of GRPO.
        /// - Parameters:
        ///   - clipLow: how far ratios may fall below 1, in 0...1.
        ///   - clipHigh: how far ratios may rise above 1, at least 0.
        ///   - dualClip: the largest ratio that counts at a negative advantage, above 1.
        ///   - ratioLevel: what a ratio is taken of.
        ///   - aggregation: how the losses of tokens become one number.
        ///   - klCoefficient: the weight of the Kullback-Leibler term, at least 0.
        ///   - klEstimator: how that divergence is estimated.
        ///   - logRatioClamp: where log ratios are clamped before they are raised, above 0.
        public init(
            clipLow: Double = 0.2, clipHigh: Double = 0.2, dualClip: Double? = nil, ratioLevel: RatioLevel = .token,
            aggregation: Aggregation = .sequenceMean, klCoefficient: Double = 0, klEstimator: KLEstimator = .k3,
            logRatioClamp: Double? = nil
        ) {
            self.clipLow = clipLow
            self.clipHigh = clipHigh
            self.dualClip = dualClip
            self.ratioLevel = ratioLevel
            self.aggregation = aggregation
            self.klCoefficient = klCoefficient
            self.klEstimator = klEstimator
            self.logRatioClamp = logRatioClamp
        }

        /// GRPO (arXiv 2402.03300, equation 3) as AVAR uses it (arXiv 2603.03825).
        ///
        /// Clip 0.2, the mean of outputs' means, no
        /// Kullback-Leibler term. DeepSeekMath had 0.04 · `k3`. Advantages: ``Advantages/Scale/group``.
        public static let grpo = Settings()

        /// DAPO (arXiv 2503.14476, sections 3 and 4.1).
        ///
        /// Clip 0.2 below and 0.28 above, the mean over tokens, no Kullback-Leibler
        /// term. Advantages: ``Advantages/Scale/group``; with ``DynamicSampling`` and ``OverlongShaping``.
        public static let dapo = Settings(clipHigh: 0.28, aggregation: .tokenMean)

        /// GRPO done right (arXiv 2503.20783, section 3.2).
        ///
        /// Clip 0.2, the sum over tokens divided by a constant, no Kullback-Leibler term.
        /// Advantages: ``Advantages/Scale/none``.
        /// - Parameter length: the constant, usually the longest output that is allowed; above 0.
        /// - Returns: the settings.
        public static func drGRPO(length: Int) -> Settings { Settings(aggregation: .constantLength(length)) }

        /// GSPO (arXiv 2507.18071, equation 5 and section 5.1).
        ///
        /// One ratio per output, clip 3e-4 below and 4e-4 above, the mean of
        /// outputs, no Kullback-Leibler term. Advantages: ``Advantages/Scale/group``.
        public static let gspo = Settings(clipLow: 3e-4, clipHigh: 4e-4, ratioLevel: .sequence)

        /// Throws unless every number has a meaning.
        /// - Throws: ``ObjectiveError/setting(name:value:expected:)``, with the first that has none.
        func validate() throws {
            func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
                guard !holds else { return }
                throw ObjectiveError.setting(name: name, value: "\(value)", expected: expected)
            }
            try require((0...1).contains(clipLow), "clipLow", clipLow, "in 0...1")
            for (name, value) in [("clipHigh", clipHigh), ("klCoefficient", klCoefficient)] {
                try require(value >= 0 && value.isFinite, name, value, "finite and at least 0")
            }
            if let dualClip {
                try require(dualClip > 1 && dualClip.isFinite, "dualClip", dualClip, "finite and above 1")
            }
            if let clamp = logRatioClamp {
                try require(clamp > 0 && clamp <= 700, "logRatioClamp", clamp, "above 0 and at most 700")
            }
            if case .constantLength(let length) = aggregation {
                try require(length > 0, "constantLength", length, "above 0")
            }
        }
    }

    /// The named variants, for settings files and flags.
    public enum Preset: String, Sendable, Equatable, Codable, CaseIterable {
        /// GRPO, arXiv 2402.03300: ``Settings/grpo``.
        case grpo
        /// DAPO, arXiv 2503.14476: ``Settings/dapo``.
        case dapo
        /// Dr. GRPO, arXiv 2503.20783: ``Settings/drGRPO(length:)``.
        case drGRPO = "dr_grpo"
        /// GSPO, arXiv 2507.18071: ``Settings/gspo``.
        case gspo

        /// The variant's settings.
        /// - Parameter maximumLength: the longest output that is allowed, the constant of Dr. GRPO.
        /// - Returns: the settings.
        public func settings(maximumLength: Int) -> Settings {
            switch self {
            case .grpo: .grpo
            case .dapo: .dapo
            case .drGRPO: .drGRPO(length: maximumLength)
            case .gspo: .gspo
            }
        }

        /// What the variant divides advantages by.
        public var advantageScale: Advantages.Scale { self == .drGRPO ? .none : .group }
    }
}
