import QwenVL
import Torch
import Training

/// Passes of the policy over answers that were drawn: log-probabilities, and the gradient of an objective in them.
struct PolicyPass {
    let model: QwenVLModel
    let checkpointing: Bool
    let excluded: Set<Int>
    let temperature: Double
    /// The most tokens of a pass.
    let microBatchTokens: Int

    /// An answer to be put behind its prompt.
    struct Scored {
        /// Which problem it answers: answers to one problem share the pass over its prompt.
        let problem: Int
        let prompt: ModelInput
        let tokenIDs: [Int]
    }

    /// Answers that go through the model together.
    struct MicroBatch {
        /// Places of answers; those to one problem, as many as a pass may take, lie behind one copy of its prompt.
        var shares: [[Int]]

        /// All places, in the order of the shares.
        var places: [Int] { shares.flatMap { $0 } }
    }

    /// Some answers in passes of at most so many tokens, the longest first.
    func microBatches(_ answers: [Scored]) -> [MicroBatch] {
        var groups: [(problem: Int, places: [Int])] = []
        var places: [Int: Int] = [:]
        for place in answers.indices {
            let problem = answers[place].problem
            if places[problem] == nil {
                places[problem] = groups.count
                groups.append((problem, []))
            }
            if let group = places[problem] { groups[group].places.append(place) }
        }
        var shares: [(tokens: Int, places: [Int])] = []
        for group in groups {
            let prompt = answers[group.places[0]].prompt.inputIDs.count
            var own: (tokens: Int, places: [Int]) = (prompt, [])
            for place in group.places {
                let count = answers[place].tokenIDs.count
                if !own.places.isEmpty, own.tokens + count > microBatchTokens {
                    shares.append(own)
                    own = (prompt, [])
                }
                own.tokens += count
                own.places.append(place)
            }
            shares.append(own)
        }
        var (batches, tokens) = ([MicroBatch](), 0)
        for share in shares.sorted(by: { ($1.tokens, $0.places[0]) < ($0.tokens, $1.places[0]) }) {
            if !batches.isEmpty, tokens + share.tokens <= microBatchTokens {
                batches[batches.count - 1].shares.append(share.places)
                tokens += share.tokens
            } else {
                batches.append(MicroBatch(shares: [share.places]))
                tokens = share.tokens
            }
        }
        return batches
    }

    /// The hidden states of the rows that predict the answers' tokens, in the order of the micro-batch, and these tokens.
    private func rows(_ batch: MicroBatch, of answers: [Scored]) throws -> (states: Tensor, targets: [Int]) {
        let inputs = try batch.shares.map { share in
            try answers[share[0]].prompt.answered(byEach: share.map { answers[$0].tokenIDs })
        }
        let output = try model.forward(
            batch: inputs, logits: .none, layout: .packed, checkpointing: checkpointing && isGradientEnabled)
        let rows = AnswerRows(inputs, layout: .packed)
        precondition(
            rows.counts == batch.shares.map { $0.reduce(0) { $0 + answers[$1].tokenIDs.count } },
            "a prompt has no answers of its own")
        return (try rows.select(output.hiddenStates), rows.targets)
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
                let (states, targets) = try rows(batch, of: answers)
                let own = try model.logProbabilities(
                    of: states, targets: targets, excluded: excluded, temperature: temperature)
                let counts = batch.places.map { answers[$0].tokenIDs.count }
                for (place, part) in zip(batch.places, Self.parts(own.logProbabilities, counts)) {
                    found.logProbabilities[place] = part
                }
                for (place, part) in zip(batch.places, Self.parts(own.entropies, counts)) {
                    found.entropies[place] = part
                }
            }
        }
        return found
    }

    /// One pass with a gradient: what an objective makes of the log-probabilities is carried into the parameters' gradients.
    /// - Parameters:
    ///   - batch: a micro-batch of the answers.
    ///   - answers: all answers.
    ///   - objective: given log-probabilities in the order of the micro-batch, returns the gradient by each of them.
    /// - Returns: log-probabilities and entropies, in that order.
    /// - Throws: what the pass or the objective throws.
    func backward(
        _ batch: MicroBatch, of answers: [Scored], _ objective: ([[Double]]) throws -> [[Double]]
    ) throws -> Values {
        let (states, targets) = try rows(batch, of: answers)
        let counts = batch.places.map { answers[$0].tokenIDs.count }
        let found = try withoutGradient {
            try model.logProbabilities(
                of: states.detached(), targets: targets, excluded: excluded, temperature: temperature)
        }
        let logProbabilities = Self.parts(found.logProbabilities, counts)
        let gradients = try objective(logProbabilities)
        try model.logProbabilities(
            of: states, targets: targets, factors: gradients.flatMap { $0 }, excluded: excluded,
            temperature: temperature
        ).sum.backward()
        return Values(logProbabilities: logProbabilities, entropies: Self.parts(found.entropies, counts))
    }

    private static func parts(_ values: [Double], _ counts: [Int]) -> [[Double]] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return Array(values[start..<start + count])
        }
    }
}
