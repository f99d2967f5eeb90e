/// The names and shapes of a Qwen2.5-VL's parameters, derived from its configuration.
///
/// Names are those of the Hub's own files (`visual.*`, `model.*`, `lm_head.weight`). The second layout that exists, of
/// transformers since 4.52 in memory and in some files (`model.visual.*`, `model.language_model.*`), is mapped to it by one
/// table of prefixes.
package struct ParameterLayout {
    /// Prefixes in the second layout, and what they are in the first.
    private static let renamedPrefixes = [
        ("model.language_model.", "model."),
        ("model.visual.", "visual."),
    ]

    /// One parameter: its name and the shape the configuration asks for.
    package struct Entry {
        /// The name in the Hub's layout.
        package let name: String
        /// The expected shape.
        package let shape: [Int]
    }

    /// The Hub's name of a key in either layout.
    package static func canonicalName(_ key: String) -> String {
        for (prefix, canonical) in renamedPrefixes where key.hasPrefix(prefix) {
            return canonical + key.dropFirst(prefix.count)
        }
        return key
    }

    /// True for keys that some files carry and no model needs: buffers of the rotary step, and the copy of a tied embedding.
    package static func isIgnorable(_ name: String, in configuration: ModelConfiguration) -> Bool {
        name.hasSuffix(".inv_freq") || (name == "lm_head.weight" && configuration.tiesWordEmbeddings)
    }

    /// Every parameter of a model, in the order of the forward pass.
    package static func entries(for configuration: ModelConfiguration) -> [Entry] {
        vision(configuration.vision) + text(configuration)
    }

    private static func vision(_ c: VisionConfiguration) -> [Entry] {
        var entries = [
            Entry(
                name: "visual.patch_embed.proj.weight",
                shape: [c.hiddenSize, c.inputChannels, c.temporalPatchSize, c.patchSize, c.patchSize])
        ]
        for block in 0..<c.depth {
            let prefix = "visual.blocks.\(block)."
            entries += named(
                prefix,
                [
                    ("norm1.weight", [c.hiddenSize]),
                    ("attn.qkv.weight", [3 * c.hiddenSize, c.hiddenSize]), ("attn.qkv.bias", [3 * c.hiddenSize]),
                    ("attn.proj.weight", [c.hiddenSize, c.hiddenSize]), ("attn.proj.bias", [c.hiddenSize]),
                    ("norm2.weight", [c.hiddenSize]),
                    ("mlp.gate_proj.weight", [c.intermediateSize, c.hiddenSize]),
                    ("mlp.gate_proj.bias", [c.intermediateSize]),
                    ("mlp.up_proj.weight", [c.intermediateSize, c.hiddenSize]),
                    ("mlp.up_proj.bias", [c.intermediateSize]),
                    ("mlp.down_proj.weight", [c.hiddenSize, c.intermediateSize]),
                    ("mlp.down_proj.bias", [c.hiddenSize]),
                ])
        }
        let merged = c.hiddenSize * c.spatialMergeSize * c.spatialMergeSize
        return entries
            + named(
                "visual.merger.",
                [
                    ("ln_q.weight", [c.hiddenSize]),
                    ("mlp.0.weight", [merged, merged]), ("mlp.0.bias", [merged]),
                    ("mlp.2.weight", [c.outputHiddenSize, merged]), ("mlp.2.bias", [c.outputHiddenSize]),
                ])
    }

    private static func text(_ configuration: ModelConfiguration) -> [Entry] {
        let c = configuration.text
        let keyValueSize = c.keyValueHeads * c.headSize
        var entries = [Entry(name: "model.embed_tokens.weight", shape: [c.vocabularySize, c.hiddenSize])]
        for layer in 0..<c.layerCount {
            entries += named(
                "model.layers.\(layer).",
                [
                    ("input_layernorm.weight", [c.hiddenSize]),
                    ("self_attn.q_proj.weight", [c.hiddenSize, c.hiddenSize]),
                    ("self_attn.q_proj.bias", [c.hiddenSize]),
                    ("self_attn.k_proj.weight", [keyValueSize, c.hiddenSize]),
                    ("self_attn.k_proj.bias", [keyValueSize]),
                    ("self_attn.v_proj.weight", [keyValueSize, c.hiddenSize]),
                    ("self_attn.v_proj.bias", [keyValueSize]),
                    ("self_attn.o_proj.weight", [c.hiddenSize, c.hiddenSize]),
                    ("post_attention_layernorm.weight", [c.hiddenSize]),
                    ("mlp.gate_proj.weight", [c.intermediateSize, c.hiddenSize]),
                    ("mlp.up_proj.weight", [c.intermediateSize, c.hiddenSize]),
                    ("mlp.down_proj.weight", [c.hiddenSize, c.intermediateSize]),
                ])
        }
        entries.append(Entry(name: "model.norm.weight", shape: [c.hiddenSize]))
        if !configuration.tiesWordEmbeddings {
            entries.append(Entry(name: "lm_head.weight", shape: [c.vocabularySize, c.hiddenSize]))
        }
        return entries
    }

    private static func named(_ prefix: String, _ list: [(String, [Int])]) -> [Entry] {
        list.map { Entry(name: prefix + $0.0, shape: $0.1) }
    }
}
