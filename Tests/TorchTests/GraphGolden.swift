import Foundation
import Safetensors
import Torch

/// The inputs of Tests/Fixtures/torch/make_graph.py, which are made alike there and here, and what PyTorch computed with them.
struct GraphGolden {
    let file: SafetensorsFile

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        file = try SafetensorsFile(contentsOf: folder.appendingPathComponent("Fixtures/torch/graph.safetensors"))
    }

    func tensor(_ name: String) throws -> Tensor { try file.tensor(name).clone() }

    /// Numbers in -1 ..< 1 that float32 holds exactly.
    static func numbers(_ seed: UInt64, _ count: Int) -> [Float] {
        (0..<UInt64(count)).map { place in
            var z = (seed << 32 &+ place) &* 0x9E37_79B9_7F4A_7C15
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            z ^= z >> 31
            return Float(z >> 40) / Float(1 << 23) - 1
        }
    }

    static func tensor(_ seed: UInt64, _ shape: [Int]) throws -> Tensor {
        try Tensor(numbers(seed, shape.reduce(1, *)), shape: shape)
    }

    /// A leaf that wants a gradient.
    static func leaf(
        _ seed: UInt64, _ shape: [Int], _ dtype: DType, factor: Double = 1, offset: Double = 0
    ) throws -> Tensor {
        let leaf = try (tensor(seed, shape) * factor + offset).to(dtype).clone()
        try leaf.setRequiresGradient(true)
        return leaf
    }

    /// All of a tensor of up to 4,000 numbers, else products along the last axis.
    static func view(_ tensor: Tensor) throws -> Tensor {
        try withoutGradient {
            let wide = try tensor.detached().to(.float32)
            if wide.shape.reduce(1, *) <= 4000 { return wide }
            return try wide.matmul(self.tensor(99, [wide.size(wide.shape.count - 1), 2]))
        }
    }
}

/// A case of attention in that file.
struct AttentionCase: Sendable, CustomStringConvertible {
    let name: String
    var rows = 1
    let stretches: [SequenceStretch]
    /// Tokens that count, by row; nil for all.
    var lengths: [Int]?
    let heads: Int
    let keyHeads: Int
    let width: Int
    var causal = true

    var description: String { name }
    var tokens: Int { stretches.reduce(0) { $0 + $1.count * $1.length } / rows }

    static let all = [
        AttentionCase(
            name: "padded", rows: 2, stretches: stretches([(2, 37)]), lengths: [37, 21], heads: 4, keyHeads: 2,
            width: 16),
        AttentionCase(
            name: "unequal", stretches: stretches([(1, 5), (1, 31), (1, 1), (1, 50)]), heads: 4, keyHeads: 2, width: 16),
        AttentionCase(
            name: "equal", stretches: stretches([(3, 24), (2, 17), (1, 30)]), heads: 3, keyHeads: 3, width: 16),
        AttentionCase(name: "long40", stretches: stretches([(1, 700)]), heads: 4, keyHeads: 2, width: 40),
        AttentionCase(name: "long64", stretches: stretches([(1, 700)]), heads: 4, keyHeads: 2, width: 64),
        AttentionCase(name: "longRows", rows: 2, stretches: stretches([(2, 433)]), heads: 2, keyHeads: 1, width: 16),
        AttentionCase(
            name: "longPacked", stretches: stretches([(1, 440), (2, 417)]), heads: 2, keyHeads: 2, width: 16),
        AttentionCase(name: "longest", stretches: stretches([(1, 1300)]), heads: 2, keyHeads: 1, width: 16),
        AttentionCase(
            name: "windows", stretches: stretches([(4, 16), (2, 9), (1, 4)]), heads: 2, keyHeads: 2, width: 20,
            causal: false),
        AttentionCase(
            name: "longFull", stretches: stretches([(1, 500)]), heads: 2, keyHeads: 2, width: 16, causal: false),
    ]

    /// One behind the other, as `SequenceStretch.joining` has them.
    private static func stretches(_ parts: [(count: Int, length: Int)]) -> [SequenceStretch] {
        SequenceStretch.joining(parts.flatMap { [Int](repeating: $0.length, count: $0.count) })
    }

    /// Which results a loss is the sum of.
    enum Loss { case output, masses, both }

    /// What attention gives, by name.
    func results(_ dtype: DType, loss kind: Loss = .both) throws -> [String: Tensor] {
        let query = try GraphGolden.leaf(1, [rows, tokens, heads, width], dtype, factor: 2)
        let key = try GraphGolden.leaf(2, [rows, tokens, keyHeads, width], dtype, factor: 2)
        let value = try GraphGolden.leaf(3, [rows, tokens, keyHeads, width], dtype)
        let angles = GraphGolden.numbers(4, rows * tokens * width / 2).map { Double($0) * 3 }
        func table(_ function: (Double) -> Double) throws -> Tensor {
            try Tensor(angles.map { Float(function($0)) }, shape: [rows, tokens, width / 2])
        }
        let bits = GraphGolden.numbers(5, rows * tokens).map { UInt8($0 * 4 + 4) }
        let attended = try graphAttention(
            query: query, key: key, value: value, cos: table(cos), sin: table(sin),
            membership: Tensor(bits, shape: [rows, tokens]), groupCount: 3, stretches: stretches, causal: causal,
            scale: 1 / Double(width).squareRoot())
        guard let masses = attended.masses else { return [:] }
        let real = (0..<rows).flatMap { row in (0..<tokens).map { $0 < lengths?[row] ?? tokens ? Float(1) : 0 } }
        let ofOutput = try Tensor(real, shape: [rows, tokens, 1, 1])
        let ofMasses = try Tensor(real, shape: [rows, 1, tokens, 1])
        let (output, seen) = (try attended.output.to(.float32) * ofOutput, try masses * ofMasses)
        let first = try (output * GraphGolden.tensor(6, output.shape)).sum()
        let second = try (seen * GraphGolden.tensor(7, seen.shape) * 4).sum()
        let whole =
            switch kind {
            case .output: first
            case .masses: second
            case .both: try first + second
            }
        let found = try gradients(of: whole, withRespectTo: [query, key, value])
        return ["out": output, "masses": seen, "query": found[0], "key": found[1], "value": found[2]]
    }
}
