import QwenVL
import Torch
import Training
import VisualAttention

/// The loss of a step: cross-entropy of the answers, and the terms about attention.
package struct GuidedObjective {
    let model: QwenVLModel
    let guidance: GuidanceSettings
    let layout: QwenVLModel.BatchLayout
    let mean: ColdStartRecipe.Mean
    let checkpointing: Bool
    let observes: Bool
    let adapters: LowRankAdapters?
    let seed: UInt64

    /// An objective.
    /// - Parameters:
    ///   - model: whose parameters are given gradients.
    ///   - guidance: how attention is guided.
    ///   - layout: how the samples of a pass lie side by side.
    ///   - mean: what the cross-entropy is the mean over.
    ///   - checkpointing: whether of every layer only the input is kept.
    ///   - observes: false to look at no attention, where none is guided.
    ///   - adapters: whose dropout is drawn anew in every pass; nil for none.
    ///   - seed: what that is drawn from.
    package init(
        model: QwenVLModel, guidance: GuidanceSettings, layout: QwenVLModel.BatchLayout = .packed,
        mean: ColdStartRecipe.Mean = .tokens, checkpointing: Bool = false, observes: Bool = true,
        adapters: LowRankAdapters? = nil, seed: UInt64 = 0
    ) {
        (self.model, self.guidance, self.layout, self.mean) = (model, guidance, layout, mean)
        (self.checkpointing, self.observes) = (checkpointing, observes || guidance.isActive)
        (self.adapters, self.seed) = (adapters, seed)
    }

    /// Adds the gradients of a step.
    /// - Parameters:
    ///   - inputs: the samples of the step.
    ///   - passes: places among them, pass by pass.
    ///   - step: its number.
    ///   - gate: as the steps before have left it.
    ///   - names: what a sample is called.
    /// - Returns: the loss with what else was found, and the gate as this step leaves it.
    /// - Throws: `TrainingError.notFinite`, naming samples; as a pass does.
    package func gradients(
        of inputs: [ModelInput], passes: [[Int]], step: Int = 0, gate: GuidanceGate = GuidanceGate(),
        names: (Int) -> String = { "sample \($0)" }
    ) throws -> (loss: TrainingLoop.StepLoss, gate: GuidanceGate) {
        let text = model.configuration.text
        let terms = Guidance(guidance, gate: gate, text: text, samples: inputs)
        let tokens = inputs.reduce(0) { $0 + Self.targets(of: $1) }
        var (total, language) = (0.0, 0.0)
        var found = AttentionFindings(layers: text.layerCount, heads: text.attentionHeads)
        // Also where a pass throws: a step that is skipped must not leave dropout to an evaluation.
        defer { adapters?.dropoutState = nil }
        for (number, places) in passes.enumerated() {
            adapters?.dropoutState = DropoutState(seed: seed, step: step, microBatch: number)
            let pass = places.map { inputs[$0] }
            let output = try model.forward(
                batch: pass, logits: .none, groups: observes ? pass.map { KeyGroups(roles: $0.roles) } : nil,
                layout: layout, checkpointing: checkpointing)
            let answers = AnswerRows(pass, layout: layout)
            let factors = answers.counts.flatMap { count in
                [Double](
                    repeating: mean == .tokens ? 1 / Double(tokens) : 1 / Double(count * inputs.count), count: count)
            }
            let (loss, losses) = try model.crossEntropy(
                of: answers.select(output.hiddenStates), targets: answers.targets, factors: factors)
            try requireFinite(losses, answers.counts, names: places.map(names))
            let own = try terms.terms(output, inputs: pass, layout: layout)
            let whole = try own.loss.map { try loss + $0.to(loss.dtype) } ?? loss
            let value = try whole.item()
            try Training.requireFinite(value, "the attention of \(places.map(names).joined(separator: ", "))")
            try whole.backward()
            total += value
            language += try loss.item()
            found.add(own.found)
        }
        var next = gate
        next.add(image: found.imageMeans, system: found.systemMeans)
        let metrics = metrics(language: language, found, inputs: inputs)
        return (TrainingLoop.StepLoss(loss: total, tokens: tokens, metrics: metrics), next)
    }

    /// Tokens of a sample that are learned.
    private static func targets(of input: ModelInput) -> Int { input.roles.dropFirst().count { $0 == .response } }

    /// Says which sample has a loss that is no number.
    private func requireFinite(_ losses: Tensor, _ counts: [Int], names: [String]) throws {
        let values = try losses.floats()
        guard let stray = values.firstIndex(where: { !$0.isFinite }) else { return }
        var end = 0
        for (count, name) in zip(counts, names) {
            end += count
            if stray < end { try Training.requireFinite(.nan, "the losses of \(name)") }
        }
    }

    private func metrics(
        language: Double, _ found: AttentionFindings, inputs: [ModelInput]
    ) -> [String: Metric] {
        var result: [String: Metric] = [
            "language_loss": .mean(language, weight: 1),
            "input_tokens": .sum(Double(inputs.reduce(0) { $0 + $1.inputIDs.count })),
        ]
        func add(_ name: String, _ value: Double?, weight: Int) {
            if let value { result[name] = .mean(value, weight: Double(weight)) }
        }
        add("enhance", found.enhance, weight: found.imageSamples)
        add("suppress", found.suppress, weight: found.systemSamples)
        add("vas_pooled", found.score, weight: found.imageSamples)
        add("image_share", found.share(.visual), weight: inputs.count)
        add("system_share", found.share(.system), weight: inputs.count)
        add("text_share", found.textShare, weight: inputs.count)
        add("saturated_heads", found.saturatedHeads, weight: 1)
        return result
    }
}
