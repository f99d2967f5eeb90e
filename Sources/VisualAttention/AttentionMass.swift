import QwenVL
import Torch

/// The attention that some queries of one sample pay to each group, for every layer and head.
public struct AttentionMass: Sendable {
    /// Number of decoder layers.
    public let layerCount: Int
    /// Query heads of a layer.
    public let headCount: Int
    /// Number of queries.
    public let queryCount: Int
    /// Mass by layer, head, query and group, row-major `[layers, heads, queries, groups]`.
    public let values: [Float]

    private static let groupCount = RoleGroup.allCases.count

    /// The masses of chosen queries.
    /// - Parameters:
    ///   - masses: per layer `[1, heads, tokens, groups]`, the groups those of ``RoleGroup``.
    ///   - queries: rows to keep.
    /// - Throws: `TorchError` if a tensor has another shape or a query is out of range.
    public init(_ masses: [Tensor], queries: [Int]) throws {
        layerCount = masses.count
        headCount = masses.first?.size(1) ?? 0
        queryCount = queries.count
        var values: [Float] = []
        for layer in masses {
            guard layer.rank == 4, layer.size(0) == 1, layer.size(1) == headCount, layer.size(3) == Self.groupCount
            else {
                throw TorchError.shape(
                    name: "masses", expected: "[1, \(headCount), tokens, \(Self.groupCount)]", got: layer.shape)
            }
            values += try layer.indexSelect(2, Tensor(queries).to(device: layer.device)).floats()
        }
        self.values = values
    }

    /// The masses of tokens that were written one by one.
    /// - Parameter steps: per token and layer `[1, heads, 1, groups]`.
    /// - Throws: `TorchError` if the steps differ in shape.
    public init(steps: [[Tensor]]) throws {
        let layerCount = steps.first?.count ?? 0
        let layers = try (0..<layerCount).map { layer in try Tensor.concatenate(steps.map { $0[layer] }, axis: 2) }
        try self.init(layers, queries: Array(steps.indices))
    }

    /// The same masses with those on the picture replaced.
    /// - Parameters:
    ///   - mass: the masses.
    ///   - visual: `[layers, heads, queries]`, row-major.
    init(_ mass: AttentionMass, visual: [Float]) {
        (layerCount, headCount, queryCount) = (mass.layerCount, mass.headCount, mass.queryCount)
        var values = mass.values
        for (row, number) in visual.enumerated() {
            values[row * Self.groupCount + RoleGroup.visual.rawValue] = number
        }
        self.values = values
    }

    /// The share of one query's attention that a group has.
    public subscript(layer: Int, head: Int, query: Int, group: RoleGroup) -> Double {
        let row = (layer * headCount + head) * queryCount + query
        return Double(values[row * Self.groupCount + group.rawValue])
    }

    /// The mean share of a group in a layer, over heads and queries.
    public func share(of group: RoleGroup, layer: Int) -> Double {
        var sum = 0.0
        for head in 0..<headCount {
            for query in 0..<queryCount { sum += self[layer, head, query, group] }
        }
        return sum / Double(headCount * queryCount)
    }

    /// The mean share of a group over layers, heads and queries, in 0...1.
    public func share(of group: RoleGroup) -> Double {
        (0..<layerCount).reduce(0) { $0 + share(of: group, layer: $1) } / Double(layerCount)
    }
}
