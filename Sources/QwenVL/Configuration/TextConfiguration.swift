/// The decoder's sizes, named as in `Qwen2_5_VLTextConfig`.
public struct TextConfiguration: Sendable, Equatable {
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Width inside the feed-forward block.
    public var intermediateSize: Int
    /// Number of decoder layers.
    public var layerCount: Int
    /// Query heads of a layer (`num_attention_heads`).
    public var attentionHeads: Int
    /// Key/value heads; divides the query heads.
    public var keyValueHeads: Int
    /// Rows of the embedding.
    public var vocabularySize: Int
    /// Positions the model was made for: the longest context.
    public var maxPositionEmbeddings: Int
    /// Added to the mean square in the norms.
    public var rmsNormEpsilon: Double
    /// Base of the rotary frequencies.
    public var ropeTheta: Double
    /// How many frequencies turn with the temporal, the height and the width position; their sum is half a head.
    public var mropeSection: [Int]

    /// Width of one query, key or value: `hiddenSize / attentionHeads`.
    public var headSize: Int { hiddenSize / attentionHeads }

    /// Reads the decoder's part of config.json: `text_config` in the nested layout, the top level in the flat one.
    init(_ json: JSONFile) throws {
        hiddenSize = try json.integer("hidden_size")
        intermediateSize = try json.integer("intermediate_size")
        layerCount = try json.integer("num_hidden_layers")
        attentionHeads = try json.integer("num_attention_heads")
        keyValueHeads = try json.integer("num_key_value_heads", default: attentionHeads)
        vocabularySize = try json.integer("vocab_size")
        maxPositionEmbeddings = try json.integer("max_position_embeddings", default: 32768)
        rmsNormEpsilon = try json.number("rms_norm_eps", default: 1e-5)

        // The flat layout has `rope_theta` and `rope_scaling`, the nested one both inside `rope_parameters`.
        let rope = try json.section("rope_parameters") ?? json.section("rope_scaling")
        let outerTheta = try json.number("rope_theta", default: 1e6)
        ropeTheta = try rope?.number("rope_theta", default: outerTheta) ?? outerTheta
        mropeSection = try rope?.integers("mrope_section") ?? [16, 24, 24]
        let kind = try rope?.string("rope_type") ?? rope?.string("type") ?? "default"
        try validate(json, ropeKind: kind)
    }

    private func validate(_ json: JSONFile, ropeKind: String) throws {
        func refuse(_ problem: String) -> QwenVLError { .configuration(path: json.path, problem: problem) }
        let sizes = [
            ("hidden_size", hiddenSize), ("intermediate_size", intermediateSize), ("num_hidden_layers", layerCount),
            ("num_attention_heads", attentionHeads), ("num_key_value_heads", keyValueHeads),
            ("vocab_size", vocabularySize),
            ("max_position_embeddings", maxPositionEmbeddings),
        ]
        for (key, value) in sizes where value < 1 { throw refuse("'\(key)' is \(value), it must be at least 1") }
        guard hiddenSize % attentionHeads == 0 else {
            throw refuse("hidden_size \(hiddenSize) is no multiple of num_attention_heads \(attentionHeads)")
        }
        guard attentionHeads % keyValueHeads == 0 else {
            throw refuse("num_attention_heads \(attentionHeads) is no multiple of num_key_value_heads \(keyValueHeads)")
        }
        guard ropeKind == "default" || ropeKind == "mrope" else {
            throw refuse("the rotary positions are of type '\(ropeKind)'; only 'default' and 'mrope' are supported")
        }
        guard mropeSection.count == 3, mropeSection.allSatisfy({ $0 >= 0 }), mropeSection.reduce(0, +) * 2 == headSize
        else {
            throw refuse(
                "mrope_section \(mropeSection) must be three numbers that add up to \(headSize / 2), half a head")
        }
        guard try json.string("hidden_act") ?? "silu" == "silu" else { throw refuse("'hidden_act' must be silu") }
        guard try !json.flag("use_sliding_window", default: false) else {
            throw refuse("sliding-window attention (use_sliding_window) is not supported")
        }
    }
}
