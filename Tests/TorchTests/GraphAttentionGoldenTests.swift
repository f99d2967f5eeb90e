import Testing
import Torch

/// Attention with a gradient of its own against PyTorch's explicit maps in float64.
@Suite struct GraphAttentionGoldenTests {
    private static let widths = [512, 256, 128]

    private func compare(_ testCase: AttentionCase, _ dtype: DType, _ bits: Int, _ tolerance: Double) throws {
        let golden = try GraphGolden()
        let found = try Runtime.withVectorWidth(atMost: bits) { try testCase.results(dtype) }
        for name in ["out", "masses", "query", "key", "value"] {
            let expected = try golden.tensor(
                "attention.\(testCase.name).\(dtype == .float32 ? "float32" : "bfloat16").\(name)")
            let difference = try relativeDifference(GraphGolden.view(#require(found[name])), expected)
            #expect(difference < tolerance, "\(testCase.name) \(name), vectors of \(bits) bits")
        }
    }

    @Test(arguments: AttentionCase.all, widths)
    func valuesMassesAndGradients(of testCase: AttentionCase, bits: Int) throws {
        try compare(testCase, .float32, bits, 2e-5)
    }

    /// Turned queries and keys, the output and the gradients are rounded to eight bits.
    @Test(arguments: AttentionCase.all.filter { ["padded", "unequal", "long64", "windows"].contains($0.name) }, widths)
    func narrowNumbers(of testCase: AttentionCase, bits: Int) throws {
        try compare(testCase, .bfloat16, bits, 2e-2)
    }

    /// A loss on the output alone and one on the masses alone add up to the loss on both.
    @Test(arguments: AttentionCase.all)
    func gradientsAdd(of testCase: AttentionCase) throws {
        let both = try testCase.results(.float32)
        let (output, masses) = (
            try testCase.results(.float32, loss: .output), try testCase.results(.float32, loss: .masses)
        )
        for name in ["query", "key"] {
            let sum = try #require(output[name]) + #require(masses[name])
            #expect(try relativeDifference(sum, #require(both[name])) < 1e-5, "\(name)")
        }
        #expect(try #require(masses["value"]).floats().allSatisfy { $0 == 0 })
        #expect(try relativeDifference(#require(output["value"]), #require(both["value"])) < 1e-6)
    }

    /// Nothing observed: the same output and gradient, and no masses.
    @Test func observingChangesNothing() throws {
        let shape = [1, 60, 2, 16]
        let leaves = try (1...3).map { try GraphGolden.leaf($0, shape, .float32) }
        let (cos, sin) = (try Tensor.ones([1, 60, 8]), try Tensor.zeros([1, 60, 8]))
        func attend(_ membership: Tensor?) throws -> (output: Tensor, masses: Tensor?) {
            try graphAttention(
                query: leaves[0], key: leaves[1], value: leaves[2], cos: cos, sin: sin, membership: membership,
                groupCount: membership == nil ? 0 : 2, stretches: SequenceStretch.joining([20, 20, 20]), causal: true,
                scale: 0.25)
        }
        let observed = try attend(Tensor([UInt8](repeating: 3, count: 60), shape: [1, 60]))
        let plain = try attend(nil)
        #expect(plain.masses == nil)
        #expect(try plain.output.detached().floats() == observed.output.detached().floats())
        #expect(try #require(observed.masses).detached().floats().allSatisfy { abs($0 - 1) < 1e-5 })
        let first = try gradients(of: plain.output.square().sum(), withRespectTo: leaves)
        let second = try gradients(of: observed.output.square().sum(), withRespectTo: leaves)
        for (one, other) in zip(first, second) { #expect(try relativeDifference(one, other) < 1e-6) }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let x = try Tensor.randn([1, 10, 2, 8])
        let table = try Tensor.ones([1, 10, 4])
        func attend(_ stretches: [SequenceStretch], key: Tensor? = nil) throws {
            _ = try graphAttention(
                query: x, key: key ?? x, value: key ?? x, cos: table, sin: table, stretches: stretches, causal: true,
                scale: 1)
        }
        #expect(throws: TorchError.self) { try attend([SequenceStretch(start: 0, count: 1, length: 9)]) }
        #expect(throws: TorchError.self) { try attend([SequenceStretch(start: 1, count: 1, length: 9)]) }
        #expect(throws: TorchError.self) { try attend([SequenceStretch(start: 0, count: 1, length: 11)]) }
        #expect(throws: TorchError.self) {
            try attend([SequenceStretch(start: 0, count: 1, length: 10)], key: Tensor.randn([1, 10, 2, 6]))
        }
        try attend([SequenceStretch(start: 0, count: 2, length: 5)])
    }
}
