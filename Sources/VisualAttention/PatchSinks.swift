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
    /// Its column there.
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
/// pictures, or 0.3 of it, whichever is less; attention being the mean over layers and heads.
public struct PatchSinks: Sendable {
    /// How many times its even share a sink takes.
    public static let evenShares = 10.0
    /// What part of the attention on the pictures is enough in any case.
    public static let largeShare = 0.3
    /// From what part of the queries.
    public static let consistency = 0.9

    /// The sinks, in the order of their positions.
    public let sinks: [PatchSink]
    /// The attention of the same queries, that on the sinks left out of the picture's.
    public let massWithout: AttentionMass

    /// What part of a query's attention on the pictures makes one of `count` visual tokens a sink.
    public static func threshold(of count: Int) -> Double { min(largeShare, evenShares / Double(max(1, count))) }

    /// Looks for sinks among the visual tokens of an input.
    ///
    /// The rows of the queries are computed on demand and summed up; no map is kept.
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
        var rows = VisualRows(model: model, input: input, recorder: recorder, cache: cache, modulation: modulation)
        let weights = try rows.means(of: visual)
        let found = Self.consistent(weights, visual: visual, queries: recorder.positions)
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

    /// The visual tokens that most of the queries behind them look at.
    /// - Parameters:
    ///   - weights: `[query][key]`.
    ///   - visual: where the keys stand, ascending.
    ///   - queries: where the queries stand.
    /// - Returns: each with its mean share and its consistency.
    private static func consistent(
        _ weights: [[Double]], visual: [Int], queries: [Int]
    ) -> [(key: Int, share: Double, consistency: Double)] {
        // What each query gives to the tokens it sees, as parts of what it gives to all pictures.
        let shares = zip(weights, queries).compactMap {
            row, query -> (shares: ArraySlice<Double>, threshold: Double)? in
            let seen = visual.prefix { $0 < query }.count
            let sum = row.prefix(seen).reduce(0, +)
            guard seen > 1, sum > 0 else { return nil }
            return (ArraySlice(row.prefix(seen).map { $0 / sum }), threshold(of: seen))
        }
        return visual.indices.compactMap { key in
            let seeing = shares.filter { key < $0.shares.count }
            let looking = seeing.count { $0.shares[key] >= $0.threshold }
            guard !seeing.isEmpty, Double(looking) >= consistency * Double(seeing.count) else { return nil }
            let mean = seeing.reduce(0) { $0 + $1.shares[key] } / Double(seeing.count)
            return (key, mean, Double(looking) / Double(seeing.count))
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

    /// Means over layers and heads, `[query][key]`.
    mutating func means(of keys: [Int]) throws -> [[Double]] {
        let indices = try Tensor(keys)
        var sums = [[Double]](
            repeating: [Double](repeating: 0, count: keys.count), count: recorder.positions.count)
        let layers = model.configuration.text.layerCount
        for layer in 0..<layers {
            try forEachRows(layer) { part, rows in
                let ofHeads = try rows.mean([1]).indexSelect(1, indices).floats()  // [queries, keys]
                for query in part {
                    let row = (query - part.lowerBound) * keys.count
                    for key in keys.indices { sums[query][key] += Double(ofHeads[row + key]) / Double(layers) }
                }
            }
        }
        return sums
    }

    /// Sums over keys, `[layers, heads, queries]`.
    mutating func sums(of keys: [Int], _ mass: AttentionMass) throws -> [Float] {
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

    private func forEachRows(_ layer: Int, _ body: (Range<Int>, Tensor) throws -> Void) throws {
        try withoutGradient {
            try model.forEachAttentionRows(
                recorder, layer: layer, cache: cache, modulation: modulation, input: input
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
    /// Its column there.
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
