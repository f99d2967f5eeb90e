import Testing
import Torch

/// Every operation against PyTorch: values, and gradients of the sum of squares.
@Suite struct OperationTests {
    typealias Operation = @Sendable ([Tensor]) throws -> Tensor

    /// Operations by their name in the golden file.
    static let table: [(name: String, operation: Operation)] =
        arithmetic + functions + reductions + shapes + parts + layers

    private static let arithmetic: [(name: String, operation: Operation)] = [
        ("add", { try $0[0] + $0[1] }), ("sub", { try $0[0] - $0[1] }), ("mul", { try $0[0] * $0[1] }),
        ("div", { try $0[0] / $0[1] }), ("broadcast", { try $0[0] * $0[1] }),
        ("maximum", { try $0[0].maximum($0[1]) }), ("minimum", { try $0[0].minimum($0[1]) }),
        ("addScalar", { try $0[0] + 1.5 }), ("subScalar", { try $0[0] - 1.5 }), ("mulScalar", { try $0[0] * -2.5 }),
        ("divScalar", { try $0[0] / 4 }), ("clamp", { try $0[0].clamp(-0.5...0.75) }), ("neg", { try -$0[0] }),
        ("equal", { try $0[0].equal($0[1]) }), ("less", { try $0[0].less($0[1]) }),
        ("greaterOrEqual", { try $0[0].greaterOrEqual($0[1]) }), ("isFinite", { try $0[0].isFinite() }),
    ]
    private static let functions: [(name: String, operation: Operation)] = [
        ("abs", { try $0[0].abs() }), ("exp", { try $0[0].exp() }), ("log", { try $0[0].log() }),
        ("sqrt", { try $0[0].sqrt() }), ("rsqrt", { try $0[0].rsqrt() }), ("square", { try $0[0].square() }),
        ("reciprocal", { try $0[0].reciprocal() }), ("pow", { try $0[0].pow(1.5) }), ("sin", { try $0[0].sin() }),
        ("cos", { try $0[0].cos() }), ("tanh", { try $0[0].tanh() }), ("sigmoid", { try $0[0].sigmoid() }),
        ("silu", { try $0[0].silu() }), ("gelu", { try $0[0].gelu() }), ("relu", { try $0[0].relu() }),
    ]
    private static let reductions: [(name: String, operation: Operation)] = [
        ("sum", { try $0[0].sum([1]) }), ("sumAll", { try $0[0].sum() }), ("mean", { try $0[0].mean([0], keep: true) }),
        ("amax", { try $0[0].amax([1]) }), ("amin", { try $0[0].amin([0]) }),
        ("variance", { try $0[0].variance([1]) }), ("logSumExp", { try $0[0].logSumExp([1]) }),
        ("cumsum", { try $0[0].cumsum(1) }), ("argmax", { try $0[0].argmax(1) }),
        ("sortValues", { try $0[0].sort(1, descending: true).values }),
        ("topKValues", { try $0[0].topK(2, axis: 1).values }),
        ("softmax", { try $0[0].softmax() }), ("logSoftmax", { try $0[0].logSoftmax() }),
    ]
    private static let shapes: [(name: String, operation: Operation)] = [
        ("reshape", { try $0[0].reshape([5, -1]) }), ("permute", { try $0[0].permute([1, 0]) }),
        ("flip", { try $0[0].flip([1]) }), ("repeatInterleave", { try $0[0].repeatInterleave(2, axis: 0) }),
        ("pad", { try $0[0].padLastAxis(before: 1, after: 2, value: 0.5) }),
        ("expand", { try $0[0].slice(0, 0..<1).expand([4, 5]) }), ("unsqueeze", { try $0[0].unsqueeze(1) }),
        ("concatenate", { try Tensor.concatenate($0, axis: 1) }), ("stack", { try Tensor.stack($0, axis: 1) }),
    ]
    private static let parts: [(name: String, operation: Operation)] = [
        ("slice", { try $0[0].slice(1, 1..<4) }), ("select", { try $0[0].select(0, 1) }),
        ("indexSelect", { try $0[0].indexSelect(0, $0[1]) }), ("gather", { try $0[0].gather(1, $0[1]) }),
        ("indexCopy", { try $0[0].indexCopy(0, $0[1], $0[2]) }), ("scatter", { try $0[0].scatter(1, $0[1], $0[2]) }),
        ("choose", { try $0[0].choose($0[1], otherwise: $0[2]) }), ("masked", { try $0[0].masked($0[1], with: 9) }),
        ("embedding", { try $0[0].embedding($0[1]) }), ("nonzero", { try $0[0].relu().nonzero() }),
    ]
    private static let layers: [(name: String, operation: Operation)] = [
        ("matmul", { try $0[0].matmul($0[1]) }), ("linear1", linear), ("linear3", linear), ("linear8", linear),
        ("linear9", linear), ("linear40", linear), ("linearNoBias", { try $0[0].linear($0[1]) }),
        ("layerNorm", { try $0[0].layerNorm($0[1], bias: $0[2], epsilon: 1e-5) }),
        ("rmsNorm", { try $0[0].rmsNorm($0[1], epsilon: 1e-6) }),
        ("addingRMSNorm", { try $0[0].addingRMSNorm($0[1], weight: $0[2], epsilon: 1e-6).normed }),
        ("siluGate", { try $0[0].siluGate($0[1]) }),
        ("rotary", { try $0[0].rotary(cos: Golden().tensor("rotary.cos"), sin: Golden().tensor("rotary.sin")) }),
        ("crossEntropy", { try $0[0].crossEntropy($0[1]) }),
        ("resize", { try $0[0].resizeBicubic(height: 28, width: 14) }),
    ]

    private static let linear: Operation = { try $0[0].linear($0[1], bias: $0[2]) }

    @Test(arguments: table.map(\.name))
    func values(name: String) throws {
        let golden = try Golden()
        let operation = try #require(Self.table.first { $0.name == name }?.operation)
        let result = try withoutGradient { try operation(golden.inputs(name)) }
        #expect(try relativeDifference(result, golden.tensor("\(name).out")) < 2e-6)
    }

    @Test(arguments: table.map(\.name))
    func gradientsOfSquares(name: String) throws {
        let golden = try Golden()
        guard golden.file.contains("\(name).g0") else { return }
        let operation = try #require(Self.table.first { $0.name == name }?.operation)
        let inputs = try golden.inputs(name)
        let leaves = inputs.filter(\.dtype.isFloatingPoint)
        for leaf in leaves { try leaf.setRequiresGradient(true) }
        let result = try operation(inputs)
        #expect(try relativeDifference(result, golden.tensor("\(name).out")) < 2e-6)
        for (index, gradient) in try gradients(of: result.square().sum(), withRespectTo: leaves).enumerated() {
            #expect(try relativeDifference(gradient, golden.tensor("\(name).g\(index)")) < 5e-6)
        }
    }

    /// bfloat16 keeps eight bits: each result is within one step of what float32 gives on the same rounded inputs.
    @Test(arguments: ["rmsNorm", "addingRMSNorm", "siluGate", "linear1", "linear8", "linear40"])
    func bfloat16(name: String) throws {
        let golden = try Golden()
        let operation = try #require(Self.table.first { $0.name == name }?.operation)
        let narrow = try golden.inputs(name).map { try $0.to(.bfloat16) }
        let wide = try narrow.map { try $0.to(.float32) }
        let result = try operation(narrow)
        #expect(result.dtype == .bfloat16)
        #expect(try relativeDifference(result.to(.float32), operation(wide)) < 0.012)
    }

    /// float32 rows meet bfloat16 weights as if these had been widened, for few rows and for many, whole blocks and remainders.
    @Test(arguments: [
        [1, 90, 50], [2, 90, 50], [7, 90, 50], [8, 90, 50], [9, 90, 50], [100, 90, 50], [200, 16, 16],
        [1000, 1100, 210],
    ])
    func mixedProducts(sizes: [Int]) throws {
        let (rows, inWidth, outWidth) = (sizes[0], sizes[1], sizes[2])
        let x = try Tensor.randn([rows, inWidth])
        let weight = try Tensor.randn([outWidth, inWidth]).to(.bfloat16)
        let bias = try Tensor.randn([outWidth]).to(.bfloat16)
        let exact = try x.to(.float64).matmul(weight.to(.float64).transpose(0, 1)) + bias.to(.float64)
        let expected = try exact.to(.float32)
        for bits in [512, 256, 128] {
            try Runtime.withVectorWidth(atMost: bits) {
                let product = try x.linear(weight, bias: bias)
                #expect(try relativeDifference(product, expected) < 2e-6, "vectors of \(bits) bits")
                guard rows / 2 > 8 else { return }
                // The last half of the rows alone comes out the same, bit for bit.
                let half = try x.slice(0, rows / 2..<rows).linear(weight, bias: bias)
                #expect(try half.floats() == product.slice(0, rows / 2..<rows).floats())
            }
        }
    }

    /// Weights of no rows make a product of no columns.
    @Test func emptyProducts() throws {
        let x = try Tensor.randn([9, 16])
        #expect(try x.linear(Tensor.zeros([0, 16])).shape == [9, 0])
        #expect(try x.linear(Tensor.zeros([0, 16]).to(.bfloat16)).shape == [9, 0])
    }

    /// A row's product does not depend on the rows beside it.
    @Test func fewRowsAreIndependent() throws {
        let x = try Tensor.randn([8, 77])
        let weight = try Tensor.randn([31, 77])
        let together = try x.linear(weight).floats()
        for row in 0..<8 {
            let alone = try x.slice(0, row..<row + 1).linear(weight).floats()
            #expect(alone == Array(together[row * 31..<(row + 1) * 31]))
        }
    }
}
