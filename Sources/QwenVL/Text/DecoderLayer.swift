import Torch

/// One layer of the decoder (transformers' `Qwen2_5_VLDecoderLayer`).
struct DecoderLayer {
    private let inputNorm, postAttentionNorm: Tensor
    private let queryWeight, queryBias, keyWeight, keyBias, valueWeight, valueBias, outputWeight: Tensor
    private let gateWeight, upWeight, downWeight: Tensor
    private let configuration: TextConfiguration
    private let attention: AugmentedAttention

    init(_ scope: ParameterScope, index: Int, configuration: TextConfiguration) throws {
        inputNorm = try scope("input_layernorm.weight")
        postAttentionNorm = try scope("post_attention_layernorm.weight")
        let attention = scope.scope("self_attn")
        queryWeight = try attention("q_proj.weight")
        queryBias = try attention("q_proj.bias")
        keyWeight = try attention("k_proj.weight")
        keyBias = try attention("k_proj.bias")
        valueWeight = try attention("v_proj.weight")
        valueBias = try attention("v_proj.bias")
        outputWeight = try attention("o_proj.weight")
        let mlp = scope.scope("mlp")
        gateWeight = try mlp("gate_proj.weight")
        upWeight = try mlp("up_proj.weight")
        downWeight = try mlp("down_proj.weight")
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
        try stream.add(attended.linear(outputWeight))
        try stream.add(feedForward(stream.normed(postAttentionNorm, epsilon: epsilon)))
        return masses
    }

    private func attend(_ x: Tensor, rotary: RotaryTable, pass: DecoderPass) throws -> (Tensor, masses: Tensor?) {
        let (batch, tokens, _) = try x.size3("hiddenStates")
        func heads(_ projected: Tensor, _ count: Int) throws -> Tensor {
            try projected.reshape([batch, tokens, count, configuration.headSize])
        }
        let projections = AugmentedAttention.Projections(
            query: try heads(x.linear(queryWeight, bias: queryBias), configuration.attentionHeads),
            key: try heads(x.linear(keyWeight, bias: keyBias), configuration.keyValueHeads),
            value: try heads(x.linear(valueWeight, bias: valueBias), configuration.keyValueHeads))
        return try attention(projections, rotary: rotary, pass: pass)
    }

    private func feedForward(_ x: Tensor) throws -> Tensor {
        try x.linear(gateWeight).siluGate(x.linear(upWeight)).linear(downWeight)
    }
}
