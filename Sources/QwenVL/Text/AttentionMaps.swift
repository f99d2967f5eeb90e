import Torch

/// Rows of the attention map that a person wants to look at: where tokens look while an answer is written.
///
/// The rows cost one more pass over the weights that the step has computed anyway; nothing else is kept of the map.
public struct AttentionMaps: Sendable, Equatable {
    /// One view of a token's rows: their mean over some layers and query heads.
    public struct Selection: Sendable, Hashable {
        /// The layers; nil for all.
        public var layers: Set<Int>?
        /// The query heads of each; nil for all.
        public var heads: Set<Int>?

        /// A view.
        /// - Parameters:
        ///   - layers: the layers, or nil for all.
        ///   - heads: the query heads of each, or nil for all.
        public init(layers: Set<Int>? = nil, heads: Set<Int>? = nil) {
            self.layers = layers
            self.heads = heads
        }
    }

    /// The views of each token.
    public var selections: [Selection]
    /// The prompt's tokens whose weights are kept, usually the visual ones.
    public var keys: [Int]

    /// Views of a token's rows.
    /// - Parameters:
    ///   - selections: the views.
    ///   - keys: the prompt's tokens whose weights are kept.
    public init(_ selections: [Selection] = [Selection()], keys: [Int]) {
        self.selections = selections
        self.keys = keys
    }

    func check(_ configuration: TextConfiguration, tokens: Int) throws {
        let layers = Set(selections.flatMap { $0.layers ?? [] }), heads = Set(selections.flatMap { $0.heads ?? [] })
        guard layers.allSatisfy((0..<configuration.layerCount).contains),
            heads.allSatisfy((0..<configuration.attentionHeads).contains),
            selections.allSatisfy({ $0.layers?.isEmpty != true && $0.heads?.isEmpty != true })
        else {
            throw QwenVLError.input(
                "An attention map names a layer or head that the model does not have; it has layers 0 to "
                    + "\(configuration.layerCount - 1) and heads 0 to \(configuration.attentionHeads - 1)")
        }
        guard keys.allSatisfy((0..<tokens).contains) else {
            throw QwenVLError.input("An attention map names a key outside the \(tokens) tokens of the prompt")
        }
    }
}

/// Sums up the views of the tokens of one step, layer by layer.
final class MapCollector {
    private let configuration: TextConfiguration
    private let wanted: [AttentionMaps?]
    /// `[sequence][selection][key]`, sums over layers and heads.
    private var sums: [[[Double]]]

    /// Nil where no sequence wants a map.
    init?(_ wanted: [AttentionMaps?], configuration: TextConfiguration) {
        guard wanted.contains(where: { $0 != nil }) else { return nil }
        self.configuration = configuration
        self.wanted = wanted
        sums = wanted.map { maps in
            (maps?.selections ?? []).map { _ in [Double](repeating: 0, count: maps?.keys.count ?? 0) }
        }
    }

    func wants(layer: Int) -> Bool { wanted.indices.contains { wants(layer: layer, sequence: $0) } }

    func wants(layer: Int, sequence: Int) -> Bool {
        wanted[sequence]?.selections.contains { $0.layers?.contains(layer) ?? true } ?? false
    }

    /// - Parameters:
    ///   - weights: `[sequences, heads, keys]`.
    ///   - layer: where they are from.
    ///   - sequences: whose they are.
    /// - Throws: `TorchError` if the weights cannot be read.
    func take(_ weights: Tensor, layer: Int, sequences: Range<Int>) throws {
        let (heads, stride) = (weights.size(1), weights.size(2))
        let numbers = try weights.floats()
        for sequence in sequences where wants(layer: layer, sequence: sequence) {
            guard let maps = wanted[sequence] else { continue }
            for (index, selection) in maps.selections.enumerated() where selection.layers?.contains(layer) ?? true {
                for head in 0..<heads where selection.heads?.contains(head) ?? true {
                    let row = ((sequence - sequences.lowerBound) * heads + head) * stride
                    for (place, key) in maps.keys.enumerated() {
                        sums[sequence][index][place] += Double(numbers[row + key])
                    }
                }
            }
        }
    }

    /// The means of a sequence, `[selection][key]`.
    func means(sequence: Int) -> [[Float]] {
        zip(sums[sequence], wanted[sequence]?.selections ?? []).map { sums, selection in
            let layers = selection.layers?.count ?? configuration.layerCount
            let heads = selection.heads?.count ?? configuration.attentionHeads
            return sums.map { Float($0 / Double(layers * heads)) }
        }
    }
}

/// Keeps the queries of chosen tokens of one sequence, so that their rows can be computed against the cache afterwards.
public final class QueryRecorder {
    /// Places of the tokens whose queries are kept, counted from 0 in the input.
    public let positions: [Int]
    /// Per layer `[positions, heads, headSize]`, turned.
    private(set) var queries: [Int: Tensor] = [:]

    /// A recorder for one pass.
    /// - Parameter positions: the tokens whose queries are kept.
    public init(positions: [Int]) { self.positions = positions }

    func take(_ query: Tensor, layer: Int) throws {
        let indices = try Tensor(positions).to(device: query.device)
        queries[layer] = try query.select(0, 0).indexSelect(0, indices)
    }
}
