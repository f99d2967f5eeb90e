import QwenVL
import Torch
import VisualAttention

/// The terms of the objective that are about attention, of the passes of one step.
///
/// Each term of a sample is a mean over layers and heads, and the step's the mean over the samples that have it: a sample without a
/// picture, without a system turn or without a query contributes nothing to a term that is not defined for it.
package struct Guidance {
    let settings: GuidanceSettings
    let gate: GuidanceGate
    let layerCount: Int
    let headCount: Int
    /// How many samples of the step have each term.
    let imageSamples: Int
    let systemSamples: Int

    /// The terms of a step.
    /// - Parameters:
    ///   - settings: how attention is guided.
    ///   - gate: as the steps before have left it.
    ///   - text: the sizes of the decoder.
    ///   - samples: all of the step.
    package init(_ settings: GuidanceSettings, gate: GuidanceGate, text: TextConfiguration, samples: [ModelInput]) {
        (self.settings, self.gate) = (settings, gate)
        (layerCount, headCount) = (text.layerCount, text.attentionHeads)
        let queries = samples.map { Self.queries(of: $0, settings.queries) }
        imageSamples = zip(samples, queries).count { !$1.isEmpty && $0.roles.contains(.image) }
        systemSamples = zip(samples, queries).count { !$1.isEmpty && $0.roles.contains(.system) }
    }

    /// Whose attention is guided: those tokens that can see a picture; without one, all of their kind.
    static func queries(of input: ModelInput, _ kind: GuidanceSettings.Queries) -> [Int] {
        let first = input.roles.firstIndex(of: .image) ?? 0
        return input.roles.indices.dropFirst(first).filter { place in
            switch kind {
            case .user: input.roles[place] == .user
            case .response: input.roles[place] == .response
            case .both: input.roles[place] == .user || input.roles[place] == .response
            }
        }
    }

    /// What a pass adds to the step's loss, and what it found.
    /// - Parameters:
    ///   - output: of the pass, observed by role.
    ///   - inputs: the samples of the pass.
    ///   - layout: how they lie side by side.
    /// - Returns: the weighted loss, nil if there is none, and the findings.
    /// - Throws: `TorchError`.
    package func terms(
        _ output: QwenVLModel.Output, inputs: [ModelInput], layout: QwenVLModel.BatchLayout
    ) throws -> (loss: Tensor?, found: AttentionFindings) {
        var found = AttentionFindings(layers: layerCount, heads: headCount)
        let queries = inputs.map { Self.queries(of: $0, settings.queries) }
        guard let first = output.masses.first, queries.contains(where: { !$0.isEmpty }) else { return (nil, found) }
        let selection = try QueryMean(queries, offsets: output.offsets, layout: layout, like: first)
        let counts = try KeyCounts(inputs, queries: queries, like: first)
        let layers = settings.layers ?? Array(0..<layerCount)
        let chosenHeads = settings.heads.map(Set.init)
        let share = 1 / Double(layers.count * (chosenHeads?.count ?? headCount))
        var loss: Tensor?
        for (layer, masses) in output.masses.enumerated() {
            let means = try selection.of(masses)  // [samples, heads, groups]
            let isGuided = layers.contains(layer)
            try found.add(means, layer: layer, inputs: inputs, hasQueries: queries.map { !$0.isEmpty })
            guard isGuided else { continue }
            let logs = try Logarithms(
                image: (means.select(2, RoleGroup.visual.rawValue) / counts.image + settings.epsilon).log(),
                system: (means.select(2, RoleGroup.system.rawValue) / counts.system + settings.epsilon).log())
            let isChosen = (0..<headCount).map { chosenHeads?.contains($0) ?? true ? share : 0 }
            try found.addTerms(
                enhance: Self.weighted(logs.image, counts.hasImage, isChosen),
                suppress: Self.weighted(
                    logs.system, counts.hasSystem, isChosen))
            guard settings.isActive else { continue }
            let pushed = zip(
                gate.imageFactors(layer: layer, heads: headCount, target: settings.targetImage), isChosen
            ).map(*)
            let lowered = zip(
                gate.systemFactors(layer: layer, heads: headCount, target: settings.targetSystem), isChosen
            ).map(*)
            let enhance =
                try Self.weighted(logs.image, counts.hasImage, pushed)
                * (-settings.enhance / Double(max(1, imageSamples)))
            let suppress =
                try Self.weighted(logs.system, counts.hasSystem, lowered)
                * (settings.suppress / Double(max(1, systemSamples)))
            let both = try enhance + suppress
            loss = try loss.map { try $0 + both } ?? both
        }
        return (loss, found)
    }

    private struct Logarithms {
        /// `[samples, heads]`.
        let image, system: Tensor
    }

    /// The sum over samples and heads of numbers `[samples, heads]`, each with the factors of its sample and of its head.
    private static func weighted(_ numbers: Tensor, _ samples: Tensor, _ heads: [Double]) throws -> Tensor {
        let factors = try Tensor(heads.map(Float.init)).to(numbers.dtype, device: numbers.device)
        return try (numbers * samples * factors).sum()
    }
}

/// The means of masses over the queries of each sample.
private struct QueryMean {
    /// Padded: `[batch, 1, tokens, 1]`; packed: `[tokens, samples]`.
    ///
    /// A query counts one over the number of its sample's.
    private let weights: Tensor
    private let layout: QwenVLModel.BatchLayout

    init(_ queries: [[Int]], offsets: [Int], layout: QwenVLModel.BatchLayout, like masses: Tensor) throws {
        let (rows, tokens, samples) = (masses.size(0), masses.size(2), queries.count)
        let isPacked = layout == .packed
        var numbers = [Float](repeating: 0, count: rows * tokens * (isPacked ? samples : 1))
        for (sample, own) in queries.enumerated() {
            for query in own {
                let row = offsets[sample] + query
                numbers[isPacked ? row * samples + sample : row] = 1 / Float(own.count)
            }
        }
        self.layout = layout
        weights = try Tensor(numbers, shape: isPacked ? [tokens, samples] : [rows, 1, tokens, 1])
            .to(masses.dtype, device: masses.device)
    }

    /// `[samples, heads, groups]` of `[batch, heads, tokens, groups]`.
    func of(_ masses: Tensor) throws -> Tensor {
        let turned = try masses.permute([0, 1, 3, 2])  // [batch, heads, groups, tokens]
        let means = try turned.matmul(weights)
        return try layout == .packed ? means.squeeze(0).permute([2, 0, 1]) : means.squeeze(3)
    }
}

/// How many keys of each kind the samples have, `[samples, 1]`, and which of them have any and a query.
private struct KeyCounts {
    let image, system, hasImage, hasSystem: Tensor

    init(_ inputs: [ModelInput], queries: [[Int]], like masses: Tensor) throws {
        func column(_ numbers: [Int]) throws -> Tensor {
            try Tensor(numbers.map(Float.init), shape: [numbers.count, 1]).to(masses.dtype, device: masses.device)
        }
        func count(_ role: TokenRole) -> [Int] { inputs.map { $0.roles.count { $0 == role } } }
        func has(_ role: TokenRole) -> [Int] {
            zip(inputs, queries).map { !$1.isEmpty && $0.roles.contains(role) ? 1 : 0 }
        }
        image = try column(count(.image).map { max(1, $0) })
        system = try column(count(.system).map { max(1, $0) })
        hasImage = try column(has(.image))
        hasSystem = try column(has(.system))
    }
}
