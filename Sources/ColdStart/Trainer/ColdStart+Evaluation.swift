import QwenVL
import Torch
import Training
import VisualAttention

extension ColdStart {
    /// The loss and the Visual Attention Score of held-out samples: `loss` over their response tokens, the means over samples of the
    /// score's forms (`vas_paper`, `vas_pooled`, `vas_reward`, `vas_geometric`) and of the shares of attention.
    /// - Returns: numbers by name, none without held-out samples.
    /// - Throws: as a pass does.
    public func evaluate() throws -> [String: Double] {
        guard let heldOut else { return [:] }
        let count = min(heldOut.entries.count, recipe.heldOutCount ?? .max)
        // By length, so that little is padding; nothing of the result depends on the order but the last digits.
        let order = (0..<count).sorted { (heldOut.entries[$0].tokens, $0) < (heldOut.entries[$1].tokens, $1) }
        var (loss, tokens) = (0.0, 0)
        var sums: [String: (sum: Double, count: Int)] = [:]
        func add(_ name: String, _ value: Double) {
            guard value.isFinite else { return }
            sums[name, default: (0, 0)].sum += value
            sums[name, default: (0, 0)].count += 1
        }
        for pass in passes(order.map { ($0, heldOut.entries[$0].tokens) }) {
            let inputs = try pass.map(heldOut.input)
            try withoutGradient {
                let output = try model.forward(
                    batch: inputs, logits: .none, groups: inputs.map { KeyGroups(roles: $0.roles) })
                let answers = AnswerRows(inputs)
                let found = try model.crossEntropy(
                    of: answers.select(output.hiddenStates), targets: answers.targets,
                    factors: [Double](repeating: 1, count: answers.rows.count))
                loss += try found.loss.item()
                tokens += answers.rows.count
                for (index, input) in inputs.enumerated() where !input.userQueries.isEmpty {
                    let mass = try AttentionMass(
                        output.masses.map { try $0.slice(0, index..<index + 1) }, queries: input.userQueries)
                    add("image_share", mass.share(of: .visual))
                    add("system_share", mass.share(of: .system))
                    add("text_share", mass.share(of: .user) + mass.share(of: .response))
                    guard input.roles.contains(.system), let score = VisualAttentionScore(mass) else { continue }
                    add("vas_paper", score.paper)
                    add("vas_pooled", score.pooled)
                    add("vas_reward", score.reward)
                    add("vas_geometric", score.geometric)
                }
            }
        }
        var result = sums.mapValues { $0.sum / Double($0.count) }
        result["loss"] = loss / Double(max(1, tokens))
        return result
    }

    /// Samples in passes of at most the recipe's tokens, padding included.
    private func passes(_ samples: [(index: Int, tokens: Int)]) -> [[Int]] {
        var result: [[Int]] = []
        var widest = 0
        let most = recipe.plan.microBatchTokens ?? .max
        for (index, tokens) in samples {
            widest = max(widest, tokens)
            if let last = result.last, (last.count + 1) * widest <= most {
                result[result.count - 1].append(index)
            } else {
                result.append([index])
                widest = tokens
            }
        }
        return result
    }
}
