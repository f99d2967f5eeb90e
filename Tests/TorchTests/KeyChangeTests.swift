import Foundation
import Safetensors
import Testing
import Torch

/// Attention with keys changed by their groups, against explicit maps (Tests/Fixtures/attention/make_modulation.py).
@Suite struct KeyChangeTests {
    static let sets = ["square", "cached", "single", "equal"]
    static let cases = [
        "plain", "scores", "renormalized", "raw", "absolute", "combined", "heads_scores", "heads_combined",
        "rows_suffix",
        "rows_scattered", "rows_last", "removal_renormalized", "removal_raw", "removal_heads_suffix", "everything",
    ]

    /// One case of the golden file, in float32.
    private struct Case {
        let query, key, value, membership, output, masses, rows: Tensor
        let heads: [[KeyChange]]
        let groupCount: Int

        init(_ set: String, _ name: String) throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let file = try SafetensorsFile(
                contentsOf: folder.appendingPathComponent("Fixtures/attention/modulation.safetensors"))
            func tensor(_ key: String) throws -> Tensor { try file.tensor("\(set).\(key)").clone() }
            query = try tensor("q").to(.float32)
            key = try tensor("k").to(.float32)
            value = try tensor("v").to(.float32)
            membership = try tensor("membership")
            rows = try tensor("\(name).rows")
            output = try tensor("\(name).output").to(.float32)
            masses = try tensor("\(name).masses").to(.float32)
            groupCount = masses.size(3)
            func table(_ key: String) throws -> [Double] { try tensor("\(name).\(key)").values(as: Double.self) }
            let (s, c) = (try table("score_factor"), try table("absolute_factor"))
            let (b, t) = (try table("bias"), try table("value_factor"))
            heads = (0..<query.size(2)).map { head in
                (head * 8..<head * 8 + 8).map {
                    KeyChange(scoreFactor: s[$0], absoluteFactor: c[$0], bias: b[$0], valueFactor: t[$0])
                }
            }
        }

        /// The keys in pieces that end at the given places.
        func pieces(cut: [Int]) throws -> [KeyPiece] {
            let ends = cut.filter { $0 < key.size(1) } + [key.size(1)]
            return try zip([0] + ends, ends).map { begin, end in
                KeyPiece(
                    keys: try key.slice(1, begin..<end), values: try value.slice(1, begin..<end),
                    membership: try membership.slice(1, begin..<end).contiguous())
            }
        }
    }

    @Test(arguments: sets, cases) func blocks(set: String, name: String) throws {
        let golden = try Case(set, name)
        let changes = try KeyChanges(heads: golden.heads, rows: golden.rows)
        let scale = 1 / Double(golden.query.size(3)).squareRoot()
        for bits in [512, 256, 128] {
            for cut in [[], [3], [1, 6]] {
                let (output, masses) = try Runtime.withVectorWidth(atMost: bits) {
                    try observedAttention(
                        query: golden.query, pieces: golden.pieces(cut: cut), groupCount: golden.groupCount,
                        changes: changes, causal: true, scale: scale)
                }
                #expect(try relativeDifference(output, golden.output) < 1e-5, "\(bits) bits, cut at \(cut)")
                #expect(try relativeDifference(#require(masses), golden.masses) < 1e-5, "\(bits) bits, cut at \(cut)")
            }
        }
        // What is not observed is changed all the same.
        let unobserved = try observedAttention(
            query: golden.query, pieces: golden.pieces(cut: []), changes: changes, causal: true, scale: scale)
        #expect(try relativeDifference(unobserved.output, golden.output) < 1e-5)
        #expect(unobserved.masses == nil)
    }

    /// The last query of each sequence alone, as decoding has it, and its row of the map.
    @Test(arguments: sets, cases) func steps(set: String, name: String) throws {
        let golden = try Case(set, name)
        let last = golden.query.size(1) - 1
        let changes = try KeyChanges(
            heads: golden.heads, rows: golden.rows.slice(1, last..<last + 1).contiguous())
        let (batch, keys) = (golden.query.size(0), golden.key.size(1))
        let sequences = try (0..<batch).map { sequence in
            try golden.pieces(cut: [2, 5]).map {
                KeyPiece(
                    keys: try $0.keys.slice(0, sequence..<sequence + 1),
                    values: try $0.values.slice(0, sequence..<sequence + 1),
                    membership: try $0.membership?.slice(0, sequence..<sequence + 1))
            }
        }
        let attended = try decodeAttention(
            query: golden.query.select(1, last), sequences: sequences, groupCount: golden.groupCount, changes: changes,
            wantsWeights: true, scale: 1 / Double(golden.query.size(3)).squareRoot())
        #expect(try relativeDifference(attended.output, golden.output.select(1, last)) < 1e-5)
        let masses = try golden.masses.select(2, last)  // [batch, heads, groups]
        #expect(try relativeDifference(#require(attended.masses), masses) < 1e-5)
        // The row of the map adds up to the masses.
        let bytes = try golden.membership.to(.int64).values(as: Int.self)
        let weights = try #require(attended.weights).values(as: Float.self)
        let expected = try masses.values(as: Float.self)
        let heads = golden.query.size(2)
        for row in 0..<batch * heads {
            for group in 0..<golden.groupCount {
                let sum = (0..<keys).reduce(Float(0)) {
                    $0 + (bytes[row / heads * keys + $1] >> group & 1 == 1 ? weights[row * keys + $1] : 0)
                }
                #expect(abs(sum - expected[row * golden.groupCount + group]) < 1e-5)
            }
        }
    }

    /// Factors of one change nothing, bit for bit.
    @Test func nothingIsNothing() throws {
        let golden = try Case("square", "everything")
        func attend(_ changes: KeyChanges?) throws -> [[Float]] {
            let (output, masses) = try observedAttention(
                query: golden.query, pieces: golden.pieces(cut: [4]), groupCount: 6, changes: changes, causal: true,
                scale: 0.3)
            return [try output.floats(), try #require(masses).floats()]
        }
        let none = [[KeyChange]](repeating: [.none, .none], count: 4)
        #expect(try attend(KeyChanges(heads: none)) == attend(nil))
        let flags = try Tensor([UInt8](repeating: 0, count: 26), shape: [2, 13])
        #expect(try attend(KeyChanges(heads: golden.heads, rows: flags)) == attend(nil))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let golden = try Case("square", "scores")
        func attend(_ changes: KeyChanges, membership: Bool = true) throws {
            let pieces = try golden.pieces(cut: []).map {
                KeyPiece(keys: $0.keys, values: $0.values, membership: membership ? $0.membership : nil)
            }
            _ = try observedAttention(query: golden.query, pieces: pieces, changes: changes, causal: true, scale: 0.3)
        }
        try attend(KeyChanges(heads: golden.heads))
        #expect(throws: TorchError.self) { try attend(KeyChanges(heads: golden.heads), membership: false) }
        #expect(throws: TorchError.self) { try attend(KeyChanges(heads: Array(golden.heads.prefix(2)))) }
        #expect(throws: TorchError.self) {
            try attend(KeyChanges(heads: golden.heads, rows: Tensor([UInt8](repeating: 1, count: 13), shape: [1, 13])))
        }
    }
}
