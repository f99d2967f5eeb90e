import Foundation
import QwenVL
import SettingsFiles
import Torch
import Training

/// A checkpoint that is trained, in full, in parts or by adapters, and how it is written again.
package struct TrainedModel {
    /// What of a checkpoint is trained.
    package struct Selection: Sendable {
        package var frozen: Set<ParameterPart>
        package var frozenPatterns: [String]
        /// Low-rank adapters in place of the weights themselves; nil for full training.
        package var adapters: LowRankSettings?

        package init(
            frozen: Set<ParameterPart> = [], frozenPatterns: [String] = [], adapters: LowRankSettings? = nil
        ) {
            (self.frozen, self.frozenPatterns, self.adapters) = (frozen, frozenPatterns, adapters)
        }
    }

    /// The model, whose parameters change.
    package let model: QwenVLModel
    /// What is trained.
    package let parameters: ParameterSet
    /// The adapters; nil for full training.
    package let adapters: LowRankAdapters?
    private let source: URL
    private let added: SpecialTokens?

    /// Opens a checkpoint to be trained.
    /// - Parameters:
    ///   - source: its folder.
    ///   - dtype: the type to compute in.
    ///   - selection: what of it is trained.
    ///   - seed: what adapters are drawn from.
    ///   - added: tokens that are added to its vocabulary, or nil.
    /// - Throws: `QwenVLError` if nothing is left to train, or the parts do not go together.
    package init(
        _ source: URL, dtype: DType, _ selection: Selection, seed: UInt64, added: SpecialTokens? = nil
    ) throws {
        (self.source, self.added) = (source, added)
        var read = try QwenVLModel(folder: source, dtype: dtype, converts: true)
        let vocabulary = read.configuration.text.vocabularySize
        if let added { read = try added.enlarged(read) }
        let parts = try ParameterSelection(frozen: selection.frozen, frozenPatterns: selection.frozenPatterns)
        guard let settings = selection.adapters else {
            let store = try read.parameters.owning(dtype: dtype, where: parts.isTrained)
            let set = try ParameterSet(store, parts)
            guard !set.parameters.isEmpty else {
                throw QwenVLError.input("Every part of the model is frozen; nothing is left to train")
            }
            model = try QwenVLModel(configuration: read.configuration, parameters: store, dtype: dtype)
            (parameters, adapters) = (set, nil)
            return
        }
        guard read.configuration.text.vocabularySize == vocabulary else {
            throw QwenVLError.input(
                "The new special tokens need rows of their own in the embedding, which adapters do not train; train the "
                    + "embeddings in full, or leave trained.lora out")
        }
        let adapters = try LowRankAdapters(settings, for: read.parameters, seed: seed)
        try adapters.attach(to: read.parameters)
        model = read
        parameters = try ParameterSet(read.parameters, adapters: adapters)
        self.adapters = adapters
    }

    /// Writes the model as it stands, or the adapters.
    /// - Parameters:
    ///   - url: an empty folder.
    ///   - type: in which type weights are written.
    ///   - baseModel: what the adapters say they belong to.
    /// - Throws: what writing throws.
    package func save(to url: URL, as type: ColdStartRecipe.SavedType, baseModel: String) throws {
        if let adapters {
            try adapters.save(to: url, baseModel: baseModel)
            if let added { try CheckpointWriter.writeCompanions(of: source, changedFiles: added.changedFiles, to: url) }
            return
        }
        let dtype: DType? =
            switch type {
            case .stored: try SavedTypes.dtype(of: source)
            case .float32: .float32
            case .bfloat16: .bfloat16
            }
        let stored = try model.converted(to: dtype ?? model.dtype)
        try CheckpointWriter.save(stored, companionsFrom: source, changedFiles: added?.changedFiles ?? [:], to: url)
    }
}

extension AdamW.Settings {
    /// Reads the numbers of AdamW from the section `training`, the learning rate apart.
    /// - Parameters:
    ///   - training: the section.
    ///   - decay: the weight decay unless it is given.
    /// - Throws: `SettingsError` about a number.
    package init(_ training: SettingsSection, weightDecay decay: Double) throws {
        self.init(
            beta1: try training.number("beta1", default: 0.9, in: 0...0.9999),
            beta2: try training.number("beta2", default: 0.999, in: 0...0.999999),
            epsilon: try training.number("adam_epsilon", default: 1e-8, in: 1e-15...1),
            weightDecay: try training.number("weight_decay", default: decay, in: 0...100))
    }
}
