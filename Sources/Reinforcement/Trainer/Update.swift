import QwenVL
import Torch
import Training

/// One update of the policy: the gradients of the objective over some rollouts.
struct Update {
    let pass: PolicyPass
    let objective: PolicyObjective
    let items: [RolloutBatch.Item]
    /// The same behind their prompts.
    let answers: [PolicyPass.Scored]

    /// What came of it.
    struct Found {
        var loss = 0.0
        var metrics: [String: Metric] = [:]
    }

    /// Adds the gradients to the parameters'.
    /// - Parameter isFirst: whether the parameters are still those that drew the rollouts, so that what differs is rounding.
    /// - Returns: the loss, and what is to be logged.
    /// - Throws: `TrainingError.notFinite`, ``ObjectiveError``, what a pass throws.
    func gradients(isFirst: Bool) throws -> Found {
        let taking = items.indices.filter { items[$0].takesPart }
        let normalizer = ObjectiveNormalizer(
            outputs: taking.count, tokens: taking.reduce(0) { $0 + items[$1].tokenIDs.count })
        let learns = items.indices.filter {
            items[$0].takesPart && (items[$0].advantage != 0 || objective.settings.klCoefficient > 0)
        }
        let only = Set(learns)
        let watched = items.indices.filter { !only.contains($0) }
        var (loss, found, entropy) = (0.0, ObjectiveMetrics(), (sum: 0.0, count: 0))
        func take(_ places: [Int], _ logProbabilities: [[Double]]) throws -> [[Double]] {
            let outputs = try zip(places, logProbabilities).map { place, values in
                for value in values { try requireFinite(value, "the log-probabilities of a rollout") }
                let item = items[place]
                return ScoredOutput(
                    logProbabilities: values, sampledLogProbabilities: item.logProbabilities,
                    referenceLogProbabilities: item.referenceLogProbabilities,
                    mask: item.takesPart ? nil : [Bool](repeating: false, count: values.count),
                    advantage: item.advantage)
            }
            let value = try objective(outputs, normalizer: normalizer)
            loss += value.loss
            found += value.metrics
            return value.gradients
        }
        func note(_ values: PolicyPass.Values) {
            for row in values.entropies {
                entropy.sum += row.reduce(0, +)
                entropy.count += row.count
            }
        }
        let learning = learns.map { answers[$0] }
        for batch in pass.microBatches(learning) {
            let places = batch.places.map { learns[$0] }
            note(try pass.backward(batch, of: learning) { try take(places, $0) })
        }
        if learns.isEmpty, let first = answers.first {
            // Nothing to learn: gradients of zero, so that the update is one like any other.
            _ = try pass.backward(.init(shares: [[0]]), of: [first]) { $0.map { $0.map { _ in 0 } } }
        }
        // Groups without a signal are watched only, which costs no gradient.
        if !watched.isEmpty {
            let values = try pass.values(watched.map { answers[$0] })
            note(values)
            if !taking.isEmpty { _ = try take(watched, values.logProbabilities) }
        }
        var result = Found(loss: loss)
        func add(_ name: String, _ value: Double?, weight: Double = 1) {
            if let value { result.metrics[name] = .mean(value, weight: weight) }
        }
        let tokens = Double(max(1, found.counted.tokens))
        add("entropy", entropy.count > 0 ? entropy.sum / Double(entropy.count) : nil, weight: Double(entropy.count))
        let isSequence = objective.settings.ratioLevel == .sequence
        func fraction(_ count: ObjectiveMetrics.Count) -> Double? {
            isSequence ? found.outputFraction(count) : found.tokenFraction(count)
        }
        add("clipped_low", fraction(found.clippedLow), weight: tokens)
        add("clipped_high", fraction(found.clippedHigh), weight: tokens)
        if objective.settings.dualClip != nil { add("clipped_dual", fraction(found.clippedDual), weight: tokens) }
        add("ratio", found.ratio.mean, weight: tokens)
        add("kl_old_new", found.sampledK3.mean, weight: tokens)
        add("kl_reference", found.referenceK3.mean, weight: tokens)
        result.metrics[isFirst ? "sampling_mismatch" : "largest_log_ratio"] = .largest(found.largestLogRatio)
        result.metrics["learning_rollouts"] = .sum(Double(learns.count))
        return result
    }
}
