import Torch

/// One layer of the decoder (transformers' `Qwen2_5_VLDecoderLayer`).
struct DecoderLayer {
    private let inputNorm, postAttentionNorm: Tensor
    private let query, key, value, output: Linear
    private let gate, up, down: Linear
    private let configuration: TextConfiguration
    private let attention: AugmentedAttention

    init(_ scope: ParameterScope, index: Int, configuration: TextConfiguration) throws {
        inputNorm = try scope("input_layernorm.weight")
        postAttentionNorm = try scope("post_attention_layernorm.weight")
        let attention = scope.scope("self_attn")
        query = try attention.linear("q_proj", hasBias: true)
        key = try attention.linear("k_proj", hasBias: true)
        value = try attention.linear("v_proj", hasBias: true)
        output = try attention.linear("o_proj", hasBias: false)
        let mlp = scope.scope("mlp")
        gate = try mlp.linear("gate_proj", hasBias: false)
        up = try mlp.linear("up_proj", hasBias: false)
        down = try mlp.linear("down_proj", hasBias: false)
        self.configuration = configuration
        self.attention = AugmentedAttention(configuration: configuration, layer: index)
    }

    /// - Parameters:
    ///   - stream: `[batch, tokens, hidden]`; is given what the layer adds.
    ///   - rotary: angles of these tokens.
    ///   - pass: what the whole pass shares.
    /// - Returns: the masses `[batch, heads, tokens, groups]` where observed.
    /// - Throws: `TorchError` if the shapes do not fit, ``QwenVLError/input(_:)`` if the cache is full.
    func callAsFunction(_ stream: inout ResidualStream, rotary: RotaryTable, pass: DecoderPass) throws -> Tensor? {
        let epsilon = configuration.rmsNormEpsilon
        let (attended, masses) = try attend(stream.normed(inputNorm, epsilon: epsilon), rotary: rotary, pass: pass)
        try stream.add(output(attended))
        try stream.add(feedForward(stream.normed(postAttentionNorm, epsilon: epsilon)))
        return masses
    }

    private func attend(_ x: Tensor, rotary: RotaryTable, pass: DecoderPass) throws -> (Tensor, masses: Tensor?) {
        let (batch, tokens, _) = try x.size3("hiddenStates")
        func heads(_ projected: Tensor, _ count: Int) throws -> Tensor {
            try projected.reshape([batch, tokens, count, configuration.headSize])
        }
        let projections = AugmentedAttention.Projections(
            query: try heads(query(x), configuration.attentionHeads),
            key: try heads(key(x), configuration.keyValueHeads),
            value: try heads(value(x), configuration.keyValueHeads))
        return try attention(projections, rotary: rotary, pass: pass)
    }

    private func feedForward(_ x: Tensor) throws -> Tensor {
        try down(gate(x).siluGate(up(x)))
    }
}
