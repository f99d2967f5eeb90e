import Testing
import Torch

/// Attention with a gradient of our own, against libtorch's operations on explicit maps in float64.
@Suite struct GraphAttentionTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let batch: Int
        let tokens: Int
        let heads, keyHeads, width: Int
        let stretches: [SequenceStretch]
        var causal = true

        var testDescription: String { name }
    }

    static let shapes = [
        Shape(
            name: "padded", batch: 2, tokens: 37, heads: 4, keyHeads: 2, width: 16,
            stretches: [SequenceStretch(start: 0, count: 2, length: 37)]),
        Shape(
            name: "packed", batch: 1, tokens: 61, heads: 4, keyHeads: 4, width: 24,
            stretches: SequenceStretch.joining([13, 13, 5, 30])),
        // Several blocks of keys, whose ends are no multiples of a tile.
        Shape(
            name: "long", batch: 1, tokens: 907, heads: 4, keyHeads: 2, width: 40,
            stretches: SequenceStretch.joining([700, 207])),
        Shape(
            name: "branches", batch: 1, tokens: 80, heads: 4, keyHeads: 2, width: 16,
            stretches: SequenceStretch.joining([13, 50, 17], branches: [[], [9, 1, 20], [16]])),
        // Whole blocks of keys are hidden from whole blocks of queries, and others in part.
        Shape(
            name: "long branches", batch: 1, tokens: 1700, heads: 2, keyHeads: 1, width: 24,
            stretches: SequenceStretch.joining([1700], branches: [[7, 600, 25, 950]])),
        Shape(
            name: "windows", batch: 1, tokens: 532, heads: 2, keyHeads: 2, width: 20,
            stretches: [
                SequenceStretch(start: 0, count: 2, length: 16), SequenceStretch(start: 32, count: 1, length: 500),
            ], causal: false),
    ]
    private static let groups = 3

    /// Query, key, value, the weights of a loss on output and masses, and what is fixed.
    private struct Numbers {
        let leaves: [Tensor]
        let outputWeight, massWeight: Tensor
        let cos, sin, membership: Tensor

        init(_ shape: Shape) throws {
            try Runtime.seed(7)
            func heads(_ count: Int) throws -> Tensor {
                try Tensor.randn([shape.batch, shape.tokens, count, shape.width], dtype: .float64)
            }
            leaves = [try heads(shape.heads), try heads(shape.keyHeads), try heads(shape.keyHeads)]
            outputWeight = try heads(shape.heads)
            massWeight = try Tensor.randn(
                [shape.batch, shape.heads, shape.tokens, GraphAttentionTests.groups], dtype: .float64)
            let angles = try Tensor.randn([shape.batch, shape.tokens, shape.width / 2])
            (cos, sin) = (try angles.cos(), try angles.sin())
            // Runs of one class, keys in no group, and keys in two.
            membership = try Tensor(
                (0..<shape.batch * shape.tokens).map { UInt8([1, 1, 1, 0, 2, 2, 6, 4][$0 / 3 % 8]) },
                shape: [shape.batch, shape.tokens])
        }
    }

    /// What is compared: output, masses, and the gradients of query, key and value.
    private func explicit(_ shape: Shape, _ numbers: Numbers) throws -> [Tensor] {
        let leaves = try numbers.leaves.map { try $0.clone() }
        for leaf in leaves { try leaf.setRequiresGradient(true) }
        let query = try leaves[0].rotary(cos: numbers.cos, sin: numbers.sin)
        let key = try leaves[1].rotary(cos: numbers.cos, sin: numbers.sin)
        let indicators = try Tensor(
            try numbers.membership.values(as: UInt8.self).flatMap { bits in
                (0..<Self.groups).map { Float(bits >> UInt8($0) & 1) }
            }, shape: [shape.batch, shape.tokens, Self.groups]
        ).to(.float64)
        let repeats = shape.heads / shape.keyHeads
        var outputs: [Tensor] = []
        var masses: [Tensor] = []
        for stretch in shape.stretches {
            for index in 0..<stretch.count {
                let place = stretch.start + index * stretch.length
                let (row, start) = place.quotientAndRemainder(dividingBy: shape.tokens)
                func own(_ x: Tensor) throws -> Tensor {
                    try x.select(0, row).slice(0, start..<start + stretch.length)
                }
                func heads(_ x: Tensor, _ repeats: Int) throws -> Tensor {
                    try own(x).permute([1, 0, 2]).repeatInterleave(repeats, axis: 0)
                }
                var scores =
                    try heads(query, 1).matmul(heads(key, repeats).transpose(1, 2))
                    * (1 / Double(shape.width).squareRoot())
                if shape.causal {
                    let places = try Tensor.arange(0, Double(stretch.length), step: 1)
                    let hidden = try places.unsqueeze(1).less(places.unsqueeze(0))
                    scores = try scores + hidden.to(.float64) * -1e30
                    // Of what lies behind the shared tokens, a part sees itself alone.
                    let parts =
                        [Int](repeating: 0, count: stretch.shared)
                        + stretch.branches.enumerated().flatMap { [Int](repeating: $0 + 1, count: $1) }
                    if !stretch.branches.isEmpty {
                        let foreign = parts.flatMap { own in parts.map { $0 == 0 || $0 == own ? 0.0 : -1e30 } }
                        scores = try scores + Tensor(foreign, shape: [stretch.length, stretch.length])
                    }
                }
                let map = try scores.softmax()
                outputs.append(try map.matmul(heads(leaves[2], repeats)).permute([1, 0, 2]))
                masses.append(try map.matmul(own(indicators)))
            }
        }
        let output = try Tensor.concatenate(outputs, axis: 0)
            .reshape([shape.batch, shape.tokens, shape.heads, shape.width])
        let mass =
            try shape.batch == 1
            ? Tensor.concatenate(masses, axis: 1).unsqueeze(0) : Tensor.stack(masses, axis: 0)
        try ((output * numbers.outputWeight).sum() + (mass * numbers.massWeight).sum()).backward()
        return try [output.detached(), mass.detached()] + leaves.map { try #require(try $0.gradient) }
    }

    private func fused(_ shape: Shape, _ numbers: Numbers, dtype: DType, observes: Bool = true) throws -> [Tensor] {
        let leaves = try numbers.leaves.map { try $0.to(dtype).clone() }
        for leaf in leaves { try leaf.setRequiresGradient(true) }
        let (output, masses) = try graphAttention(
            query: leaves[0], key: leaves[1], value: leaves[2], cos: numbers.cos, sin: numbers.sin,
            membership: observes ? numbers.membership : nil, groupCount: observes ? Self.groups : 0,
            stretches: shape.stretches, causal: shape.causal, scale: 1 / Double(shape.width).squareRoot())
        var loss = try (output.to(.float32) * numbers.outputWeight.to(.float32)).sum()
        if let masses { loss = try loss + (masses * numbers.massWeight.to(.float32)).sum() }
        try loss.backward()
        let found = try [output.detached()] + (masses.map { [try $0.detached()] } ?? [])
        return try found + leaves.map { try #require(try $0.gradient) }
    }

    @Test(arguments: shapes, [128, 256, 512])
    func valuesAndGradients(shape: Shape, width: Int) throws {
        let numbers = try Numbers(shape)
        let expected = try explicit(shape, numbers)
        try Runtime.withVectorWidth(atMost: width) {
            for (found, wanted) in zip(try fused(shape, numbers, dtype: .float32), expected) {
                #expect(try relativeDifference(found.to(.float64), wanted) < 5e-6)
            }
        }
    }

    @Test(arguments: shapes)
    func narrowNumbers(shape: Shape) throws {
        let numbers = try Numbers(shape)
        for (found, wanted) in zip(
            try fused(shape, numbers, dtype: .bfloat16), try explicit(shape, numbers))
        {
            #expect(try relativeDifference(found.to(.float64), wanted) < 3e-2)
        }
    }

    @Test func observingChangesNothing() throws {
        let shape = Self.shapes[2]
        let numbers = try Numbers(shape)
        let (observed, plain) = (
            try fused(shape, numbers, dtype: .float32), try fused(shape, numbers, dtype: .float32, observes: false)
        )
        #expect(try observed[0].floats() == plain[0].floats())
    }
}
