import Testing
import Torch

/// Fused attention, and the mass it gives on indicator columns, against explicit maps.
@Suite struct AttentionTests {
    private func close(_ x: Tensor, _ y: Tensor) throws -> Bool { try relativeDifference(x, y) < 3e-6 }

    @Test(arguments: ["causal", "full", "equal"])
    func massesOutputAndGradients(name: String) throws {
        let golden = try Golden()
        func tensor(_ key: String) throws -> Tensor { try golden.tensor("attention.\(name).\(key)") }
        let (query, key, value) = (try tensor("q"), try tensor("k"), try tensor("v"))
        for leaf in [query, key, value] { try leaf.setRequiresGradient(true) }
        let (output, logSumExp) = try fusedAttention(
            query: query.padLastAxis(after: 8), key: key.padLastAxis(after: 8),
            value: Tensor.concatenate([value, tensor("member")], axis: -1), causal: name != "full", scale: 0.25)
        #expect(try close(output.slice(3, 0..<16), tensor("out")))
        #expect(try close(output.slice(3, 16..<24), tensor("masses")))
        #expect(try close(logSumExp, tensor("lse")))
        let found = try gradients(of: output.square().sum(), withRespectTo: [query, key, value])
        for (gradient, expected) in zip(found, ["gq", "gk", "gv"]) { #expect(try close(gradient, tensor(expected))) }
    }

    /// Two sets of keys attended apart and merged by their log-sum-exp are all keys at once.
    @Test func partsMerge() throws {
        let golden = try Golden()
        func tensor(_ key: String) throws -> Tensor { try golden.tensor("attention.full.\(key)") }
        let (query, key, value) = (try tensor("q"), try tensor("k"), try tensor("v"))
        let parts = try [0..<4, 4..<9].map {
            try fusedAttention(
                query: query, key: key.slice(2, $0), value: value.slice(2, $0), causal: false, scale: 0.25)
        }
        let weight = try (parts[0].logSumExp - parts[1].logSumExp).sigmoid().unsqueeze(-1)
        let merged = try parts[0].output * weight + parts[1].output * (-weight + 1)
        #expect(try close(merged, tensor("out")))
    }

    /// One query per sequence against cached pieces: output and masses of the explicit map.
    @Test func decodingOverPieces() throws {
        let golden = try Golden()
        func tensor(_ key: String) throws -> Tensor { try golden.tensor("attention.full.\(key)") }
        let (query, key, value) = (try tensor("q"), try tensor("k"), try tensor("v"))
        let member = try tensor("member").select(0, 0).select(0, 0)  // [9, 8]
        let bits = try member.floats()
        let bytes = (0..<9).map { row in (0..<8).reduce(UInt8(0)) { $0 | (bits[row * 8 + $1] > 0 ? 1 << UInt8($1) : 0) }
        }
        let membership = try Tensor(bytes)
        for token in 0..<5 {
            let sequences = try (0..<2).map { sequence in
                try [0..<6, 6..<9].map { range in
                    CachedKeys(
                        keys: try key.select(0, sequence).slice(1, range),
                        values: try value.select(0, sequence).slice(1, range),
                        membership: try membership.slice(0, range))
                }
            }
            let (output, masses) = try decodeAttention(
                query: query.select(2, token), sequences: sequences, groupCount: 8, scale: 0.25)
            #expect(try close(output, tensor("out").select(2, token)))
            #expect(try close(#require(masses), tensor("masses").select(2, token)))
        }
    }
}
