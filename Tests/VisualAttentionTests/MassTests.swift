import Testing
import Torch
import VisualAttention

/// Picking queries, and joining the masses of tokens written one by one.
@Suite struct MassTests {
    @Test func stepsAreQueries() throws {
        let values = (0..<2 * 3 * 4 * 6).map { Float($0) }
        let layers = try (0..<2).map { layer in
            try Tensor(Array(values[layer * 72..<(layer + 1) * 72]), shape: [1, 3, 4, 6])
        }
        let whole = try AttentionMass(layers, queries: [0, 1, 2, 3])
        let steps = try (0..<4).map { query in try layers.map { try $0.slice(2, query..<query + 1) } }
        let joined = try AttentionMass(steps: steps)
        for layer in 0..<2 {
            for head in 0..<3 {
                for query in 0..<4 {
                    let expected = Double(layer * 72 + head * 24 + query * 6 + RoleGroup.visual.rawValue)
                    #expect(whole[layer, head, query, .visual] == expected)
                    #expect(joined[layer, head, query, .visual] == expected)
                }
            }
        }
        let picked = try AttentionMass(layers, queries: [2])
        #expect(picked.queryCount == 1)
        #expect(picked[1, 2, 0, .systemWithoutFirst] == Double(72 + 48 + 12 + 5))
    }

    @Test func otherShapesAreRefused() throws {
        #expect(throws: TorchError.self) { _ = try AttentionMass([Tensor.zeros([1, 2, 3, 5])], queries: [0]) }
        #expect(throws: TorchError.self) { _ = try AttentionMass([Tensor.zeros([1, 2, 3, 6])], queries: [3]) }
    }

    @Test func noStepsNoQueries() throws {
        #expect(try AttentionMass(steps: []).queryCount == 0)
    }
}
