/// The names of layers where PEFT and transformers need theirs.
enum ModuleName {
    /// A layer's name in the checkpoint as transformers has it in memory: `model.language_model.layers.0.mlp.up_proj`.
    static func inMemory(_ layer: String) -> String {
        if layer.hasPrefix("visual.") { return "model." + layer }
        if layer.hasPrefix("model.") { return "model.language_model." + layer.dropFirst("model.".count) }
        return layer
    }

    /// The end of a layer's name that says what it is: `q_proj`, or `mlp.0` where the last part says nothing.
    static func shortest(_ layer: String) -> String {
        let parts = layer.split(separator: ".")
        // `proj` alone would name the convolution over the patches too.
        let count = parts.last.map { $0 == "proj" || $0.allSatisfy(\.isNumber) } ?? false ? 2 : 1
        return parts.suffix(count).joined(separator: ".")
    }

    /// PEFT's `target_modules` for some layers: ends of names where all layers with that end have adapters, else whole names.
    static func targets(_ layers: [String], among all: [String]) -> [String] {
        let chosen = Set(layers)
        let complete = Dictionary(grouping: all, by: shortest).filter { $0.value.allSatisfy(chosen.contains) }
        let ends = complete.keys.sorted()
        return ends + layers.filter { complete[shortest($0)] == nil }.map(inMemory)
    }
}
