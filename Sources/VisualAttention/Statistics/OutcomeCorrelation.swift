/// Whether samples of one model that are answered right have another score than those that are not.
///
/// Samples of one model are not models: the paper's r is over models, and this says nothing about it.
public struct OutcomeCorrelation: Sendable, Equatable, Codable {
    /// Samples of one kind.
    public struct Group: Sendable, Equatable, Codable {
        /// The kind; empty for all samples.
        public let name: String
        /// How many samples are of this kind.
        public let count: Int
        /// Samples that are answered right.
        public let right: Int
        /// The mean score of those; nil without any.
        public let meanRight: Double?
        /// The mean score of the others; nil without any.
        public let meanWrong: Double?
        /// The point-biserial correlation, which is Pearson's r with 1 for right and 0 for wrong; nil if not defined.
        public let pearson: Correlation?

        init(_ name: String, _ items: [(score: Double, isRight: Bool)]) {
            func mean(_ isRight: Bool) -> Double? {
                let own = items.filter { $0.isRight == isRight }
                return own.isEmpty ? nil : own.reduce(0) { $0 + $1.score } / Double(own.count)
            }
            (self.name, count, right) = (name, items.count, items.count(where: \.isRight))
            (meanRight, meanWrong) = (mean(true), mean(false))
            pearson = Correlation.pearson(items.map(\.score), items.map { $0.isRight ? 1 : 0 })
        }
    }

    /// All samples as one group.
    public let all: Group
    /// The bootstrap interval of Pearson's r.
    public let pearsonInterval: BootstrapInterval?
    /// Spearman's rho; nil if not defined.
    public let spearman: Correlation?
    /// The bootstrap interval of Spearman's rho.
    public let spearmanInterval: BootstrapInterval?
    /// r of the deviations from the means of the kinds, so that a kind with a high score that is easy does not count.
    public let within: Correlation?
    /// Kind by kind, by name.
    public let groups: [Group]

    /// Correlates the scores of some samples with whether they are answered right.
    /// - Parameters:
    ///   - scores: one per sample; samples without a score are left out.
    ///   - isRight: whether the answer is right, one per sample.
    ///   - kinds: the kind of each sample.
    ///   - resamples: how often the bootstrap draws.
    ///   - seed: the same seed gives the same intervals.
    public init(
        scores: [Double?], isRight: [Bool], kinds: [String], resamples: Int = 2_000, seed: UInt64 = 0
    ) {
        let items = scores.indices.compactMap { index -> (kind: String, score: Double, isRight: Bool)? in
            guard let score = scores[index], score.isFinite else { return nil }
            return (kinds[index], score, isRight[index])
        }
        let (x, y) = (items.map(\.score), items.map { $0.isRight ? 1.0 : 0 })
        all = Group("", items.map { ($0.score, $0.isRight) })
        pearsonInterval = BootstrapInterval(x, y, resamples: resamples, seed: seed)
        spearman = Correlation.spearman(x, y)
        spearmanInterval = BootstrapInterval(x, y, resamples: resamples, seed: seed, ofRanks: true)
        within =
            Rungs(
                items.map {
                    ScoreItem(name: "", rung: $0.kind, vas: $0.score, accuracy: $0.isRight ? 1 : 0)
                }
            ).within
        groups = Dictionary(grouping: items, by: \.kind).sorted { $0.key < $1.key }
            .map { Group($0.key, $0.value.map { ($0.score, $0.isRight) }) }
    }
}
