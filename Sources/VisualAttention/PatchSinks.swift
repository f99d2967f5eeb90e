import QwenVL
import Torch

/// A visual token that takes attention whatever is asked: an attention sink among the patches.
public struct PatchSink: Sendable, Equatable, Codable {
    /// Its place among the tokens.
    public var position: Int
    /// Which picture it is of, counted from 0.
    public var picture: Int
    /// Its row in the picture's grid of visual tokens, counted from 0.
    public var row: Int
    /// Its column in that grid, counted from 0.
    public var column: Int
    /// True if it lies at the border of the grid.
    public var isBorder: Bool
    /// The part of the attention on all pictures that it takes, in 0...1: a mean over queries.
    public var share: Double
    /// The part of the queries behind it from which it takes as much as the criterion asks, in 0...1.
    public var consistency: Double

    private enum CodingKeys: String, CodingKey {
        case position, picture, row, column, share, consistency
        case isBorder = "border"
    }
}

/// The attention sinks among the patches of one sample, and its attention without them.
///
/// Visual tokens that nearly every text token looks at, relevant or not, are described in arXiv 2503.03321 ("See what you are
/// told: visual attention sink in large multimodal models"): few, in fixed places, mostly in the background. Their attention
/// counts into the Visual Attention Score without anything being seen. Found here by the attention alone, as attention sinks of
/// language models are (arXiv 2410.10781, where a token that takes more than 0.3 of the attention is one): a visual token is a
/// sink if it takes from at least nine tenths of the queries behind it ten times its even share of their attention on the
/// pictures, or 0.3 of it, whichever is less, but at least three even shares; attention being the mean over layers and heads.
public struct PatchSinks: Sendable {
    /// How many times its even share a sink takes.
    public static let evenShares = 10.0
    /// What part of the attention on the pictures is enough in any case.
    public static let largeShare = 0.3
    /// How many even shares it takes at least, which decides where there are few visual tokens.
    public static let fewestShares = 3.0
    /// From what part of the queries.
    public static let consistency = 0.9

    /// The sinks, in the order of their positions.
    public let sinks: [PatchSink]
    /// The attention of the same queries, that on the sinks left out of the picture's.
    public let massWithout: AttentionMass

    /// What part of a query's attention on the pictures makes one of `count` visual tokens a sink.
    public static func threshold(of count: Int) -> Double {
        let even = 1 / Double(max(1, count))
        return max(fewestShares * even, min(largeShare, evenShares * even))
    }

    /// Looks for sinks among the visual tokens of an input.
    ///
    /// The rows of the queries are computed on demand, some queries at a time, and summed up; no map is kept.
    /// - Parameters:
    ///   - input: what a pass has read.
    ///   - mass: the attention of the recorded queries in that pass.
    ///   - recorder: was given to the pass.
    ///   - cache: was filled by the pass.
    ///   - modulation: the intervention of the pass, or nil.
    ///   - model: the model.
    /// - Throws: `QwenVLError` if the pass recorded nothing, `TorchError` if memory is short.
    public init(
        in input: ModelInput, mass: AttentionMass, recorder: QueryRecorder, cache: KeyValueCache,
        modulation: AttentionModulation? = nil, model: QwenVLModel
    ) throws {
        let visual = input.roles.indices.filter { input.roles[$0] == .image }
        let rows = VisualRows(model: model, input: input, recorder: recorder, cache: cache, modulation: modulation)
        var looks = SinkCounts(visual: visual)
        try rows.forEachQuery(over: visual) { looks.add($1, query: recorder.positions[$0]) }
        let found = looks.consistent
        guard !found.isEmpty else {
            (sinks, massWithout) = ([], mass)
            return
        }
        let places = input.visualPlaces(spatialMergeSize: model.configuration.vision.spatialMergeSize)
        sinks = found.map {
            PatchSink(position: visual[$0.key], place: places[$0.key], share: $0.share, consistency: $0.consistency)
        }
        let dropped = Set(found.map(\.key))
        let kept = visual.indices.filter { !dropped.contains($0) }.map { visual[$0] }
        massWithout = AttentionMass(mass, visual: try rows.sums(of: kept, mass))
    }
}

/// How the queries look at each visual token.
private struct SinkCounts {
    /// Where the visual tokens stand, ascending.
    let visual: [Int]
    /// Per visual token the queries behind it, those that look at it as the criterion asks, and the sum of its shares.
    private var seeing, looking: [Int]
    private var shares: [Double]

    init(visual: [Int]) {
        self.visual = visual
        seeing = [Int](repeating: 0, count: visual.count)
        looking = seeing
        shares = [Double](repeating: 0, count: visual.count)
    }

    /// Counts a query's weights on the visual tokens.
    mutating func add(_ weights: [Double], query: Int) {
        let seen = visual.prefix { $0 < query }.count
        let sum = weights.prefix(seen).reduce(0, +)
        guard seen > 1, sum > 0 else { return }
        let threshold = PatchSinks.threshold(of: seen)
        for key in 0..<seen {
            let share = weights[key] / sum
            seeing[key] += 1
            shares[key] += share
            if share >= threshold { looking[key] += 1 }
        }
    }

    /// The visual tokens that most of the queries behind them look at, each with its mean share and its consistency.
    var consistent: [(key: Int, share: Double, consistency: Double)] {
        visual.indices.compactMap { key in
            let count = Double(seeing[key])
            guard count > 0, Double(looking[key]) >= PatchSinks.consistency * count else { return nil }
            return (key, shares[key] / count, Double(looking[key]) / count)
        }
    }
}

/// The rows of the recorded queries over some keys, summed up in different ways.
private struct VisualRows {
    let model: QwenVLModel
    let input: ModelInput
    let recorder: QueryRecorder
    let cache: KeyValueCache
    let modulation: AttentionModulation?

    /// Calls `body` with the place of each query and its weights on the keys, means over layers and heads.
    func forEachQuery(over keys: [Int], _ body: (Int, [Double]) -> Void) throws {
        let indices = try Tensor(keys)
        let layers = model.configuration.text.layerCount
        for start in stride(from: 0, to: recorder.positions.count, by: QwenVLModel.rowsAtOnce) {
            let places = start..<min(start + QwenVLModel.rowsAtOnce, recorder.positions.count)
            var sums = [Double](repeating: 0, count: places.count * keys.count)
            for layer in 0..<layers {
                try forEachRows(layer, places: places) { _, rows in
                    let ofHeads = try rows.mean([1]).indexSelect(1, indices).floats()  // [queries, keys]
                    for (index, weight) in ofHeads.enumerated() { sums[index] += Double(weight) / Double(layers) }
                }
            }
            for place in places {
                let row = (place - places.lowerBound) * keys.count
                body(place, Array(sums[row..<row + keys.count]))
            }
        }
    }

    /// Sums over keys, `[layers, heads, queries]`.
    func sums(of keys: [Int], _ mass: AttentionMass) throws -> [Float] {
        let indices = try Tensor(keys)
        var sums = [Float](repeating: 0, count: mass.layerCount * mass.headCount * mass.queryCount)
        for layer in 0..<mass.layerCount {
            try forEachRows(layer) { part, rows in
                let ofKeys = try rows.indexSelect(2, indices).sum([2]).floats()  // [queries, heads]
                for query in part {
                    for head in 0..<mass.headCount {
                        sums[(layer * mass.headCount + head) * mass.queryCount + query] =
                            ofKeys[(query - part.lowerBound) * mass.headCount + head]
                    }
                }
            }
        }
        return sums
    }

    private func forEachRows(
        _ layer: Int, places: Range<Int>? = nil, _ body: (Range<Int>, Tensor) throws -> Void
    ) throws {
        try withoutGradient {
            try model.forEachAttentionRows(
                recorder, layer: layer, cache: cache, modulation: modulation, input: input, places: places
            ) { try body($0, $1.to(device: .cpu)) }
        }
    }
}

extension PatchSink {
    fileprivate init(position: Int, place: VisualPlace, share: Double, consistency: Double) {
        self.init(
            position: position, picture: place.picture, row: place.row, column: place.column, isBorder: place.isBorder,
            share: share, consistency: consistency)
    }
}

/// Where in its picture a visual token lies.
public struct VisualPlace: Sendable, Equatable {
    /// Which picture it is of, counted from 0.
    public var picture: Int
    /// Its row in the grid of visual tokens.
    public var row: Int
    /// Its column in that grid, counted from 0.
    public var column: Int
    /// The grid's rows and columns.
    public var rows, columns: Int

    /// True at the border of the grid.
    public var isBorder: Bool { row == 0 || column == 0 || row == rows - 1 || column == columns - 1 }
}

extension ModelInput {
    /// Where the visual tokens lie in their pictures, in the order of the tokens.
    /// - Parameter spatialMergeSize: patches along the side of a visual token.
    /// - Returns: one place for each.
    public func visualPlaces(spatialMergeSize: Int) -> [VisualPlace] {
        grids.enumerated().flatMap { picture, grid -> [VisualPlace] in
            let (rows, columns) = (grid.height / spatialMergeSize, grid.width / spatialMergeSize)
            return (0..<grid.temporal * rows * columns).map { index in
                VisualPlace(
                    picture: picture, row: index / columns % rows, column: index % columns, rows: rows, columns: columns
                )
            }
        }
    }
}
