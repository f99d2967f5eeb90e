import Torch

/// The text decoder (transformers' `Qwen2_5_VLTextModel` and its output projection).
public struct Decoder {
    /// Its sizes, as config.json has them.
    public let configuration: TextConfiguration
    /// `[vocabulary, hidden]`.
    let embedding: Tensor
    private let layers: [DecoderLayer]
    private let norm: Tensor
    private let head: Linear

    init(_ store: ParameterStore, configuration: TextConfiguration, tied: Bool) throws {
        self.configuration = configuration
        let scope = store.scope("model")
        embedding = try scope("embed_tokens.weight")
        layers = try (0..<configuration.layerCount).map {
            try DecoderLayer(scope.scope("layers.\($0)"), index: $0, configuration: configuration)
        }
        norm = try scope("norm.weight")
        head = try tied ? Linear(weight: embedding) : store.linear("lm_head")
    }

    /// Hidden states after the last norm.
    /// - Parameters:
    ///   - embeddings: `[batch, tokens, hidden]`, visual tokens in place; its memory is used up.
    ///   - positionIDs: int64 `[3, batch, tokens]`.
    ///   - pass: what is before the tokens, what is observed and what is changed.
    ///   - checkpointing: true to keep of every layer only its input, where a gradient is recorded.
    ///   - trace: sees the hidden states after every layer.
    /// - Returns: `[batch, tokens, hidden]`, and per layer the masses `[batch, heads, tokens, groups]`, empty if not observed.
    /// - Throws: ``QwenVLError/input(_:)`` if a cache is full.
    func callAsFunction(
        embeddings: Tensor, positionIDs: Tensor, pass: DecoderPass, checkpointing: Bool = false, trace: ForwardTrace?
    ) throws -> (hiddenStates: Tensor, masses: [Tensor]) {
        let rotary = try RotaryTable.text(positionIDs: positionIDs, configuration: configuration)
        var stream = ResidualStream(embeddings)
        var masses: [Tensor] = []
        for (index, layer) in layers.enumerated() {
            let layerMasses =
                try checkpointing
                ? stream.checkpointed(observes: pass.isObserved) { try layer(&$0, rotary: rotary, pass: pass) }
                : layer(&stream, rotary: rotary, pass: pass)
            if let layerMasses { masses.append(layerMasses) }
            if let trace { try trace(.decoderLayer(index), stream.value()) }
        }
        let hiddenStates = try stream.normed(norm, epsilon: configuration.rmsNormEpsilon)
        try trace?(.finalNorm, hiddenStates)
        return (hiddenStates, masses)
    }

    /// Scores of every entry of the vocabulary.
    /// - Parameter hiddenStates: `[..., hidden]`, after the last norm.
    /// - Returns: `[..., vocabulary]`.
    /// - Throws: `TorchError` if the width is another.
    func logits(_ hiddenStates: Tensor) throws -> Tensor { try head(hiddenStates) }

    /// The matrix of the output projection, `[vocabulary, hidden]`.
    func headMatrix() throws -> Tensor { try head.matrix() }
}
