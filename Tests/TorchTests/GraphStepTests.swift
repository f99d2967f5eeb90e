import Testing
import Torch

/// Norms, gates, losses and checkpointed parts with gradients of our own, against libtorch's operations in float64.
@Suite struct GraphStepTests {
    /// Gradients of a weighted sum of what `body` makes of leaves.
    private func gradients(
        _ leaves: [Tensor], weight: Tensor, _ body: ([Tensor]) throws -> Tensor
    ) throws -> [Tensor] {
        let own = try leaves.map { try $0.clone() }
        for leaf in own { try leaf.setRequiresGradient(true) }
        let output = try body(own)
        try (output * weight.to(output.dtype)).sum().backward()
        return try own.map { try #require(try $0.gradient) }
    }

    private func compare(
        _ leaves: [Tensor], weight: Tensor, dtype: DType, within tolerance: Double, _ body: ([Tensor]) throws -> Tensor,
        reference: ([Tensor]) throws -> Tensor
    ) throws {
        let expected = try gradients(leaves, weight: weight, reference)
        let found = try gradients(leaves.map { try $0.to(dtype) }, weight: weight, body)
        for (one, other) in zip(found, expected) {
            #expect(try relativeDifference(one.to(.float64), other) < tolerance)
        }
    }

    @Test(arguments: [(DType.float32, 3e-6), (.bfloat16, 3e-2)])
    func normsAndGates(dtype: DType, tolerance: Double) throws {
        try Runtime.seed(3)
        let x = try Tensor.randn([3, 211, 48], dtype: .float64),
            delta = try Tensor.randn([3, 211, 48], dtype: .float64)
        let weight = try Tensor.randn([48], dtype: .float64), sum = try Tensor.randn([3, 211, 48], dtype: .float64)
        func norm(_ x: Tensor, _ weight: Tensor) throws -> Tensor {
            try weight * (x * (x.square().mean([-1], keep: true) + 1e-6).rsqrt())
        }
        try compare([x, weight], weight: sum, dtype: dtype, within: tolerance) {
            try $0[0].rmsNorm($0[1], epsilon: 1e-6)
        } reference: {
            try norm($0[0], $0[1])
        }
        try compare([x, delta, weight], weight: sum, dtype: dtype, within: tolerance) {
            let (total, normed) = try $0[0].addingRMSNorm($0[1], weight: $0[2], epsilon: 1e-6)
            return try total + normed
        } reference: {
            let total = try $0[0] + $0[1]
            return try total + norm(total, $0[2])
        }
        try compare([x, delta], weight: sum, dtype: dtype, within: tolerance) {
            try $0[0].siluGate($0[1])
        } reference: {
            try $0[0].silu() * $0[1]
        }
    }

    @Test func vocabularyInBlocks() throws {
        try Runtime.seed(5)
        let (rows, vocabulary) = (100, 300_000)  // 55 rows a block
        let states = try Tensor.randn([rows, 4], dtype: .float64)
        let weight = try Tensor.randn([vocabulary, 4], dtype: .float64)
        let targets = try Tensor((0..<rows).map { Int64($0 * 2999) })
        let factors = try Tensor((0..<rows).map { Float($0 % 7) / 10 })
        func losses(_ leaves: [Tensor]) throws -> Tensor {
            try -leaves[0].linear(leaves[1]).logSoftmax().gather(1, targets.unsqueeze(1)).squeeze(1)
        }
        let expected = try gradients([states, weight], weight: factors, losses)
        let own = [try states.to(.float32).clone(), try weight.to(.float32).clone()]
        for leaf in own { try leaf.setRequiresGradient(true) }
        let (loss, each) = try own[0].vocabularyCrossEntropy(own[1], targets: targets, factors: factors)
        try (loss * 2).backward()
        #expect(try relativeDifference(each.to(.float64), losses([states, weight])) < 3e-6)
        for (leaf, wanted) in zip(own, expected) {
            // In float32 the sum over so large a vocabulary leaves PyTorch's own gradient of the states as far away.
            let tolerance = leaf.size(0) == rows ? 1e-3 : 3e-6
            #expect(try relativeDifference(#require(try leaf.gradient).to(.float64), wanted * 2) < tolerance)
        }
        #expect(throws: TorchError.self) {
            try own[0].vocabularyCrossEntropy(
                own[1], targets: Tensor([Int64](repeating: 300_000, count: rows)), factors: factors)
        }
    }

    /// At a temperature and without some tokens: values, gradients and entropies against libtorch's operations.
    @Test(arguments: [1.0, 0.7, 1.8]) func policyCrossEntropy(temperature: Double) throws {
        try Runtime.seed(11)
        let (rows, vocabulary) = (40, 97)
        let states = try Tensor.randn([rows, 6], dtype: .float64),
            weight = try Tensor.randn([vocabulary, 6], dtype: .float64)
        let excluded: [Int64] = [3, 50, 96]
        let targets = try Tensor((0..<rows).map { Int64($0 % 40 + 4) })
        let factors = try Tensor((0..<rows).map { Double($0 % 5) - 1.5 })
        let mask = try Tensor((0..<vocabulary).map { excluded.contains(Int64($0)) ? -1e9 : 0.0 })
        func logs(_ leaves: [Tensor]) throws -> Tensor {
            try (leaves[0].linear(leaves[1]) * (1 / temperature) + mask).logSoftmax()
        }
        let expected = try gradients([states, weight], weight: factors) { leaves in
            try -logs(leaves).gather(1, targets.unsqueeze(1)).squeeze(1)
        }
        let own = [try states.clone(), try weight.clone()]
        for leaf in own { try leaf.setRequiresGradient(true) }
        let found = try own[0].policyCrossEntropy(
            own[1], targets: targets, factors: factors, excluded: Tensor(excluded), temperature: temperature)
        try found.loss.backward()
        let all = try logs([states, weight])
        #expect(try relativeDifference(found.losses, -all.gather(1, targets.unsqueeze(1)).squeeze(1)) < 1e-12)
        #expect(try relativeDifference(found.entropies, -(all.exp() * all).sum([1])) < 1e-12)
        for (leaf, wanted) in zip(own, expected) {
            #expect(try relativeDifference(#require(try leaf.gradient), wanted) < 1e-12)
        }
        // A token that is never drawn has no probability.
        let never = try own[0].policyCrossEntropy(
            own[1], targets: Tensor([Int64](repeating: 3, count: rows)), factors: factors, excluded: Tensor(excluded))
        #expect(try never.losses.values(as: Double.self).allSatisfy { $0 == .infinity })
        #expect(throws: TorchError.self) {
            try own[0].policyCrossEntropy(own[1], targets: targets, factors: factors, excluded: Tensor([Int64(97)]))
        }
    }

    @Test func checkpointing() throws {
        try Runtime.seed(9)
        let x = try Tensor.randn([5, 8]), weight = try Tensor.randn([8, 8]), sum = try Tensor.randn([5, 8])
        func body(_ x: Tensor, _ weight: Tensor) throws -> Tensor { try x.linear(weight).tanh().linear(weight) + x }
        let expected = try gradients([x, weight], weight: sum) { try body($0[0], $0[1]) }
        let found = try gradients([x, weight], weight: sum) { leaves in
            let held = leaves[1]
            return try checkpointed([leaves[0]], outputCount: 1) { [try body($0[0], held)] }[0]
        }
        for (one, other) in zip(found, expected) { #expect(try one.floats() == other.floats()) }
        struct Wrong: Error, CustomStringConvertible { let description = "it is wrong" }
        #expect(throws: TorchError.self) { try checkpointed([x], outputCount: 1) { _ in throw Wrong() } }
    }
}
