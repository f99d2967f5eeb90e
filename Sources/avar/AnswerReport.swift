import Foundation
import QwenVL
import Tokenization
import VisualAttention

/// What `avar generate` says about an answer.
struct AnswerReport: Encodable {
    let text: String
    let tokens: [Int]
    let finishReason: FinishReason
    let promptTokens: Int
    let imageTokens: Int
    let seconds: Double
    let prefillSeconds: Double
    let decodeTokensPerSecond: Double?
    /// Of the user's tokens that can see a picture; nil without a picture or when not observed.
    let question: AttentionReport?
    /// Of the answer's tokens, the last left out, which is never a query.
    let answer: AttentionReport?

    init(
        _ generation: Generation, input: ModelInput, tokenizer: Tokenizer, seconds: Double, prefillSeconds: Double
    ) throws {
        text = tokenizer.decode(generation.tokenIDs, skipsSpecialTokens: true)
        tokens = generation.tokenIDs
        finishReason = generation.finishReason
        promptTokens = input.inputIDs.count
        imageTokens = input.roles.count { $0 == .image }
        self.seconds = seconds
        self.prefillSeconds = prefillSeconds
        let steps = generation.tokenIDs.count - 1
        decodeTokensPerSecond = steps > 0 ? Double(steps) / max(seconds - prefillSeconds, 1e-9) : nil
        let observed = !generation.promptMasses.isEmpty && imageTokens > 0
        question =
            observed ? try AttentionReport(AttentionMass(generation.promptMasses, queries: input.userQueries)) : nil
        answer = observed ? try AttentionReport(AttentionMass(steps: generation.masses)) : nil
    }

    /// The same for people.
    var lines: [String] {
        var lines = [
            "\(tokens.count) tokens (\(finishReason.rawValue)), prompt \(promptTokens) tokens of which \(imageTokens) visual, "
                + "first token after \(prefillSeconds.fixed(2)) s"
                + (decodeTokensPerSecond.map { ", then \($0.fixed(1)) tokens/s" } ?? "")
        ]
        for (name, report) in [("question", question), ("answer", answer)] {
            guard let report else { continue }
            lines.append("attention of the \(name): " + report.summary)
        }
        return lines
    }
}

/// Shares by role, and the score.
struct AttentionReport: Encodable {
    /// One layer's mean shares, over heads and queries.
    struct Layer: Encodable {
        let system: Double
        let visual: Double
        let user: Double
        let response: Double
        let marker: Double
        /// Of the system turn's share what the first token has, the usual attention sink.
        let first: Double
        let vas: Double
    }

    let queries: Int
    let layers: [Layer]
    let vas: VisualAttentionScore
    let vasWithoutFirst: VisualAttentionScore

    /// The report of one sample, nil if it has no queries.
    init?(_ mass: AttentionMass) {
        guard let score = VisualAttentionScore(mass), let without = VisualAttentionScore(mass, countsFirstToken: false)
        else {
            return nil
        }
        queries = mass.queryCount
        vas = score
        vasWithoutFirst = without
        layers = (0..<mass.layerCount).map { layer in
            Layer(layer: layer, vas: score.perLayer[layer]) { mass.share(of: $0, layer: layer) }
        }
    }

    /// The report of many samples, nil if there are none.
    init?(_ summary: AttentionSummary) {
        guard let score = summary.score(), let without = summary.score(countsFirstToken: false) else { return nil }
        queries = summary.count
        vas = score
        vasWithoutFirst = without
        layers = (0..<summary.layerCount).map { layer in
            Layer(layer: layer, vas: score.perLayer[layer]) { summary.share(of: $0, layer: layer) }
        }
    }

    /// Mean shares over the layers, and the score, in one line.
    var summary: String {
        func mean(_ part: (Layer) -> Double) -> Double { layers.reduce(0) { $0 + part($1) } / Double(layers.count) }
        return "picture \(mean(\.visual).percent), system \(mean(\.system).percent), question \(mean(\.user).percent), "
            + "answer \(mean(\.response).percent); VAS \(vas.paper.fixed(2)) (pooled \(vas.pooled.fixed(2)))"
    }
}

extension AttentionReport.Layer {
    fileprivate init(layer: Int, vas: Double, share: (RoleGroup) -> Double) {
        self.init(
            system: share(.system), visual: share(.visual), user: share(.user), response: share(.response),
            marker: share(.marker),
            first: share(.system) - share(.systemWithoutFirst), vas: vas)
    }
}
