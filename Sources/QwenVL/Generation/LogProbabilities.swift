import Torch

extension QwenVLModel {
    /// How many rows of logits `[rows, vocabulary]` lie in memory at once.
    private static let logitRowsAtOnce = 64

    /// The log-probabilities of an answer's tokens, each given the prompt and the tokens before it (teacher forcing).
    ///
    /// One pass reads prompt and answer; logits are computed only for the answer, some rows at a time. The probabilities are
    /// those that ``Generation/logProbabilities`` reports for a sampled answer without intervention or contrast: under penalty,
    /// ban and temperature (1 for greedy options), before top-k and top-p.
    /// - Parameters:
    ///   - answer: the tokens, with the end token where there is one.
    ///   - prompt: ends in the header of an assistant turn.
    ///   - sampling: penalty, ban and temperature; the rest is not used.
    /// - Returns: float32 `[answer]` in nats, differentiable in the parameters; -infinity for a banned token.
    /// - Throws: ``QwenVLError/input(_:)`` for an empty answer or tokens that cannot be read,
    ///   ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if both are too long together.
    public func logProbabilities(
        of answer: [Int], after prompt: ModelInput, sampling: SamplingOptions = SamplingOptions()
    ) throws -> Tensor {
        guard !answer.isEmpty else { throw QwenVLError.input("An answer without tokens has no log-probabilities") }
        if let problem = sampling.problem { throw QwenVLError.input("The sampling options are wrong: \(problem)") }
        let hiddenStates = try forward(prompt.appending(answer), logits: .none).hiddenStates
        let first = prompt.inputIDs.count - 1
        let scorer = AnswerScorer(sampling: sampling, prompt: prompt.inputIDs, answer: answer)
        let parts = try stride(from: 0, to: answer.count, by: Self.logitRowsAtOnce).map { start in
            let rows = start..<min(start + Self.logitRowsAtOnce, answer.count)
            let states = try hiddenStates.select(0, 0).slice(0, first + rows.lowerBound..<first + rows.upperBound)
            return try scorer.logProbabilities(decoder.logits(states), rows: rows)
        }
        return try Tensor.concatenate(parts, axis: 0)
    }
}

extension ModelInput {
    /// The input with further tokens at its end.
    /// - Parameters:
    ///   - tokenIDs: the tokens, none of them a place for a picture.
    ///   - role: their part in the conversation.
    /// - Returns: the longer input, the tokens in the turn of its last token.
    public func appending(_ tokenIDs: [Int], role: TokenRole = .response) -> ModelInput {
        var longer = self
        longer.inputIDs += tokenIDs
        longer.roles += [TokenRole](repeating: role, count: tokenIDs.count)
        longer.turns += [Int](repeating: turns.last ?? 0, count: tokenIDs.count)
        return longer
    }
}

/// Scores the tokens of one answer as ``Sampler`` does, on tensors.
private struct AnswerScorer {
    let sampling: SamplingOptions
    let prompt: [Int]
    let answer: [Int]

    /// - Parameters:
    ///   - logits: `[rows, vocabulary]`, of the tokens before those of the answer.
    ///   - rows: which tokens of the answer.
    /// - Returns: float32 `[rows]`.
    /// - Throws: `TorchError` if a token is outside the vocabulary.
    func logProbabilities(_ logits: Tensor, rows: Range<Int>) throws -> Tensor {
        var scores = try logits.to(.float32)  // [rows, vocabulary]
        if sampling.repetitionPenalty != 1 { scores = try penalised(scores, rows: rows) }
        let vocabulary = scores.size(1)
        let banned = sampling.bannedTokenIDs.filter((0..<vocabulary).contains)
        if !banned.isEmpty {
            var mask = [Bool](repeating: false, count: vocabulary)
            for token in banned { mask[token] = true }
            scores = try scores.masked(Tensor(mask).to(device: scores.device), with: -.infinity)
        }
        if !sampling.isGreedy { scores = try scores / sampling.temperature }
        let tokens = try Tensor(Array(answer[rows]), shape: [rows.count, 1]).to(device: scores.device)
        return try (scores.gather(1, tokens) - scores.logSumExp([1], keep: true)).squeeze(1)
    }

    private func penalised(_ scores: Tensor, rows: Range<Int>) throws -> Tensor {
        let vocabulary = scores.size(1)
        var mask = [Bool](repeating: false, count: rows.count * vocabulary)
        for (row, token) in rows.enumerated() {
            for seen in prompt + answer[..<token] where seen < vocabulary { mask[row * vocabulary + seen] = true }
        }
        let penalty = sampling.repetitionPenalty
        let changed = try scores.less(0).choose(scores * penalty, otherwise: scores / penalty)
        let seen = try Tensor(mask, shape: scores.shape).to(device: scores.device)
        return try seen.choose(changed, otherwise: scores)
    }
}
