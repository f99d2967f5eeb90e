import Torch

/// The vision tower: patches in, visual tokens out (transformers' `Qwen2_5_VisionTransformerPretrainedModel`).
public struct VisionTower {
    static let normEpsilon = 1e-6

    /// Its sizes, as config.json has them.
    public let configuration: VisionConfiguration
    private let patchWeight: Tensor
    private let blocks: [VisionBlock]
    private let mergerNorm: Tensor
    private let merger0, merger2: Linear

    init(_ scope: ParameterScope, configuration: VisionConfiguration) throws {
        self.configuration = configuration
        // The convolution's stride is its kernel, so it is one product of patches and flattened kernels.
        patchWeight = try scope("patch_embed.proj.weight")
        blocks = try (0..<configuration.depth).map {
            try VisionBlock(scope.scope("blocks.\($0)"), configuration: configuration)
        }
        let merger = scope.scope("merger")
        mergerNorm = try merger("ln_q.weight")
        merger0 = try merger.linear("mlp.0", hasBias: true)
        merger2 = try merger.linear("mlp.2", hasBias: true)
    }

    /// The visual tokens of some pictures.
    /// - Parameters:
    ///   - pixelValues: `[patches, channels * frames * rows * columns]`, normalised, in the processor's order, of the type to
    ///     compute in.
    ///   - grids: one per picture; their patches add up to the rows of `pixelValues`.
    ///   - checkpointing: true to keep of every block only its input, where a gradient is recorded.
    ///   - trace: sees the hidden states after every block, in the order of the plan.
    /// - Returns: `[visual tokens, decoder width]`, picture after picture, row after row.
    /// - Throws: ``QwenVLError/input(_:)`` if pixels and grids disagree.
    public func callAsFunction(
        _ pixelValues: Tensor, grids: [GridTHW], checkpointing: Bool = false, trace: ForwardTrace? = nil
    ) throws -> Tensor {
        try check(pixelValues, grids: grids)
        let patches = pixelValues.size(0)
        let plan = try VisionPlan(grids: grids, configuration: configuration)
        let device = patchWeight.device
        let rotary = try RotaryTable.vision(plan: plan, headSize: configuration.headSize, device: device)
        let merge = configuration.spatialMergeSize * configuration.spatialMergeSize
        // Reshaped here and not kept so: a view made before the parameter wants a gradient would give it none.
        let weight = try patchWeight.reshape([configuration.hiddenSize, configuration.patchElements])
        let embedded = try pixelValues.to(device: device).linear(weight)
        var stream = try ResidualStream(
            embedded
                .reshape([patches / merge, merge * configuration.hiddenSize])
                .indexSelect(0, Tensor(plan.tokenOrder).to(device: device))
                .reshape([patches, configuration.hiddenSize]))
        for (index, block) in blocks.enumerated() {
            let full = configuration.fullAttentionBlocks.contains(index)
            let segments = full ? plan.pictures : plan.windows
            if checkpointing {
                _ = try stream.checkpointed {
                    try block(&$0, rotary: rotary, segments: segments)
                    return nil
                }
            } else {
                try block(&stream, rotary: rotary, segments: segments)
            }
            if let trace { try trace(.visionBlock(index), stream.value()) }
        }
        let normed = try stream.normed(mergerNorm, epsilon: VisionTower.normEpsilon)
        let merged = try mergeSquares(normed, count: patches / merge)
        return try merged.indexSelect(0, Tensor(plan.placeOfToken).to(device: device))
    }

    /// Throws ``QwenVLError/input(_:)`` if pixels and grids disagree.
    func check(_ pixelValues: Tensor, grids: [GridTHW]) throws {
        let patches = grids.reduce(0) { $0 + $1.patchCount }
        guard pixelValues.shape == [patches, configuration.patchElements] else {
            throw QwenVLError.input(
                "pixelValues has shape \(pixelValues.shape), the picture grids ask for [\(patches), \(configuration.patchElements)]"
            )
        }
    }

    /// Squares of patches become tokens of the decoder's width (transformers' `Qwen2_5_VLPatchMerger`).
    private func mergeSquares(_ normed: Tensor, count: Int) throws -> Tensor {
        try merger2(merger0(normed.reshape([count, -1])).gelu())
    }
}

/// A place in the forward pass at which a ``ForwardTrace`` is called.
public enum ForwardStage: Sendable, Hashable {
    /// After a block of the vision tower, `[patches, hidden]` in the tower's own order.
    case visionBlock(Int)
    /// The visual tokens, `[visual tokens, decoder width]`.
    case visionOutput
    /// After a decoder layer, `[batch, tokens, hidden]`.
    case decoderLayer(Int)
    /// After the last norm, `[batch, tokens, hidden]`.
    case finalNorm
}

/// Looks at intermediate results; what it throws ends the pass.
public typealias ForwardTrace = (ForwardStage, Tensor) throws -> Void
