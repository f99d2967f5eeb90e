import QwenVL
import VisualAttention

/// Shares by role, and the score.
struct AttentionReport: Encodable {
    let queries: Int
    /// Layer by layer, mean shares over heads and queries.
    let layers: [LayerAttention]
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
        layers = mass.layers(score)
    }

    /// The report of many samples, nil if there are none.
    init?(_ summary: AttentionSummary) {
        guard let score = summary.score(), let without = summary.score(countsFirstToken: false) else { return nil }
        queries = summary.count
        vas = score
        vasWithoutFirst = without
        layers = (0..<summary.layerCount).map { layer in
            LayerAttention(vas: score.perLayer[layer]) { summary.share(of: $0, layer: layer) }
        }
    }

    /// Mean shares over the layers, and the score, in one line.
    var summary: String {
        func mean(_ part: (LayerAttention) -> Double) -> Double {
            layers.reduce(0) { $0 + part($1) } / Double(layers.count)
        }
        return "picture \(mean(\.visual).percent), system \(mean(\.system).percent), question \(mean(\.user).percent), "
            + "answer \(mean(\.response).percent); VAS \(vas.paper.fixed(2)) (pooled \(vas.pooled.fixed(2)))"
    }
}
