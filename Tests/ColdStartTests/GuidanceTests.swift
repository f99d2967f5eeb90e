import ColdStart
import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import Training

/// The guided objective against transformers, which returns its maps.
@Suite struct GuidanceTests {
    /// Weights of masses and of heads are float32 in both.
    private static func tolerance(_ dtype: DType) -> Double { dtype == .float64 ? 2e-7 : 1e-5 }

    private func isClose(_ actual: Double?, _ expected: Double?, _ tolerance: Double) -> Bool {
        guard let actual, let expected else { return (actual == nil) == (expected == nil) }
        return abs(actual - expected) < tolerance * max(1, abs(expected))
    }

    /// Loss, terms, masses, and the norm and projections of every parameter's gradient.
    private func compare(
        _ row: GoldenObjective, _ found: (loss: TrainingLoop.StepLoss, gate: GuidanceGate), _ guided: Guided,
        _ tolerance: Double, _ comment: Comment
    ) throws {
        let metrics = found.loss.metrics
        #expect(isClose(found.loss.loss, row.loss, tolerance), comment)
        #expect(isClose(metrics["language_loss"]?.value, row.language, tolerance), comment)
        #expect(isClose(metrics["enhance"]?.value, row.enhance, tolerance), comment)
        #expect(isClose(metrics["suppress"]?.value, row.suppress, tolerance), comment)
        #expect(
            isClose(try gradientNorm(of: guided.parameters.tensors), row.gradientNorm, 10 * tolerance), comment)
        let gradients = try guided.gradients()
        // Without pictures the vision tower has none there, and zeros or none here.
        #expect(Set(row.gradients.keys).isSubset(of: gradients.keys), comment)
        for (name, gradient) in gradients {
            guard let expected = row.gradients[name] else {
                #expect(norm(gradient) == 0, "\(name), \(comment)")
                continue
            }
            // What is nothing but rounding is compared with the whole.
            let scale = max(expected[0], 1e-4 * row.gradientNorm)
            for (actual, wanted) in zip([norm(gradient)] + projections(gradient), expected) {
                #expect(abs(actual - wanted) < 10 * tolerance * scale, "\(name), \(comment)")
            }
        }
        guard row.asked.gate == nil else { return }
        for (means, expected) in [(found.gate.image, row.image), (found.gate.system, row.system)] {
            let expected = expected ?? []
            #expect(means.map(\.count) == expected.map(\.count), comment)
            for (mean, wanted) in zip(means.joined(), expected.joined()) {
                #expect(abs(mean / 0.1 - wanted) < tolerance, comment)
            }
        }
    }

    @Test(arguments: GoldenObjective.checkpoints, [DType.float32, .float64])
    func theObjectiveIsTransformers(_ checkpoint: String, _ dtype: DType) throws {
        let guided = try Guided(checkpoint, dtype: dtype)
        for row in try GoldenObjective.rows(checkpoint) {
            let found = try guided.step(row.asked)
            try compare(row, found, guided, Self.tolerance(dtype), "\(row.name)")
        }
    }

    /// However a step is cut and laid out, with and without keeping what lies in between.
    @Test(arguments: GoldenObjective.checkpoints, [QwenVLModel.BatchLayout.packed, .padded])
    func theCutChangesNothing(_ checkpoint: String, _ layout: QwenVLModel.BatchLayout) throws {
        let cuts = [[[0, 1, 2, 3]], [[0, 2], [3, 1]], [[3], [1], [0], [2]], [[2, 1, 0], [3]]]
        for dtype in [DType.float32, .float64] {
            let guided = try Guided(checkpoint, dtype: dtype)
            for name in ["mixed both", "bounded chosen"] {
                let row = try GoldenObjective.row(checkpoint, name)
                for (index, cut) in cuts.enumerated() {
                    let found = try guided.step(row.asked, cut: cut, layout: layout, checkpointing: index % 2 == 1)
                    try compare(row, found, guided, Self.tolerance(dtype), "\(name), \(cut)")
                }
            }
        }
    }

    /// Number by number.
    @Test(arguments: [(DType.float32, 1e-5), (DType.float64, 2e-6)])
    func everyGradientIsTransformers(_ dtype: DType, _ tolerance: Double) throws {
        let file = try SafetensorsFile(
            contentsOf: Guided.fixtures.appendingPathComponent("guidance/gradients.safetensors"))
        let guided = try Guided("equal-heads-odd", dtype: dtype)
        _ = try guided.step(GoldenObjective.row("equal-heads-odd", "mixed user").asked)
        let gradients = try guided.gradients()
        #expect(Set(gradients.keys) == Set(file.names))
        for (name, gradient) in gradients {
            let expected = try doubles(file.tensor(name))
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let difference = zip(gradient, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(difference < tolerance * max(largest, 1e-3), "\(name)")
        }
    }

    /// Twenty steps of AdamW on the objective, beside PyTorch's own.
    @Test(arguments: [(DType.float32, 1e-4), (DType.float64, 1e-5)])
    func stepsAreThoseOfPyTorch(_ dtype: DType, _ tolerance: Double) throws {
        let file = try SafetensorsFile(contentsOf: Guided.fixtures.appendingPathComponent("guidance/steps.safetensors"))
        let (losses, norms) = (try doubles(file.tensor("loss")), try doubles(file.tensor("norm")))
        let guided = try Guided("equal-heads-odd", dtype: dtype)
        let asked = try GoldenObjective.row("equal-heads-odd", "mixed user").asked
        let optimizer = try Optimizer(
            guided.parameters, settings: AdamW.Settings(beta1: 0.9, beta2: 0.99, weightDecay: 0.1), clipNorm: 1)
        let start = try guided.parameters.parameters.map { try doubles($0.tensor) }
        for step in losses.indices {
            let found = try guided.step(asked, cut: step % 2 == 0 ? [[0, 1, 2, 3]] : [[3, 0], [1, 2]])
            let length = try optimizer.step(learningRate: 1e-3)
            #expect(abs(found.loss.loss - losses[step]) < tolerance * losses[step], "step \(step)")
            #expect(abs(length - norms[step]) < 10 * tolerance * norms[step], "step \(step)")
        }
        for (parameter, before) in zip(guided.parameters.parameters, start) {
            let after = try doubles(parameter.tensor)
            let change = zip(after, before).map { $0 - $1 }
            let expected = try doubles(file.tensor("end.\(parameter.name)"))
            for (actual, wanted) in zip(projections(change), expected) {
                #expect(abs(actual - wanted) < tolerance * norm(after), "\(parameter.name)")
            }
        }
    }

    /// One guided step leaves more attention on pictures and less on the system turn than one without guidance; where guidance counts
    /// for more than the answers, also more and less than before.
    @Test(arguments: GoldenObjective.checkpoints)
    func oneStepMovesAttention(_ checkpoint: String) throws {
        /// Sums over layers and heads, after one step with some weight of the terms.
        func masses(_ weight: Double?) throws -> (image: Double, system: Double) {
            let guided = try Guided(checkpoint, dtype: .float32)
            let inputs = try ["one", "two", "text", "nosystem"].map(guided.sample)
            func step(_ settings: GuidanceSettings) throws -> GuidanceGate {
                try GuidedObjective(model: guided.model, guidance: settings)
                    .gradients(of: inputs, passes: [[0, 1], [2, 3]]).gate
            }
            if let weight {
                var settings = GuidanceSettings()
                (settings.enhance, settings.suppress) = (weight, weight)
                _ = try step(settings)
                let optimizer = try Optimizer(
                    guided.parameters, settings: AdamW.Settings(weightDecay: 0), clipNorm: 1)
                _ = try optimizer.step(learningRate: 1e-4)
            }
            let found = try step(.none)
            return (found.image.joined().reduce(0, +), found.system.joined().reduce(0, +))
        }
        let (before, plain, guided, strong) = (try masses(nil), try masses(0), try masses(0.15), try masses(10))
        #expect(guided.image > plain.image && guided.system < plain.system)
        #expect(strong.image > before.image && strong.system < before.system)
    }
}

/// Which heads are still pushed.
@Suite struct GuidanceGateTests {
    /// A mean of the steps before, in which one weighs 0.9 of the next; a step without such samples changes nothing.
    @Test func theMeanRuns() throws {
        var gate = GuidanceGate()
        gate.add(image: [[0.2, 0.8]], system: nil)
        #expect(gate.system.isEmpty && gate.systemWeight == 0)
        #expect(abs(gate.image[0][0] / gate.imageWeight - 0.2) < 1e-12)
        gate.add(image: nil, system: [[0.5, 0.25]])
        gate.add(image: [[0.6, 0.4]], system: nil)
        #expect(abs(gate.imageWeight - 0.19) < 1e-12 && abs(gate.systemWeight - 0.1) < 1e-12)
        #expect(abs(gate.image[0][0] / gate.imageWeight - (0.09 * 0.2 + 0.1 * 0.6) / 0.19) < 1e-12)
        #expect(abs(gate.image[0][1] / gate.imageWeight - (0.09 * 0.8 + 0.1 * 0.4) / 0.19) < 1e-12)
        let saved = try JSONDecoder().decode(GuidanceGate.self, from: JSONEncoder().encode(gate))
        #expect(saved == gate)
    }

    /// With all gates closed the gradients are those of the loss without the terms; before the first step all are open.
    @Test func closedGatesLeaveTheLossAlone() throws {
        let guided = try Guided("grouped-4to1", dtype: .float32)
        func gradients(_ settings: GuidanceSettings, _ gate: GuidanceGate) throws -> [String: [Double]] {
            for tensor in guided.parameters.tensors { try tensor.clearGradient() }
            _ = try GuidedObjective(model: guided.model, guidance: settings).gradients(
                of: ["one", "two"].map(guided.sample), passes: [[0, 1]], gate: gate)
            return try guided.gradients()
        }
        var (bounded, open) = (GuidanceSettings(), GuidanceGate())
        (bounded.targetImage, bounded.targetSystem) = (0.5, 0.5)
        var closed = open
        let heads = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 3)
        closed.add(image: heads.map { $0.map { _ in 0.6 } }, system: heads.map { $0.map { _ in 0.4 } })
        open.add(image: heads.map { $0.map { _ in 0.4 } }, system: heads.map { $0.map { _ in 0.6 } })
        #expect(try gradients(bounded, closed) == gradients(.none, GuidanceGate()))
        #expect(try gradients(bounded, GuidanceGate()) == gradients(GuidanceSettings(), GuidanceGate()))
        #expect(try gradients(bounded, open) == gradients(GuidanceSettings(), GuidanceGate()))
        #expect(try gradients(bounded, open) != gradients(bounded, closed))
    }
}
