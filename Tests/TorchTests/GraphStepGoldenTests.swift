import Testing
import Torch

/// The other steps that have gradients of their own against PyTorch in float64.
@Suite struct GraphStepGoldenTests {
    private static let types: [(DType, String, Double)] = [
        (.float32, "float32", 1e-5), (.bfloat16, "bfloat16", 1.5e-2),
    ]

    private func compare(
        _ name: String, _ outs: [Tensor], _ inputs: [Tensor], _ type: String, _ tolerance: Double
    ) throws {
        let golden = try GraphGolden()
        var loss = try Tensor.zeros([])
        for (number, out) in outs.enumerated() {
            let seed = try GraphGolden.tensor(14 + UInt64(number), out.shape)
            loss = try loss + (out.to(.float32) * seed).sum()
        }
        let found = try gradients(of: loss, withRespectTo: inputs)
        for (part, tensors) in [("out", outs), ("gradient", found)] {
            for (number, tensor) in tensors.enumerated() {
                let expected = try golden.tensor("\(name).\(type).\(part)\(number)")
                let actual = try tensor.detached().to(.float32)
                #expect(try relativeDifference(actual, expected) < tolerance, "\(name) \(type) \(part) \(number)")
            }
        }
    }

    @Test(arguments: types, [512, 256, 128])
    func normsAndGates(_ type: (DType, String, Double), bits: Int) throws {
        let (dtype, name, tolerance) = type
        try Runtime.withVectorWidth(atMost: bits) {
            func leaves() throws -> (x: Tensor, y: Tensor, weight: Tensor) {
                try (
                    GraphGolden.leaf(11, [3, 17, 40], dtype, factor: 2),
                    GraphGolden.leaf(12, [3, 17, 40], dtype, factor: 2),
                    GraphGolden.leaf(13, [40], dtype, factor: 0.5, offset: 1)
                )
            }
            let one = try leaves()
            try compare("norm", [one.x.rmsNorm(one.weight, epsilon: 1e-6)], [one.x, one.weight], name, tolerance)
            let two = try leaves()
            let added = try two.x.addingRMSNorm(two.y, weight: two.weight, epsilon: 1e-6)
            try compare("addNorm", [added.sum, added.normed], [two.x, two.y, two.weight], name, tolerance)
            let three = try leaves()
            try compare("gate", [three.x.siluGate(three.y)], [three.x, three.y], name, tolerance)
        }
    }

    /// Of the sum alone, and of the norm alone.
    @Test func halfOfASumAndItsNorm() throws {
        func leaves() throws -> [Tensor] {
            try [
                GraphGolden.leaf(11, [5, 24], .float32), GraphGolden.leaf(12, [5, 24], .float32),
                GraphGolden.leaf(13, [24], .float32),
            ]
        }
        let (one, other) = (try leaves(), try leaves())
        let fused = try one[0].addingRMSNorm(one[1], weight: one[2], epsilon: 1e-6)
        let sum = try other[0] + other[1]
        let normed = try sum * (sum.square().mean([-1], keep: true) + 1e-6).rsqrt() * other[2]
        for (own, plain) in [(fused.sum, sum), (fused.normed, normed)] {
            let found = try gradients(of: own.square().sum(), withRespectTo: one, retainsGraph: true)
            let expected = try gradients(of: plain.square().sum(), withRespectTo: other, retainsGraph: true)
            for (gradient, wanted) in zip(found, expected) {
                #expect(try relativeDifference(gradient, wanted) < 1e-5)
            }
        }
    }

    private func loss(
        _ dtype: DType, rows: Int, hidden: Int, vocabulary: Int
    ) throws -> (leaves: [Tensor], loss: Tensor, losses: Tensor) {
        let leaves = try [
            GraphGolden.leaf(21, [rows, hidden], dtype, factor: 2),
            GraphGolden.leaf(22, [vocabulary, hidden], dtype, factor: 2),
        ]
        var targets = GraphGolden.numbers(23, rows).map { Int64((Double($0) + 1) / 2 * Double(vocabulary)) }
        (targets[rows - 1], targets[0]) = (Int64(vocabulary - 1), 0)
        var factors = GraphGolden.numbers(24, rows)
        factors[1] = 0
        let found = try leaves[0].vocabularyCrossEntropy(
            leaves[1], targets: Tensor(targets), factors: Tensor(factors))
        return (leaves, found.loss, found.losses)
    }

    /// With 200,000 words the 200 rows are worked on in three blocks.
    @Test(arguments: [("small", DType.float32, 1e-5), ("small", .bfloat16, 2e-2), ("large", .float32, 2e-5)])
    func vocabularyCrossEntropy(name: String, dtype: DType, tolerance: Double) throws {
        let golden = try GraphGolden()
        let isLarge = name == "large"
        let found = try loss(
            dtype, rows: isLarge ? 200 : 9, hidden: isLarge ? 8 : 12, vocabulary: isLarge ? 200_000 : 50)
        var own = try gradients(of: found.loss * 3, withRespectTo: found.leaves)
        if isLarge {
            own[1] = try (own[1] * GraphGolden.tensor(25, [200_000, 1])).reshape([400, 500, 8]).sum([1])
        }
        let key = "loss.\(name).\(dtype == .float32 ? "float32" : "bfloat16")"
        for (part, tensor) in zip(["loss", "losses", "states", "weight"], [found.loss, found.losses] + own) {
            let actual = try tensor.detached().to(.float32)
            let difference = try relativeDifference(actual, golden.tensor("\(key).\(part)"))
            // A sum over 200,000 words in float32: PyTorch's own is 1.2e-4 off.
            #expect(difference < (isLarge && part == "states" ? 5e-4 : tolerance), "\(key) \(part)")
        }
    }

    @Test func onlyWhatIsWantedHasAGradient() throws {
        let (states, weight) = (try Tensor.randn([4, 6]), try Tensor.randn([9, 6]))
        let (targets, factors) = (try Tensor([Int64](0..<4)), try Tensor([Float](repeating: 0.25, count: 4)))
        try states.setRequiresGradient(true)
        try states.vocabularyCrossEntropy(weight, targets: targets, factors: factors).loss.backward()
        let expected = try gradients(
            of: states.matmul(weight.transpose(0, 1)).crossEntropy(targets), withRespectTo: [states])
        #expect(try relativeDifference(#require(try states.gradient), expected[0]) < 1e-5)
        #expect(try weight.gradient == nil)
    }

    @Test func wrongTargetsAndSecondPassesAreRefused() throws {
        let states = try Tensor.randn([3, 4])
        try states.setRequiresGradient(true)
        let (weight, factors) = (try Tensor.randn([5, 4]), try Tensor([1, 1, 1] as [Float]))
        func sentence(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch {
                return error.localizedDescription
            }
        }
        for stray in [5, -1, -100] as [Int64] {
            let text = sentence {
                _ = try states.vocabularyCrossEntropy(weight, targets: Tensor([0, stray, 1]), factors: factors)
            }
            #expect(text.contains("a target is outside the vocabulary of 5"), "\(text)")
        }
        #expect(throws: TorchError.self) {
            try states.vocabularyCrossEntropy(weight, targets: Tensor([0, 1] as [Int64]), factors: factors)
        }
        let loss = try states.vocabularyCrossEntropy(weight, targets: Tensor([0, 1, 4] as [Int64]), factors: factors)
            .loss
        try loss.backward(retainsGraph: true)
        let text = sentence { try loss.backward() }
        #expect(text.contains("differentiated once"), "\(text)")
    }
}
