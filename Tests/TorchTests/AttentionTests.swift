import Testing
import Torch

/// Fused attention, and the mass it gives on indicator columns, against explicit maps.
@Suite struct AttentionTests {
    private func close(_ x: Tensor, _ y: Tensor) throws -> Bool { try relativeDifference(x, y) < 3e-6 }

    /// Rows of eight indicators as bytes: bit g for column g.
    private func packed(_ indicators: [Float]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: indicators.count / 8)
        for (index, indicator) in indicators.enumerated() where indicator > 0 {
            bytes[index / 8] |= 1 << UInt8(index % 8)
        }
        return bytes
    }

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
        let membership = try Tensor(packed(bits))
        for token in 0..<5 {
            let sequences = try (0..<2).map { sequence in
                try [0..<6, 6..<9].map { range in
                    KeyPiece(
                        keys: try key.slice(0, sequence..<sequence + 1).slice(2, range).transpose(1, 2),
                        values: try value.slice(0, sequence..<sequence + 1).slice(2, range).transpose(1, 2),
                        membership: try membership.slice(0, range).unsqueeze(0))
                }
            }
            let attended = try decodeAttention(
                query: query.select(2, token), sequences: sequences, groupCount: 8, scale: 0.25)
            #expect(try close(attended.output, tensor("out").select(2, token)))
            #expect(try close(#require(attended.masses), tensor("masses").select(2, token)))
        }
    }

    /// Many queries over keys in one and in several pieces: output and masses of the explicit map, and the same output, bit
    /// for bit, when nothing is observed.
    @Test(arguments: ["causal", "full", "equal", "long", "wide"], [[250], [4, 200], [1, 3, 5]])
    func observedOverPieces(name: String, lengths: [Int]) throws {
        let golden = try Golden()
        func tensor(_ key: String) throws -> Tensor { try golden.tensor("attention.\(name).\(key)") }
        let (query, key, value) = (try tensor("q"), try tensor("k"), try tensor("v"))
        let count = key.size(2)
        let bits = try tensor("member").select(1, 0).floats()  // [batch, count, 8]
        let membership = try Tensor(packed(bits), shape: [key.size(0), count])
        var begin = 0
        var pieces: [KeyPiece] = []
        for length in lengths where begin < count {
            let range = begin..<(length == lengths.last ? count : min(count, begin + length))
            pieces.append(
                KeyPiece(
                    keys: try key.slice(2, range).transpose(1, 2), values: try value.slice(2, range).transpose(1, 2),
                    membership: try membership.slice(1, range).contiguous()))
            begin = range.upperBound
        }
        func attend(_ pieces: [KeyPiece], groups: Int) throws -> (output: Tensor, masses: Tensor?) {
            try observedAttention(
                query: query.transpose(1, 2), pieces: pieces, groupCount: groups,
                causal: !["full", "wide"].contains(name), scale: 0.25)
        }
        for bits in [512, 256, 128] {
            try Runtime.withVectorWidth(atMost: bits) {
                let (output, masses) = try attend(pieces, groups: 8)
                #expect(try close(output.transpose(1, 2), tensor("out")), "vectors of \(bits) bits")
                #expect(try close(#require(masses), tensor("masses")), "vectors of \(bits) bits")
                let plain = try attend(pieces.map { KeyPiece(keys: $0.keys, values: $0.values) }, groups: 0).output
                #expect(try plain.floats() == output.floats())
            }
        }
    }

    /// What is not a number is never turned into an answer: not in a query, nor in a key that the query sees.
    @Test(arguments: [512, 256, 128], [0, 25, 39])
    func notANumberStaysSo(bits: Int, place: Int) throws {
        let value = try Tensor.randn([1, 40, 2, 16])
        func spoiled() throws -> Tensor {
            let x = try Tensor.randn([1, 40, 2, 16])
            try x.slice(1, place..<place + 1).copy(from: Tensor.zeros([1, 1, 2, 16]) / Tensor.zeros([1]))
            return x
        }
        func attend(_ query: Tensor, _ key: Tensor) throws -> [Float] {
            try Runtime.withVectorWidth(atMost: bits) {
                try observedAttention(
                    query: query, pieces: [KeyPiece(keys: key, values: value)], causal: true, scale: 0.25
                ).output.floats()
            }
        }
        let sound = try Tensor.randn([1, 40, 2, 16])
        let ofQuery = try attend(spoiled(), sound)
        let ofKey = try attend(sound, spoiled())
        for (index, (first, second)) in zip(ofQuery, ofKey).enumerated() {
            #expect(first.isNaN == (index / 32 == place))
            #expect(second.isNaN == (index / 32 >= place))
        }
    }
}
