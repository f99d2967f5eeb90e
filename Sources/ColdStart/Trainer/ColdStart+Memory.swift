import QwenVL
import Torch
import Training

extension ColdStart {
    /// How much memory the training will take, by part, as far as sizes tell.
    public var memory: MemoryEstimate {
        let (text, vision) = (model.configuration.text, model.configuration.vision)
        let longest = statistics.longest
        let samples = longest?.samples.map { data.entries[$0] } ?? []
        let merge = vision.spatialMergeSize * vision.spatialMergeSize
        let seesGradient = parameters.parameters.contains { $0.name.hasPrefix("visual.") }
        let tower = ModelSizes.Tower(
            layers: vision.depth, hidden: vision.hiddenSize, intermediate: vision.intermediateSize,
            heads: vision.headCount, keyValueHeads: vision.headCount, headSize: vision.headSize,
            joinsProjections: true)
        return MemoryEstimate(
            ModelSizes(
                parameters: model.parameters.parameterCount + (adapters?.parameterCount ?? 0),
                trainedParameters: parameters.tensors.reduce(0) { $0 + $1.count },
                elementSize: model.dtype == .bfloat16 ? 2 : 4,
                text: ModelSizes.Tower(
                    layers: text.layerCount, hidden: text.hiddenSize, intermediate: text.intermediateSize,
                    heads: text.attentionHeads, keyValueHeads: text.keyValueHeads, headSize: text.headSize),
                vision: seesGradient ? tower : nil, vocabulary: text.vocabularySize, tokens: longest?.tokens ?? 0,
                targets: samples.reduce(0) { $0 + $1.responseTokens },
                patches: samples.reduce(0) { $0 + $1.visualTokens } * merge),
            checkpointing: recipe.checkpointing)
    }
}
