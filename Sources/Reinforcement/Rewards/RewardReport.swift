import Scoring
import Training

/// The rewards of a batch, with what each part said.
public struct RewardReport: Sendable {
    /// What one part of the mix said of the batch.
    public struct Part: Sendable, Equatable {
        /// Under which it is logged.
        public let name: String
        /// By which its values are multiplied.
        public let weight: Double
        /// Whether it looks at the form of a response only.
        public let judgesFormOnly: Bool
        /// One value for each rollout, before the weight.
        public let raw: [Double]
        /// One value for each rollout, as it is added to the others.
        public let weighted: [Double]
        /// What was counted on the way.
        public let counts: [String: Int]
        /// Further numbers of each rollout, which are logged and not paid.
        public let details: [String: [Double?]]
        /// Why the values say nothing, if the part failed and the batch goes on without it.
        public let failure: String?

        init(_ part: any RewardPart, _ values: RewardValues) {
            (name, weight, judgesFormOnly) = (part.name, part.weight, part.judgesFormOnly)
            raw = values.values
            weighted = values.values.map { $0 * part.weight }
            (counts, details, failure) = (values.counts, values.details, values.failure)
        }
    }

    /// The parts in the order of the mix.
    public let parts: [Part]
    /// The reward of each rollout: the sum of the weighted values of all parts.
    public let totals: [Double]
    /// What every answer says, and whether that is right.
    public let judgements: [Judgement]
    /// What the groups have to learn from.
    public let statistics: RewardStatistics

    init(_ batch: RewardBatch, _ parts: [Part]) {
        self.parts = parts
        judgements = batch.judgements
        let totals = batch.inputs.indices.map { index in parts.reduce(0) { $0 + $1.weighted[index] } }
        self.totals = totals
        statistics = RewardStatistics(groups: batch.groups, parts: parts, totals: totals)
    }

    /// What failed and was gone without, a sentence each.
    public var failures: [String] { parts.compactMap(\.failure) }

    /// Everything as numbers with names, as a log takes them; what has no value in this batch is left out.
    ///
    /// `reward/total` is a mean over rollouts, and so are `reward/NAME` (before the weight), `reward/NAME/weighted` and
    /// `reward/NAME/details/DETAIL`, the last once more over right and over wrong answers; `reward/NAME/counts/COUNT`
    /// are counts. `reward/NAME/variance_share` is the mean over the groups that have signal, `variance_share_pooled`
    /// that of sums. `groups/standard_deviation` is a mean over groups, `groups/without_signal` and `groups/form_only`
    /// are shares of groups.
    public var numbers: [(name: String, value: Double)] {
        metrics.compactMap { entry in entry.metric.value.map { (entry.name, $0) } }
    }

    /// ``numbers`` as a log joins them with those of other batches: each mean weighs as much as it is a mean of.
    public var metrics: [(name: String, metric: Metric)] {
        var metrics: [(name: String, metric: Metric)] = []
        func add(_ name: String, _ value: Double?, weight: Double) {
            if let value { metrics.append((name, .mean(value, weight: weight))) }
        }
        func add(_ name: String, meanOf values: [Double]) {
            guard !values.isEmpty else { return }
            let count = Double(values.count)
            metrics.append((name, .mean(values.reduce(0, +) / count, weight: count)))
        }
        let groups = statistics.groups
        let withSignal = Double(groups.count { $0.signal != .none })
        add("reward/total", meanOf: totals)
        for (index, part) in parts.enumerated() {
            let name = "reward/\(part.name)"
            add(name, meanOf: part.raw)
            add("\(name)/weighted", meanOf: part.weighted)
            add("\(name)/variance_share", statistics.meanShares?[index], weight: withSignal)
            add(
                "\(name)/variance_share_pooled", statistics.pooledShares?[index], weight: statistics.squaredDeviations)
            for (key, values) in part.details.sorted(by: { $0.key < $1.key }) {
                let judged = zip(values, judgements)
                add("\(name)/details/\(key)", meanOf: values.compactMap(\.self))
                add("\(name)/details/\(key)/right", meanOf: judged.filter(\.1.isCorrect).compactMap(\.0))
                add("\(name)/details/\(key)/wrong", meanOf: judged.filter { !$0.1.isCorrect }.compactMap(\.0))
            }
            for (key, count) in part.counts.sorted(by: { $0.key < $1.key }) {
                metrics.append(("\(name)/counts/\(key)", .sum(Double(count))))
            }
        }
        add("groups/standard_deviation", meanOf: groups.map(\.standardDeviation))
        add("groups/without_signal", meanOf: groups.map { $0.signal == .none ? 1 : 0 })
        add("groups/form_only", meanOf: groups.map { $0.signal == .formOnly ? 1 : 0 })
        return metrics
    }
}
