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

    /// Writes the rotary step of this tensor into a target, and zeros behind every head.
    /// - Parameters:
    ///   - cos: float32 `[batch or 1, tokens, width / 2]`.
    ///   - sin: likewise.
    ///   - target: `[batch, tokens, heads, width or more]` of the type of `self`, which is `[batch, tokens, heads, width]`.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or a gradient is recorded.
    public func writeRotary(cos: Tensor, sin: Tensor, into target: Tensor) throws {
        try check(
            ct_rotary_into_(handle, cos.handle, sin.handle, target.handle), operation: "writeRotary of \(shape)")
    }

    /// Writes this tensor into a target, and some numbers of each token behind every head.
    /// - Parameters:
    ///   - columns: `[batch, tokens, extra]`, or nil.
    ///   - target: `[batch, tokens, heads, width + extra]` of the type of `self`, which is `[batch, tokens, heads, width]`.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or a gradient is recorded.
    public func writeHeads(columns: Tensor? = nil, into target: Tensor) throws {
        try check(
            ct_heads_into_(handle, columns?.handle ?? CTensor(), target.handle), operation: "writeHeads of \(shape)")
    }
}

/// A piece of the keys and values that a sequence has cached.
public struct CachedKeys {
    /// `[keyValueHeads, count, width]`.
    public var keys: Tensor
    /// `[keyValueHeads, count, width]`.
    public var values: Tensor
    /// For each key the groups it is in, nil where attention is not observed.
    ///
    /// uint8 `[count]`, bit g for group g.
    public var membership: Tensor?

    /// A piece.
    /// - Parameters:
    ///   - keys: `[keyValueHeads, count, width]`.
    ///   - values: likewise.
    ///   - membership: uint8 `[count]`, or nil.
    public init(keys: Tensor, values: Tensor, membership: Tensor? = nil) {
        self.keys = keys
        self.values = values
        self.membership = membership
    }
}

/// Attention of one new token of each of several sequences to the keys that it has cached, and the mass on every key group.
///
/// Sequences may share pieces. The result of one does not depend on the others. See ``Tensor/isPlain``.
/// - Parameters:
///   - query: `[sequences, heads, width]`.
///   - sequences: the pieces of each sequence, as many for all, with membership in all or in none.
///   - groupCount: how many groups there are, 0 without membership.
///   - scale: what multiplies the scores.
/// - Returns: the output `[sequences, heads, width]`, and the masses, float32 `[sequences, heads, groups]`, where observed.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func decodeAttention(
    query: Tensor, sequences: [[CachedKeys]], groupCount: Int, scale: Double
) throws -> (output: Tensor, masses: Tensor?) {
    let pieces = sequences.joined()
    let count = sequences.first?.count ?? 0
    guard query.rank == 3, query.size(0) == sequences.count, count > 0, sequences.allSatisfy({ $0.count == count })
    else {
        throw TorchError.shape(
            name: "query",
            expected: "[\(sequences.count), heads, width] with equally many cached pieces for each sequence",
            got: query.shape)
    }
    let keys = pieces.map(\.keys.handle)
    let values = pieces.map(\.values.handle)
    let membership = pieces.compactMap(\.membership?.handle)
    guard membership.isEmpty ? groupCount == 0 : membership.count == keys.count else {
        throw TorchError.shape(name: "membership", expected: "one for every cached piece", got: [membership.count])
    }
    var output = CTensor()
    var masses = CTensor()
    try withExtendedLifetime(sequences) {
        try membership.withUnsafeBufferPointer { bytes in
            try check(
                ct_decode_attention(
                    query.handle, keys, values, bytes.isEmpty ? nil : bytes.baseAddress, Int32(count),
                    Int32(groupCount),
                    scale, &output, &masses),
                operation: "decodeAttention of \(query.shape)")
        }
    }
    return (Tensor(adopting: output), membership.isEmpty ? nil : Tensor(adopting: masses))
}

extension Runtime {
    /// How products are made on this processor.
    public struct Products: Sendable, Codable {
        /// Billions of float32 operations per second of libtorch's BLAS, on a product of 512 rows.
        public var blas: Double
        /// Billions of float32 operations per second of oneDNN on the same.
        public var oneDNN: Double
        /// Billions of bfloat16 operations per second on the same.
        public var bfloat16: Double
        /// True if float32 products of many rows go to oneDNN.
        public var usesOneDNN: Bool
        /// True if bfloat16 products of many rows are made in bfloat16, false if in float32, block by block.
        public var usesBFloat16: Bool
    }

    /// What this processor is good at, measured at the first call.
    public static var products: Products {
        get throws {
            var found = CTProducts()
            try check(ct_products(&found), operation: "products")
            return Products(
                blas: found.mkl, oneDNN: found.onednn, bfloat16: found.bfloat16, usesOneDNN: found.uses_onednn,
                usesBFloat16: found.uses_bfloat16)
        }
    }
}
