import Foundation
import QwenVL
import Safetensors
import Testing
import Torch

/// Changed attention by libtorch's kernel in float64, with gradients, against explicit maps
/// (Tests/Fixtures/attention/make_modulation.py).
@Suite struct WidenedAttentionTests {
    static let sets = ["square", "cached", "single", "equal"]
    static let cases = [
        "plain", "scores", "renormalized", "raw", "absolute", "combined", "heads_scores", "heads_combined",
        "rows_suffix",
        "rows_scattered", "rows_last", "removal_renormalized", "removal_raw", "removal_heads_suffix", "everything",
    ]

    /// The largest difference as a part of the largest magnitude, in float64.
    private func difference(_ actual: Tensor, _ expected: Tensor) throws -> Double {
        guard actual.shape == expected.shape, actual.dtype == expected.dtype else { return .infinity }
        let (x, y) = (
            try actual.to(.float64).values(as: Double.self), try expected.to(.float64).values(as: Double.self)
        )
        let largest = y.reduce(1e-300) { max($0, abs($1)) }
        return zip(x, y).reduce(0) { $1.0.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity } / largest
    }

    @Test(arguments: sets, cases) func valuesAndGradients(set: String, name: String) throws {
        try check(set, name, dtype: .float64, tolerance: 1e-10)
        try check(set, name, dtype: .float32, tolerance: 1e-5)
    }

    private func check(_ set: String, _ name: String, dtype: DType, tolerance: Double) throws {
        let file = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("attention/modulation.safetensors"))
        func tensor(_ key: String) throws -> Tensor {
            let stored = try file.tensor("\(set).\(key)").clone()
            return stored.dtype == .float64 && !key.contains("factor") && !key.hasSuffix("bias")
                ? try stored.to(dtype) : stored
        }
        func heads(_ x: Tensor) throws -> Tensor { try x.transpose(1, 2) }
        let (query, key, value) = (try tensor("q"), try tensor("k"), try tensor("v"))
        for leaf in [query, key, value] { try leaf.setRequiresGradient(true) }
        let (batch, queries, keys) = (query.size(0), query.size(1), key.size(1))
        let groupCount = try tensor("\(name).masses").size(3)
        let bytes = try tensor("membership").values(as: UInt8.self)
        let groups = (0..<batch).map {
            KeyGroups(count: groupCount, membership: Array(bytes[$0 * keys..<($0 + 1) * keys]))
        }
        let rows = try tensor("\(name).rows").values(as: UInt8.self)
        let numbers = try ["score_factor", "absolute_factor", "bias", "value_factor"].map {
            try tensor("\(name).\($0)").values(as: Double.self)
        }
        let changes = try LayerChanges(
            heads: (0..<query.size(2)).map { head in
                (head * 8..<head * 8 + 8).map {
                    KeyChange(
                        scoreFactor: numbers[0][$0], absoluteFactor: numbers[1][$0], bias: numbers[2][$0],
                        valueFactor: numbers[3][$0])
                }
            }, rows: (0..<batch).map { rows[$0 * queries..<($0 + 1) * queries].map { $0 != 0 } })
        let attention = WidenedAttention(scale: 1 / Double(query.size(3)).squareRoot())
        // The kernel's causal mask aligns at the top left, so earlier keys are a part of their own; merged by their
        // log-sum-exp, which has no gradient, parts give values alone.
        let before = keys - queries
        func part(_ range: Range<Int>) throws -> WidenedKeys {
            WidenedKeys(
                key: try heads(key).slice(2, range), value: try heads(value).slice(2, range),
                groups: groups.map { KeyGroups(count: $0.count, membership: Array($0.membership[range])) })
        }
        let parts = before == 0 ? [try part(0..<keys)] : [try part(0..<before), try part(before..<keys)]
        func compare(_ attended: Tensor, _ what: String) throws {
            let width = query.size(3)
            let (output, masses) = (
                try attended.slice(3, 0..<width), try attended.slice(3, width..<width + groupCount)
            )
            #expect(try difference(heads(output), tensor("\(name).output")) < tolerance, "\(what) \(dtype)")
            #expect(try difference(masses, tensor("\(name).masses")) < tolerance, "\(what) \(dtype)")
        }
        let attended = try attention.attend(heads(query), parts: parts, causal: true, changes: changes)
        try compare(attended, "in \(parts.count) parts")
        guard before == 0 else { return }
        let (output, masses) = (
            try attended.slice(3, 0..<query.size(3)), try attended.slice(3, query.size(3)..<query.size(3) + groupCount)
        )
        let loss =
            try (heads(output) * tensor("output_weights")).sum()
            + ((masses + 1e-6).log() * tensor("mass_weights")).sum()
        let found = try gradients(of: loss, withRespectTo: [query, key, value])
        for (gradient, name) in zip(found, ["q", "k", "v"].map { "\(name).\($0)_gradient" }) {
            #expect(try difference(gradient, tensor(name)) < tolerance, "\(name) \(dtype)")
        }
    }
}
