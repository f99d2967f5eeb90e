import RandomNumbers
import Torch

/// What low-rank adaptation (LoRA, arXiv 2106.09685) adds to one linear layer: `s dropout(x) A^T B^T`.
///
/// The same as PEFT's `lora.Linear`. With `s = alpha / rank`, or `alpha / sqrt(rank)` where ranks are stabilised (rsLoRA).
public final class LowRankAdapter {
    /// The layer's name in the checkpoint, such as `model.layers.0.self_attn.q_proj`.
    public let name: String
    /// `A`, `[rank, inputs]`.
    public let down: Tensor
    /// `B`, `[outputs, rank]`.
    public let up: Tensor
    /// What the scale is made of.
    public let alpha: Double
    /// The factor `s`.
    public let scale: Double
    private let dropout: AdapterDropout
    private let key: UInt64

    /// The width in the middle.
    public var rank: Int { down.size(0) }

    init(name: String, down: Tensor, up: Tensor, alpha: Double, isRankStabilized: Bool, dropout: AdapterDropout) {
        (self.name, self.down, self.up, self.alpha) = (name, down, up, alpha)
        let rank = Double(down.size(0))
        scale = alpha / (isRankStabilized ? rank.squareRoot() : rank)
        self.dropout = dropout
        key = SplitMix64.digest(name)
    }

    /// What is added to the layer's output.
    /// - Parameter x: `[..., inputs]`; what is dropped hangs on the state of the dropout, the layer's name and the place in `x`.
    /// - Returns: `[..., outputs]`, in the type of the adapter.
    /// - Throws: `TorchError` if the width is another.
    func delta(_ x: Tensor) throws -> Tensor {
        var x = try x.to(down.dtype)
        if let mask = try dropout.mask(like: x, key: key) { x = try x * mask }
        return try x.linear(down).linear(up) * scale  // [..., rank], then [..., outputs]
    }

    /// `s B A`, `[outputs, inputs]`, differentiable in both.
    /// - Throws: ``QwenVLError/input(_:)`` if numbers are dropped before `A`, so that the layer is no one matrix.
    func matrix() throws -> Tensor {
        guard dropout.state == nil || dropout.probability == 0 else {
            throw QwenVLError.input(
                "The adapter on \(name) cannot have dropout; exclude the layer, or set dropout to 0")
        }
        return try up.matmul(down) * scale
    }

    /// `s B A` in float32 at least, `[outputs, inputs]`.
    func product() throws -> Tensor {
        let wide: DType = down.dtype == .float64 ? .float64 : .float32
        return try up.detached().to(wide).matmul(down.detached().to(wide)) * scale
    }
}

/// What decides which numbers the adapters drop in a pass: the same state drops the same numbers again.
///
/// A layer whose forward pass is run a second time for its gradients, and a training that is gone on with, so repeat their masks.
public struct DropoutState: Sendable, Equatable {
    /// The training's seed.
    public var seed: UInt64
    /// The number of the training step, from 0.
    public var step: Int
    /// Which pass of the step, from 0.
    public var microBatch: Int

    /// A state.
    /// - Parameters:
    ///   - seed: the training's seed.
    ///   - step: the step.
    ///   - microBatch: the piece of the step's batch.
    public init(seed: UInt64, step: Int, microBatch: Int = 0) {
        (self.seed, self.step, self.microBatch) = (seed, step, microBatch)
    }
}

/// The dropout that the adapters of a store share.
final class AdapterDropout {
    /// How likely a number of the input is dropped.
    let probability: Double
    /// The current state; nil for no dropout.
    var state: DropoutState?

    init(probability: Double) { self.probability = probability }

    /// What an input is multiplied by; nil if nothing is dropped.
    func mask(like x: Tensor, key: UInt64) throws -> Tensor? {
        guard let state, probability > 0 else { return nil }
        var numbers = SplitMix64(
            state.seed, UInt64(bitPattern: Int64(state.step)), UInt64(bitPattern: Int64(state.microBatch)), key)
        return try Tensor.dropoutMask(
            x.shape, probability: probability, key: numbers.next(), dtype: x.dtype, device: x.device)
    }
}
