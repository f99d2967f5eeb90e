import Foundation

/// The Visual Attention Score of one sample in the four forms in which a mean of ratios can be taken (arXiv 2603.03825).
///
/// For a query i, head h and layer l the score is the attention to visual tokens over the attention to the system turn.
public struct VisualAttentionScore: Sendable, Equatable {
    /// Mean over layers, heads and queries of the ratios: the paper's form.
    ///
    /// Fragile: one head that gives the system turn nearly nothing decides it.
    public var paper: Double
    /// Masses averaged over heads and queries, then divided, then averaged over layers.
    public var pooled: Double
    /// Masses averaged over heads, then divided (with 1e-6 added to the system's), then averaged over queries and layers: the
    /// form of the reward.
    public var reward: Double
    /// Exponential of the mean logarithm of the ratios.
    public var geometric: Double
    /// The paper's form layer by layer.
    public var perLayer: [Double]
    /// Share of layer-and-head pairs, in 0...1, whose mean ratio over the queries that have one is above 1,000.
    public var extremeHeads: Double
    /// Ratios left out of `paper` and `geometric` because the system turn, or for the logarithm the picture, got nothing.
    public var undefinedRatios: Int

    /// A head whose ratio is above this decides the mean by itself.
    public static let extremeRatio = 1000.0
    /// Added to the system's mass in the reward's form.
    public static let rewardEpsilon = 1e-6

    /// The score of one sample.
    /// - Parameters:
    ///   - mass: what its queries pay to each group.
    ///   - countsFirstToken: false to leave position 0, the attention sink, out of the system turn.
    public init?(_ mass: AttentionMass, countsFirstToken: Bool = true) {
        guard mass.queryCount > 0, mass.layerCount > 0 else { return nil }
        var sums = Sums(layerCount: mass.layerCount)
        for layer in 0..<mass.layerCount { sums.add(mass, layer: layer, countsFirstToken: countsFirstToken) }
        self.init(sums)
    }

    private init(_ sums: Sums) {
        let layers = Double(sums.perLayer.count)
        perLayer = sums.perLayer.map { $0.ratios == 0 ? .nan : $0.ratioSum / Double($0.ratios) }
        let ratios = sums.perLayer.reduce(0) { $0 + $1.ratios }
        paper = ratios == 0 ? .nan : sums.perLayer.reduce(0) { $0 + $1.ratioSum } / Double(ratios)
        pooled = sums.perLayer.reduce(0) { $0 + $1.pooled } / layers
        reward = sums.perLayer.reduce(0) { $0 + $1.reward } / layers
        geometric = sums.logarithms == 0 ? .nan : exp(sums.logarithmSum / Double(sums.logarithms))
        extremeHeads = Double(sums.extremeHeads) / Double(max(1, sums.heads))
        undefinedRatios = sums.undefined
    }
}

/// What a score is the quotient of.
private struct Sums {
    struct Layer {
        var ratioSum = 0.0
        var ratios = 0
        var pooled = 0.0
        var reward = 0.0
    }

    var perLayer: [Layer]
    var logarithmSum = 0.0
    var logarithms = 0
    var extremeHeads = 0
    var heads = 0
    var undefined = 0

    init(layerCount: Int) { perLayer = [Layer](repeating: Layer(), count: layerCount) }

    mutating func add(_ mass: AttentionMass, layer: Int, countsFirstToken: Bool) {
        var visualByQuery = [Double](repeating: 0, count: mass.queryCount)
        var systemByQuery = visualByQuery
        for head in 0..<mass.headCount {
            var (headSum, headRatios) = (0.0, 0)
            for query in 0..<mass.queryCount {
                let visual = mass[layer, head, query, .visual]
                let system = mass[layer, head, query, countsFirstToken ? .system : .systemWithoutFirst]
                visualByQuery[query] += visual
                systemByQuery[query] += system
                if system > 0 { headRatios += 1 }
                headSum += addRatio(visual: visual, system: system, layer: layer)
            }
            heads += 1
            if headSum > VisualAttentionScore.extremeRatio * Double(headRatios) { extremeHeads += 1 }
        }
        let heads = Double(mass.headCount)
        perLayer[layer].pooled = visualByQuery.reduce(0, +) / systemByQuery.reduce(0, +)
        perLayer[layer].reward =
            zip(visualByQuery, systemByQuery)
            .map { ($0 / heads) / ($1 / heads + VisualAttentionScore.rewardEpsilon) }
            .reduce(0, +) / Double(mass.queryCount)
    }

    private mutating func addRatio(visual: Double, system: Double, layer: Int) -> Double {
        guard system > 0 else {
            undefined += 1
            return 0
        }
        let ratio = visual / system
        perLayer[layer].ratioSum += ratio
        perLayer[layer].ratios += 1
        if ratio > 0 {
            logarithmSum += log(ratio)
            logarithms += 1
        } else {
            undefined += 1
        }
        return ratio
    }
}
