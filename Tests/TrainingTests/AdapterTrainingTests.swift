import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import Training

private let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

/// Adapters under an optimizer.
@Suite struct AdapterTrainingTests {
    private let folder = fixtures.appendingPathComponent("models/grouped-4to1")

    private func input(_ model: QwenVLModel, _ file: SafetensorsFile? = nil) throws -> ModelInput {
        let file = try file ?? SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
        let ids = try file.tensor("one.input_ids").values(as: Int64.self).map(Int.init)
        let grid = try file.tensor("one.image_grid_thw").values(as: Int64.self).map(Int.init)
        return try ModelInput(
            inputIDs: ids,
            roles: file.tensor("one.roles").values(as: Int64.self).map { try #require(TokenRole(rawValue: Int($0))) },
            turns: [Int](repeating: 0, count: ids.count), imageTokenID: model.configuration.imageTokenID,
            pixelValues: file.tensor("one.pixel_values"),
            grids: [GridTHW(temporal: grid[0], height: grid[1], width: grid[2])])
    }

    /// Steps of a training with dropout, from new adapters or those of a folder.
    private func train(_ steps: Range<Int>, from start: URL? = nil, to end: URL, setsState: Bool = true) throws
        -> [Double]
    {
        // Mapped from the file: nothing of it is to be changed.
        let model = try QwenVLModel(folder: folder)
        let settings = LowRankSettings(rank: 4, alpha: 8, dropout: 0.2, targets: ["all-linear", "lm_head"])
        let adapters =
            try start.map { try LowRankAdapters(folder: $0, for: model.parameters) }
            ?? LowRankAdapters(settings, for: model.parameters, seed: 7)
        try adapters.attach(to: model.parameters)
        let set = try ParameterSet(model.parameters, adapters: adapters)
        #expect(set.parameters.map(\.name) == adapters.parameters.map(\.name))
        // Without moments, so that a step hangs on the adapters alone.
        let optimizer = try Optimizer(
            set, settings: AdamW.Settings(beta1: 0, beta2: 0, weightDecay: 0), clipNorm: 1)
        let input = try input(model)
        let rows = AnswerRows([input])
        var losses: [Double] = []
        for step in steps {
            adapters.dropoutState = setsState ? DropoutState(seed: 1, step: step) : nil
            let hidden = try model.forward(batch: [input], logits: .none).hiddenStates
            let loss = try model.logits(of: rows.select(hidden)).crossEntropy(Tensor(rows.targets.map(Int64.init)))
            try loss.backward()
            // B is zero before the first step, so A has no slope, but there is one.
            #expect(try set.tensors.allSatisfy { try $0.gradient != nil })
            _ = try optimizer.step(learningRate: 2e-3)
            losses.append(try loss.item())
        }
        try adapters.save(to: end)
        return losses
    }

    @Test func aTrainingGoneOnWithDropsTheSame() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        func at(_ name: String) -> URL { place.appendingPathComponent(name) }
        let whole = try train(0..<6, to: at("whole"))
        let first = try train(0..<3, to: at("half"))
        let rest = try train(3..<6, from: at("half"), to: at("rest"))
        #expect(first + rest == whole && whole[5] < 0.8 * whole[0])
        let (one, other) = try (
            SafetensorsFile(contentsOf: at("whole").appendingPathComponent("adapter_model.safetensors")),
            SafetensorsFile(contentsOf: at("rest").appendingPathComponent("adapter_model.safetensors"))
        )
        for name in one.names { #expect(try one.tensor(name).floats() == other.tensor(name).floats(), "\(name)") }
        #expect(try train(0..<6, to: at("plain"), setsState: false) != whole)
    }

    @Test func someOfTheModelsOwnAreTrainedBesides() throws {
        let read = try QwenVLModel(folder: folder)
        let selection = try ParameterSelection(frozen: [.visionTower, .merger], frozenPatterns: ["layers"])
        let own = try read.parameters.owning(where: selection.isTrained)
        let adapters = try LowRankAdapters(LowRankSettings(targets: ["q_proj"]), for: own, seed: 0)
        let set = try ParameterSet(own, adapters: adapters, isTrained: selection.isTrained)
        #expect(
            set.parameters.map(\.name) == ["model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"]
                + adapters.parameters.map(\.name))
        #expect(try ParameterSet(own, selection).parameters.count == 3)
        #expect(try !own.tensor("visual.merger.ln_q.weight").requiresGradient)
    }

    /// The merger in float32, in memory of its own, in a model that stays in the file's memory map in bfloat16.
    @Test func aPartIsTrainedAndTheRestStaysMapped() throws {
        let folder = fixtures.appendingPathComponent("models/stored-bfloat16")
        let read = try QwenVLModel(folder: folder)
        let frozen = Set(ParameterPart.allCases).subtracting([.merger])
        // The biases are frozen as well, and yet in the type of their weights.
        let selection = try ParameterSelection(frozen: frozen, frozenPatterns: ["bias"])
        let own = try read.parameters.owning(dtype: .float32, where: selection.isTrained)
        let model = try QwenVLModel(configuration: read.configuration, parameters: own, dtype: .float32)
        let set = try ParameterSet(own, selection)
        #expect(set.parameters.map(\.name) == ["ln_q", "mlp.0", "mlp.2"].map { "visual.merger.\($0).weight" })
        #expect(try own.tensor("visual.merger.mlp.2.bias").dtype == .float32)
        #expect(try own.tensor("lm_head.weight").dtype == .bfloat16)
        let optimizer = try Optimizer(set, settings: AdamW.Settings(), clipNorm: 1)
        let file = try SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
        let input = try input(model, file)
        let rows = AnswerRows([input])
        var losses: [Double] = []
        for _ in 0..<4 {
            let hidden = try model.forward(batch: [input], logits: .none).hiddenStates
            let loss = try model.logits(of: rows.select(hidden)).crossEntropy(Tensor(rows.targets.map(Int64.init)))
            try loss.backward()
            _ = try optimizer.step(learningRate: 1e-2)
            losses.append(try loss.item())
        }
        #expect(losses[3] < losses[0])
    }
}
