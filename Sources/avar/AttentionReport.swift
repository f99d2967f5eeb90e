import QwenVL
import VisualAttention

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
