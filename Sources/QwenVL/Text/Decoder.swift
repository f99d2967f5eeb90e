import Torch

/// The text decoder (transformers' `Qwen2_5_VLTextModel` and its output projection).
public struct Decoder {
    /// The sizes.
    public let configuration: TextConfiguration
    /// `[vocabulary, hidden]`.
    let embedding: Tensor
    private let layers: [DecoderLayer]
    private let norm: Tensor
    private let headWeight: Tensor

    init(_ store: ParameterStore, configuration: TextConfiguration, tied: Bool) throws {
        self.configuration = configuration
        let scope = store.scope("model")
        embedding = try scope("embed_tokens.weight")
        layers = try (0..<configuration.layerCount).map {
            try DecoderLayer(scope.scope("layers.\($0)"), index: $0, configuration: configuration)
        }
        norm = try scope("norm.weight")
        headWeight = try tied ? embedding : store.tensor("lm_head.weight")
    }

    /// Hidden states after the last norm.
    /// - Parameters:
    ///   - embeddings: `[batch, tokens, hidden]`, visual tokens in place.
    ///   - positionIDs: int64 `[3, batch, tokens]`.
    ///   - groups: the new tokens' key groups, or nil to observe nothing.
    ///   - cache: the tokens before these; it is given these.
    ///   - trace: sees the hidden states after every layer.
    /// - Returns: `[batch, tokens, hidden]`, and per layer the masses `[batch, heads, tokens, groups]`, empty if not observed.
    /// - Throws: ``QwenVLError/input(_:)`` if cache and groups disagree.
    func callAsFunction(
        embeddings: Tensor, positionIDs: Tensor, groups: KeyGroups?, cache: KeyValueCache?, trace: ForwardTrace?
    ) throws -> (hiddenStates: Tensor, masses: [Tensor]) {
        let rotary = try RotaryTable.text(positionIDs: positionIDs, configuration: configuration)
        let pass = try pass(groups: groups, cache: cache, tokens: embeddings.size(1), device: embeddings.device)
        var hiddenStates = embeddings
        var masses: [Tensor] = []
        for (index, layer) in layers.enumerated() {
            let (output, layerMasses) = try layer(hiddenStates, rotary: rotary, pass: pass)
            hiddenStates = output
            if let layerMasses { masses.append(layerMasses) }
            try trace?(.decoderLayer(index), hiddenStates)
        }
        cache?.advance(by: embeddings.size(1))
        hiddenStates = try hiddenStates.rmsNorm(norm, epsilon: configuration.rmsNormEpsilon)
        try trace?(.finalNorm, hiddenStates)
        return (hiddenStates, masses)
    }

    /// Scores of every entry of the vocabulary.
    /// - Parameter hiddenStates: `[..., hidden]`, after the last norm.
    /// - Returns: `[..., vocabulary]`.
    /// - Throws: `TorchError` if the width is another.
    func logits(_ hiddenStates: Tensor) throws -> Tensor { try hiddenStates.linear(headWeight) }

    private func pass(groups: KeyGroups?, cache: KeyValueCache?, tokens: Int, device: Device) throws -> DecoderPass {
        if let cache, cache.groupCount != groups?.count ?? 0 {
            throw QwenVLError.input(
                "The cache observes \(cache.groupCount) key groups, the new tokens name \(groups?.count ?? 0)")
        }
        guard let groups else { return DecoderPass(indicators: nil, groupCount: 0, cache: cache) }
        guard groups.membership.count == tokens else {
            throw QwenVLError.input("\(groups.membership.count) tokens have key groups, the pass has \(tokens)")
        }
        let indicators = try Tensor(groups.indicators, shape: [1, 1, tokens, KeyGroups.maximumCount]).to(device: device)
        return DecoderPass(indicators: indicators, groupCount: groups.count, cache: cache)
    }
}
