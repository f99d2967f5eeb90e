import QwenVL
import Testing
import Torch
import VisualAttention

/// Attention sinks among the patches: found where planted, and nowhere else.
@Suite struct PatchSinkTests {
    /// A pass over a case in which the scores of some visual tokens are raised, and the search for sinks in it.
    private func search(
        _ golden: GoldenCase, raising patches: [Int], by bias: Double = 6, rows: AttentionModulation.Rows = .all
    ) throws -> (mass: AttentionMass, sinks: PatchSinks) {
        let (model, input) = (golden.model, golden.input)
        let visual = input.roles.indices.filter { input.roles[$0] == .image }
        var membership = KeyGroups(roles: input.roles).membership
        for patch in patches { membership[visual[patch]] |= 1 << 6 }
        let groups = KeyGroups(count: 7, membership: membership)
        let changed = [KeyChange](repeating: .none, count: 6) + [KeyChange(bias: bias)]
        let text = model.configuration.text
        let modulation = AttentionModulation(
            layers: Dictionary(
                uniqueKeysWithValues: (0..<text.layerCount).map {
                    ($0, [[KeyChange]](repeating: changed, count: text.attentionHeads))
                }), rows: rows)
        let cache = try KeyValueCache(text, capacity: input.inputIDs.count, groupCount: 7)
        let recorder = QueryRecorder(positions: input.userQueries)
        return try withoutGradient {
            let masses = try model.forward(
                input, logits: .none, groups: groups, modulation: modulation, cache: cache, recorder: recorder
            ).masses
            let mass = try AttentionMass(masses.map { try $0.slice(3, 0..<6) }, queries: input.userQueries)
            let sinks = try PatchSinks(
                in: input, mass: mass, recorder: recorder, cache: cache, modulation: modulation, model: model)
            return (mass, sinks)
        }
    }

    @Test(arguments: ["grouped-4to1", "equal-heads-odd"], ["one", "two"])
    func aRandomModelHasNone(name: String, of testCase: String) throws {
        let (mass, found) = try search(GoldenCase(name, testCase), raising: [])
        #expect(found.sinks.isEmpty)
        #expect(found.massWithout.values == mass.values)
        // What only some queries look at is none either.
        #expect(try search(GoldenCase(name, testCase), raising: [4], rows: .last).sinks.sinks.isEmpty)
    }

    @Test func plantedSinksAreFoundAndNamed() throws {
        // One picture of 5 x 3 visual tokens: patch 4 lies inside, patch 14 in the last corner.
        let golden = try GoldenCase("grouped-4to1", "one")
        let first = try #require(golden.input.roles.firstIndex(of: .image))
        for (patch, row, column, isBorder) in [(4, 1, 1, false), (14, 4, 2, true)] {
            let (mass, found) = try search(golden, raising: [patch])
            #expect(found.sinks.count == 1)
            let sink = try #require(found.sinks.first)
            #expect(sink.position == first + patch)
            #expect(sink.picture == 0 && sink.row == row && sink.column == column && sink.isBorder == isBorder)
            #expect(sink.share > 0.8 && sink.share < 1 && sink.consistency == 1)
            let with = try #require(VisualAttentionScore(mass))
            let without = try #require(VisualAttentionScore(found.massWithout))
            #expect(with.pooled > 5 * without.pooled && without.pooled > 0)
            // What a query gives to all visual tokens is what it gives to the sink and to the others.
            for layer in 0..<mass.layerCount {
                for head in 0..<mass.headCount {
                    let (all, others) = (mass[layer, head, 0, .visual], found.massWithout[layer, head, 0, .visual])
                    #expect(others > 0 && others < all)
                    #expect(mass[layer, head, 0, .system] == found.massWithout[layer, head, 0, .system])
                }
            }
        }
    }

    /// With two pictures the place is told in the picture's own grid.
    @Test func theSecondPictureHasItsOwnGrid() throws {
        let golden = try GoldenCase("equal-heads-odd", "two")  // 1 x 3 and 3 x 3 visual tokens
        let found = try search(golden, raising: [3 + 5], by: 8).sinks
        #expect(found.sinks.map { [$0.picture, $0.row, $0.column] } == [[1, 1, 2]])
        #expect(found.sinks.first?.isBorder == true)
    }

    @Test func theThresholdIsAnEvenShareTenfold() {
        #expect(PatchSinks.threshold(of: 1000) == 0.01)
        #expect(PatchSinks.threshold(of: 20) == 0.3)
        // Where there are few, an even share alone makes none of them a sink.
        #expect(PatchSinks.threshold(of: 9) == 3.0 / 9)
        #expect(PatchSinks.threshold(of: 2) > 1)
    }
}
