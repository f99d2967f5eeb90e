import Foundation
import QwenVL
import Testing
import Torch

/// Adapters made by PEFT, beside what PEFT computes with them.
@Suite struct AdapterGoldenTests {
    /// Tolerances as parts of the largest magnitude; the angles of the rotary step are float32 in both types.
    private static let types: [(DType, Double)] = [(.float32, 1e-5), (.float64, 1e-6)]

    @Test(arguments: GoldenAdapter.names, types)
    func logitsLossAndGradients(name: String, type: (dtype: DType, tolerance: Double)) throws {
        let golden = try GoldenAdapter(name)
        let model = try QwenVLModel(folder: golden.base.folder, dtype: type.dtype, converts: true)
        let adapters = try LowRankAdapters(folder: golden.folder, for: model.parameters)
        try adapters.attach(to: model.parameters)
        for parameter in adapters.parameters { try parameter.tensor.setRequiresGradient(true) }
        let inputs = try golden.inputs(model)
        let logits = try #require(try model.forward(batch: inputs).logits)
        let expected = try golden.rows(golden.file.tensor("logits"), inputs)
        #expect(try relativeDifference(golden.rows(logits.detached(), inputs), expected) < type.tolerance)
        let loss = try golden.loss(logits, inputs)
        #expect(try relativeDifference(loss.detached(), golden.file.tensor("loss")) < type.tolerance)
        try loss.backward()
        let gradients = golden.file.names.filter { $0.hasPrefix("gradient.") }
        #expect(gradients.count == adapters.parameters.count && adapters.parameterCount > 1000)
        for parameter in adapters.parameters {
            let key = try #require(
                gradients.first {
                    $0.hasSuffix(parameter.name)
                        || $0.replacing("model.language_model.", with: "model.").hasSuffix(parameter.name)
                })
            let gradient = try #require(try parameter.tensor.gradient)
            let difference = try relativeDifference(gradient, golden.file.tensor(key))
            #expect(difference < 10 * type.tolerance, "\(parameter.name)")
        }
    }

    @Test(arguments: GoldenAdapter.names, types)
    func mergedLogits(name: String, type: (dtype: DType, tolerance: Double)) throws {
        let golden = try GoldenAdapter(name)
        let model = try QwenVLModel(folder: golden.base.folder, dtype: type.dtype, converts: true)
        let adapters = try LowRankAdapters(folder: golden.folder, for: model.parameters)
        let merged = try model.merging(adapters)
        let inputs = try golden.inputs(model)
        let logits = try #require(try merged.forward(batch: inputs).logits)
        let expected = try golden.rows(golden.file.tensor("merged"), inputs)
        #expect(try relativeDifference(golden.rows(logits, inputs), expected) < type.tolerance)
        #expect(merged.parameters.names == model.parameters.names)
    }

    /// The names that transformers before 4.52 had in memory, and those without a prefix.
    @Test(arguments: GoldenAdapter.names)
    func olderNamesOfLayers(name: String) throws {
        let golden = try GoldenAdapter(name)
        let store = try golden.base.model().parameters
        let current = try LowRankAdapters(folder: golden.folder, for: store)
        try withTemporaryFolder { folder in
            for drop in ["", "base_model.model."] {
                let copy = folder.appendingPathComponent("older\(drop.count)")
                try FileManager.default.copyItem(at: golden.folder, to: copy)
                try editTensors(copy) { key, tensor in
                    let older = key.replacing("model.model.language_model.", with: "model.model.")
                        .replacing("model.model.visual.", with: "model.visual.")
                    return (drop.isEmpty ? older : String(older.dropFirst(drop.count)), tensor)
                }
                let older = try LowRankAdapters(folder: copy, for: store)
                #expect(older.parameters.map(\.name) == current.parameters.map(\.name))
                for (mine, other) in zip(older.parameters, current.parameters) {
                    #expect(try mine.tensor.floats() == other.tensor.floats(), "\(mine.name)")
                }
                #expect(older.adapters.map(\.scale) == current.adapters.map(\.scale))
            }
        }
    }

    /// In bfloat16 the product is added in float32, and the sum rounded once.
    @Test func mergingRoundsOnce() throws {
        let golden = try GoldenAdapter("grouped-4to1")
        let model = try QwenVLModel(folder: golden.base.folder, dtype: .bfloat16, converts: true)
        let adapters = try LowRankAdapters(folder: golden.folder, for: model.parameters)
        let merged = try adapters.merged(into: model.parameters)
        let adapter = adapters.adapters[3]
        let weight = try model.parameters.tensor("\(adapter.name).weight").to(.float64)
        let product = try adapter.up.to(.float64).matmul(adapter.down.to(.float64)) * adapter.scale
        let found = try merged.tensor("\(adapter.name).weight")
        #expect(found.dtype == .bfloat16)
        // Half a unit in the last place of eight bits.
        let exact = try weight + product
        let distance = try (found.to(.float64) - exact).abs().values(as: Double.self)
        let magnitude = try exact.abs().values(as: Double.self)
        #expect(zip(distance, magnitude).allSatisfy { $0 <= $1 * 0.00391 + 1e-6 })
        let wide = try adapters.merged(into: model.parameters, dtype: .float32)
        #expect(try relativeDifference(wide.tensor("\(adapter.name).weight"), exact) < 1e-6)
    }

    /// A model that leaves bfloat16 in the file's memory map and computes in float32, as the commands load it.
    @Test func adaptersOfAMappedModel() throws {
        let golden = try GoldenModel("stored-bfloat16")
        let settings = LowRankSettings(targets: ["all-linear", "lm_head"])
        func adapted(_ model: QwenVLModel) throws -> LowRankAdapters {
            let adapters = try LowRankAdapters(settings, for: model.parameters, seed: 5)
            for adapter in adapters.adapters { try adapter.up.fill(0.02) }
            return adapters
        }
        func logits(_ model: QwenVLModel) throws -> Tensor {
            try withoutGradient { try #require(try model.forward(golden.input("two", model)).logits) }
        }
        let wide = try QwenVLModel(folder: golden.folder, converts: true)
        let expected = try logits(wide.merging(adapted(wide)))
        let mapped = try golden.model()
        #expect(try mapped.parameters.tensor("lm_head.weight").dtype == .bfloat16)
        let adapters = try adapted(mapped)
        #expect(try relativeDifference(logits(mapped.merging(adapters, dtype: .float32)), expected) < 1e-5)
        try adapters.attach(to: mapped.parameters)
        #expect(try relativeDifference(logits(mapped), expected) < 1e-5)
        // With a graph, whose operations are others.
        for parameter in adapters.parameters { try parameter.tensor.setRequiresGradient(true) }
        let recorded = try #require(try mapped.forward(golden.input("two", mapped)).logits)
        #expect(try relativeDifference(recorded.detached(), expected) < 1e-5)
        try recorded.square().mean().backward()
        #expect(try adapters.parameters.allSatisfy { try $0.tensor.gradient != nil })
    }
}
