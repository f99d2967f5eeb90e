import Torch

/// One block of the vision tower (transformers' `Qwen2_5_VLVisionBlock`).
struct VisionBlock {
    private let norm1, norm2: Tensor
    private let attention: VisionAttention
    private let mlp: VisionMLP

    init(_ scope: ParameterScope, configuration: VisionConfiguration) throws {
        norm1 = try scope("norm1.weight")
        norm2 = try scope("norm2.weight")
        attention = try VisionAttention(scope.scope("attn"), configuration: configuration)
        mlp = try VisionMLP(scope.scope("mlp"))
    }

    /// - Parameters:
    ///   - stream: `[patches, hidden]`, in the plan's order; is given what the block adds.
    ///   - rotary: angles of every patch.
    ///   - segments: which patches attend to each other.
    /// - Throws: `TorchError` if the shapes do not fit.
    func callAsFunction(_ stream: inout ResidualStream, rotary: RotaryTable, segments: [VisionPlan.Segments]) throws {
        let normed = try stream.normed(norm1, epsilon: VisionTower.normEpsilon)
        try stream.add(attention(normed, rotary: rotary, segments: segments))
        try stream.add(mlp(stream.normed(norm2, epsilon: VisionTower.normEpsilon)))
    }
}

/// Attention inside windows or pictures (transformers' `Qwen2_5_VLVisionAttention`).
private struct VisionAttention {
    let qkv, proj: Linear
    let headCount, headSize: Int

    init(_ scope: ParameterScope, configuration: VisionConfiguration) throws {
        qkv = try scope.linear("qkv", hasBias: true)
        proj = try scope.linear("proj", hasBias: true)
        headCount = configuration.headCount
        headSize = configuration.headSize
    }

    func callAsFunction(_ x: Tensor, rotary: RotaryTable, segments: [VisionPlan.Segments]) throws -> Tensor {
        let patches = x.size(0)
        let qkv = try self.qkv(x).reshape([1, patches, 3, headCount, headSize])
        let parts = try qkv.unbind(2)  // each [1, patches, heads, headSize]
        if !qkv.isPlain, takesGraphAttention(parts[0], parts[1], parts[2]) {
            let output = try graphAttention(
                query: parts[0], key: parts[1], value: parts[2], cos: rotary.cos, sin: rotary.sin, stretches: segments,
                causal: false, scale: scale
            ).output.reshape([patches, headCount * headSize])
            return try proj(output)
        }
        let query = try parts[0].rotary(cos: rotary.cos, sin: rotary.sin)
        let key = try parts[1].rotary(cos: rotary.cos, sin: rotary.sin)
        let value = parts[2]
        guard query.isPlain, key.isPlain, value.isPlain else {
            let parts = try segments.map { try attendWithGradient(query, key, value, within: $0) }
            let joined = try parts.count == 1 ? parts[0] : Tensor.concatenate(parts, axis: 0)  // [patches, hidden]
            return try proj(joined)
        }
        let output = try Tensor.empty([1, patches, headCount, headSize], dtype: x.dtype)
        for segments in segments { try attend(query, key, value, within: segments, into: output) }
        return try proj(output.reshape([patches, headCount * headSize]))
    }

    private var scale: Double { 1 / Double(headSize).squareRoot() }

    /// One attention call for all segments of one length; everything is read and written in place.
    private func attend(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, within segments: VisionPlan.Segments, into output: Tensor
    ) throws {
        func split(_ x: Tensor) throws -> Tensor { try self.split(x, segments) }
        _ = try observedAttention(
            query: split(query), pieces: [KeyPiece(keys: split(key), values: split(value))], causal: false,
            scale: scale, into: split(output))
    }

    private func attendWithGradient(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, within segments: VisionPlan.Segments
    ) throws -> Tensor {
        func split(_ x: Tensor) throws -> Tensor { try self.split(x, segments).transpose(1, 2) }
        let output = try fusedAttention(
            query: split(query), key: split(key), value: split(value), causal: false, scale: scale
        ).output  // [segments, heads, length, headSize]
        return try output.transpose(1, 2).reshape([segments.count * segments.length, headCount * headSize])
    }

    /// `[segments, length, heads, headSize]`: a view of `[1, patches, heads, headSize]`.
    private func split(_ x: Tensor, _ segments: VisionPlan.Segments) throws -> Tensor {
        try x.slice(1, segments.start..<segments.start + segments.count * segments.length)
            .reshape([segments.count, segments.length, headCount, headSize])
    }
}

/// The gated feed-forward block of the vision tower, with biases.
private struct VisionMLP {
    let gate, up, down: Linear

    init(_ scope: ParameterScope) throws {
        gate = try scope.linear("gate_proj", hasBias: true)
        up = try scope.linear("up_proj", hasBias: true)
        down = try scope.linear("down_proj", hasBias: true)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try down(gate(x).siluGate(up(x))) }
}
