import QwenVL
import Torch
import Training

/// Passes of the policy over answers that were drawn: log-probabilities, and the gradient of an objective in them.
struct PolicyPass {
    let model: QwenVLModel
    let layout: QwenVLModel.BatchLayout
    let checkpointing: Bool
    let excluded: Set<Int>
    let temperature: Double
    /// The most tokens of a pass.
    let microBatchTokens: Int
    let adapters: LowRankAdapters?

    /// An answer behind its prompt.
    struct Scored {
        let input: ModelInput
        /// How many of the last tokens are the answer.
        let tokens: Int
    }

    /// Places of answers that go through the model together: by length, of at most so many tokens.
    func microBatches(_ answers: [Scored]) -> [[Int]] {
        let order = answers.indices.sorted {
            (answers[$1].input.inputIDs.count, $0) < (answers[$0].input.inputIDs.count, $1)
        }
        var (batches, tokens) = ([[Int]](), 0)
        for place in order {
            let count = answers[place].input.inputIDs.count
            if !batches.isEmpty, tokens + count <= microBatchTokens {
                batches[batches.count - 1].append(place)
                tokens += count
            } else {
                batches.append([place])
                tokens = count
            }
        }
        return batches
    }

    /// The hidden states of the rows that predict the answers' tokens, and these tokens.
    private func rows(_ answers: [Scored]) throws -> (states: Tensor, rows: AnswerRows) {
        let inputs = answers.map(\.input)
        let output = try model.forward(
            batch: inputs, logits: .none, layout: layout, checkpointing: checkpointing && isGradientEnabled)
        let rows = AnswerRows(inputs, layout: layout)
        precondition(rows.counts == answers.map(\.tokens), "a prompt has no answers of its own")
        return (try rows.select(output.hiddenStates), rows)
    }

    /// What the model says of answers, without a gradient.
    struct Values {
        /// `[answer][token]`, in nats.
        var logProbabilities: [[Double]]
        /// `[answer][token]`, in nats.
        var entropies: [[Double]]
    }

    /// Log-probabilities and entropies, in the order of the answers.
    func values(_ answers: [Scored]) throws -> Values {
        var found = Values(
            logProbabilities: [[Double]](repeating: [], count: answers.count),
            entropies: [[Double]](repeating: [], count: answers.count))
        try withoutGradient {
            for batch in microBatches(answers) {
                let (states, rows) = try rows(batch.map { answers[$0] })
                let own = try model.logProbabilities(
                    of: states, targets: rows.targets, excluded: excluded, temperature: temperature)
                for (place, part) in zip(batch, Self.parts(own.logProbabilities, rows.counts)) {
                    found.logProbabilities[place] = part
                }
                for (place, part) in zip(batch, Self.parts(own.entropies, rows.counts)) {
                    found.entropies[place] = part
                }
            }
        }
        return found
    }

    /// One pass with a gradient: what an objective makes of the log-probabilities is carried into the parameters' gradients.
    /// - Parameters:
    ///   - answers: a micro-batch.
    ///   - objective: given log-probabilities, returns the gradient by each of them.
    /// - Returns: log-probabilities and entropies.
    /// - Throws: what the pass or the objective throws.
    func backward(_ answers: [Scored], _ objective: ([[Double]]) throws -> [[Double]]) throws -> Values {
        let (states, rows) = try rows(answers)
        let found = try withoutGradient {
            try model.logProbabilities(
                of: states.detached(), targets: rows.targets, excluded: excluded, temperature: temperature)
        }
        let logProbabilities = Self.parts(found.logProbabilities, rows.counts)
        let gradients = try objective(logProbabilities)
        try model.logProbabilities(
            of: states, targets: rows.targets, factors: gradients.flatMap { $0 }, excluded: excluded,
            temperature: temperature
        ).sum.backward()
        return Values(logProbabilities: logProbabilities, entropies: Self.parts(found.entropies, rows.counts))
    }

    private static func parts(_ values: [Double], _ counts: [Int]) -> [[Double]] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return Array(values[start..<start + count])
        }
    }
}
