/// The vision tower's sizes, named as in `Qwen2_5_VLVisionConfig`.
public struct VisionConfiguration: Sendable, Equatable {
    /// Number of blocks.
    public var depth: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Width inside the feed-forward blocks.
    public var intermediateSize: Int
    /// Attention heads of a block, of queries as of keys and values (`num_heads`).
    public var headCount: Int
    /// Width of what the merger hands to the decoder: its hidden size.
    public var outputHiddenSize: Int
    /// Colour channels of a picture: 3, red, green and blue.
    public var inputChannels: Int
    /// Side of a patch in pixels.
    public var patchSize: Int
    /// Frames per patch; a still picture is repeated so often.
    public var temporalPatchSize: Int
    /// Side of the square of patches that becomes one visual token.
    public var spatialMergeSize: Int
    /// Side of an attention window in pixels.
    public var windowSize: Int
    /// Blocks that attend over the whole picture; the others stay inside a window.
    public var fullAttentionBlocks: Set<Int>

    /// Width of one query, key or value: `hiddenSize / headCount`.
    public var headSize: Int { hiddenSize / headCount }
    /// Numbers in one patch: channels, frames, rows, columns.
    public var patchElements: Int { inputChannels * temporalPatchSize * patchSize * patchSize }
    /// Side of a window in visual tokens.
    public var windowTokens: Int { windowSize / spatialMergeSize / patchSize }

    /// Reads `vision_config` of config.json.
    init(_ json: JSONFile, textHiddenSize: Int) throws {
        depth = try json.integer("depth")
        hiddenSize = try json.integer("hidden_size")
        intermediateSize = try json.integer("intermediate_size")
        headCount = try json.integer("num_heads")
        outputHiddenSize = try json.integer("out_hidden_size", default: textHiddenSize)
        // The Hub's files say in_chans and spatial_patch_size, transformers writes in_channels and patch_size.
        inputChannels = try json.integer("in_channels", default: json.integer("in_chans", default: 3))
        patchSize = try json.integer("patch_size", default: json.integer("spatial_patch_size", default: 14))
        temporalPatchSize = try json.integer("temporal_patch_size", default: 2)
        spatialMergeSize = try json.integer("spatial_merge_size", default: 2)
        windowSize = try json.integer("window_size", default: 112)
        fullAttentionBlocks = Set(try json.integers("fullatt_block_indexes") ?? [7, 15, 23, 31])
        try validate(json, textHiddenSize: textHiddenSize)
    }

    private func validate(_ json: JSONFile, textHiddenSize: Int) throws {
        func refuse(_ problem: String) -> QwenVLError {
            .configuration(path: json.path, problem: "vision_config: \(problem)")
        }
        let sizes = [
            ("depth", depth), ("hidden_size", hiddenSize), ("intermediate_size", intermediateSize),
            ("num_heads", headCount),
            ("in_channels", inputChannels), ("patch_size", patchSize), ("temporal_patch_size", temporalPatchSize),
            ("spatial_merge_size", spatialMergeSize),
        ]
        for (key, value) in sizes where value < 1 { throw refuse("'\(key)' is \(value), it must be at least 1") }
        guard hiddenSize % headCount == 0, headSize % 4 == 0 else {
            throw refuse("hidden_size \(hiddenSize) divided by num_heads \(headCount) must be a multiple of 4")
        }
        guard outputHiddenSize == textHiddenSize else {
            throw refuse("out_hidden_size \(outputHiddenSize) must equal the decoder's hidden_size \(textHiddenSize)")
        }
        guard windowTokens >= 1 else {
            throw refuse(
                "window_size \(windowSize) is smaller than one visual token (\(patchSize * spatialMergeSize) pixels)")
        }
        guard try json.string("hidden_act") ?? "silu" == "silu" else { throw refuse("'hidden_act' must be silu") }
    }
}
