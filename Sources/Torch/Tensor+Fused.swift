import CTorch

// Steps that libtorch would make in several passes, and products chosen for the processor. Where a gradient is recorded, and
// on other devices, they are made of their parts.

extension Tensor {
    /// `x weight^T + bias`, as `torch.nn.functional.linear`, by the fastest way this processor has.
    ///
    /// Weights of bfloat16 may meet a float32 `self`: their values are used as they are, without a copy of the whole.
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - bias: `[out]`, of the weight's type, or nil.
    /// - Returns: `[..., out]` for `self` of `[..., in]`, of the type of `self`.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
        try Tensor.make("linear of \(shape) with \(weight.shape)") {
            ct_linear(handle, weight.handle, bias?.handle ?? CTensor(), $0)
        }
    }

    /// `weight * x / sqrt(mean(x^2) + epsilon)` over the last axis, as transformers' `Qwen2RMSNorm`.
    ///
    /// The statistics are computed in float32 for narrower types.
    /// - Parameters:
    ///   - weight: `[hidden]`.
    ///   - epsilon: added to the mean square.
    /// - Returns: a tensor of the same shape.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
    public func rmsNorm(_ weight: Tensor, epsilon: Double) throws -> Tensor {
        try Tensor.make("rmsNorm of \(shape) with \(weight.shape)") { ct_rms_norm(handle, weight.handle, epsilon, $0) }
    }

    /// Adds `delta` and norms the sum in one pass.
    ///
    /// This tensor is used up: the sum may lie in its memory.
    /// - Parameters:
    ///   - delta: of the same shape.
    ///   - weight: `[hidden]`.
    ///   - epsilon: added to the mean square.
    /// - Returns: the sum, and its ``rmsNorm(_:epsilon:)``.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
    public func addingRMSNorm(
        _ delta: Tensor, weight: Tensor, epsilon: Double
    ) throws -> (sum: Tensor, normed: Tensor) {
        var sum = CTensor()
        var normed = CTensor()
        try check(
            ct_add_rms_norm(handle, delta.handle, weight.handle, epsilon, &sum, &normed),
            operation: "addingRMSNorm of \(shape)")
        return (Tensor(adopting: sum), Tensor(adopting: normed))
    }

    /// `silu(self) * other`: the gate of a feed-forward block.
    ///
    /// `other` is used up: the result may lie in its memory.
    /// - Parameter other: of the same shape.
    /// - Returns: the product.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
    public func siluGate(_ other: Tensor) throws -> Tensor {
        try Tensor.make("siluGate") { ct_silu_mul(handle, other.handle, $0) }
    }

    /// The rotary position step in the half-split layout of transformers' `apply_rotary_pos_emb`.
    ///
    /// With `x = [x1, x2]` along the last axis: `[x1 cos - x2 sin, x2 cos + x1 sin]`, computed in float32 at least. This
    /// tensor is used up: the result may lie in its memory.
    /// - Parameters:
    ///   - cos: float32 `[batch or 1, tokens, width / 2]`.
    ///   - sin: likewise.
    /// - Returns: a tensor like `self`, which is `[batch, tokens, heads, width]`.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
    public func rotary(cos: Tensor, sin: Tensor) throws -> Tensor {
        try Tensor.make("rotary of \(shape) with \(cos.shape)") { ct_rotary(handle, cos.handle, sin.handle, $0) }
    }

    /// True if the functions below that write into a target take this tensor: on the CPU, float32 or bfloat16, and outside
    /// any gradient.
    public var isPlain: Bool { ct_is_plain(handle) }

    /// Writes the rotary step of this tensor into a target.
    /// - Parameters:
    ///   - cos: float32 `[batch or 1, tokens, width / 2]`.
    ///   - sin: likewise.
    ///   - target: `[batch, tokens, heads, width]` like `self`, last stride 1.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or a gradient is recorded.
    public func writeRotary(cos: Tensor, sin: Tensor, into target: Tensor) throws {
        try check(
            ct_rotary_into_(handle, cos.handle, sin.handle, target.handle), operation: "writeRotary of \(shape)")
    }
}
