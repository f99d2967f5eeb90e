import Torch

/// One layer of the decoder (transformers' `Qwen2_5_VLDecoderLayer`).
struct DecoderLayer {
    private let inputNorm, postAttentionNorm: Tensor
    private let queryWeight, queryBias, keyWeight, keyBias, valueWeight, valueBias, outputWeight: Tensor
    private let gateWeight, upWeight, downWeight: Tensor
    private let configuration: TextConfiguration
    private let attention: AugmentedAttention
    private let index: Int

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
        self.attention = AugmentedAttention(configuration: configuration)
        self.index = index
    }

    /// - Parameters:
    ///   - hiddenStates: `[batch, tokens, hidden]`.
    ///   - rotary: angles of these tokens.
    ///   - pass: what the whole pass shares.
    /// - Returns: `[batch, tokens, hidden]`, and the masses `[batch, heads, tokens, groups]` where observed.
    /// - Throws: `TorchError` if the shapes do not fit, ``QwenVLError/input(_:)`` if the cache is full.
    func callAsFunction(
        _ hiddenStates: Tensor, rotary: RotaryTable, pass: DecoderPass
    ) throws -> (Tensor, masses: Tensor?) {
        let normed = try hiddenStates.rmsNorm(inputNorm, epsilon: configuration.rmsNormEpsilon)
        let (attended, masses) = try attend(normed, rotary: rotary, pass: pass)
        let middle = try hiddenStates + attended.linear(outputWeight)
        return (
            try middle + feedForward(middle.rmsNorm(postAttentionNorm, epsilon: configuration.rmsNormEpsilon)), masses
        )
    }

    private func attend(_ x: Tensor, rotary: RotaryTable, pass: DecoderPass) throws -> (Tensor, masses: Tensor?) {
        let (batch, tokens, _) = try x.size3("hiddenStates")
        func heads(_ projected: Tensor, _ count: Int) throws -> Tensor {
            try projected.reshape([batch, tokens, count, configuration.headSize])
        }
        let query = try heads(x.linear(queryWeight, bias: queryBias), configuration.attentionHeads)
            .rotary(cos: rotary.cos, sin: rotary.sin)
        let key = try heads(x.linear(keyWeight, bias: keyBias), configuration.keyValueHeads)
            .rotary(cos: rotary.cos, sin: rotary.sin)
        let value = try heads(x.linear(valueWeight, bias: valueBias), configuration.keyValueHeads)
        return try attention(
            query: query.transpose(1, 2), key: key.transpose(1, 2), value: value.transpose(1, 2),
            indicators: pass.indicators, groupCount: pass.groupCount, cache: pass.cache, layer: index)
    }

    private func feedForward(_ x: Tensor) throws -> Tensor {
        try x.linear(gateWeight).siluGate(x.linear(upWeight)).linear(downWeight)
    }
}

/// What the layers of one forward pass share.
struct DecoderPass {
    /// `[batch, 1, tokens, 8]`, or nil to observe nothing.
    let indicators: Tensor?
    /// How many indicator columns are in use.
    let groupCount: Int
    /// The tokens before these, or nil.
    let cache: KeyValueCache?
}
