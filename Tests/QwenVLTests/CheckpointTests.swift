import Foundation
import QwenVL
import Safetensors
import Testing
import Torch

/// Reading, checking and saving checkpoints.
@Suite struct CheckpointTests {
    @Test(arguments: GoldenModel.names)
    func savedModelsGiveTheSameLogits(name: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model(dtype: nil)
        let input = try golden.input("one", model)
        let before = try #require(try model.forward(input).logits).floats()
        try withTemporaryFolder { folder in
            // Two sizes: one file, and shards.
            for limit in [5_000_000_000, 200_000] {
                let target = folder.appendingPathComponent("saved-\(limit)")
                try CheckpointWriter.save(
                    model, companionsFrom: golden.folder, to: target, maximumShardByteCount: limit)
                let again = try QwenVLModel(folder: target, dtype: nil)
                #expect(again.dtype == model.dtype)
                #expect(try #require(try again.forward(input).logits).floats() == before)
                let sharded = FileManager.default.fileExists(
                    atPath: target.appendingPathComponent("model.safetensors.index.json").path)
                #expect(sharded == (limit == 200_000))
                let names = try SafetensorsCheckpoint(contentsOf: target).names
                #expect(names.allSatisfy { !$0.hasPrefix("model.visual") && !$0.hasPrefix("model.language_model") })
            }
        }
    }

    @Test func savingOverTheSourceIsRefused() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let text = sentence { try CheckpointWriter.save(model, companionsFrom: golden.folder, to: golden.folder) }
        #expect(text.contains("choose another folder"))
    }

    @Test func savingInAnotherTypeSaysSo() throws {
        let golden = try GoldenModel("grouped-2to1-tied")
        let model = try golden.model(dtype: .bfloat16)
        try withTemporaryFolder { folder in
            try CheckpointWriter.save(model, companionsFrom: golden.folder, to: folder)
            #expect(try ModelConfiguration(folder: folder).savedDType == .bfloat16)
            #expect(try QwenVLModel(folder: folder, dtype: nil).dtype == .bfloat16)
        }
    }

    /// A copy of a small checkpoint, changed by `change`, and the sentence its opening gives.
    private func opening(_ name: String = "equal-heads-odd", after change: (URL) throws -> Void) throws -> String {
        try withTemporaryFolder { folder in
            let copy = folder.appendingPathComponent("checkpoint")
            try FileManager.default.copyItem(at: GoldenModel(name).folder, to: copy)
            try change(copy)
            return sentence { _ = try QwenVLModel(folder: copy) }
        }
    }

    private func edit(_ folder: URL, _ change: (inout [String: Any]) -> Void) throws {
        let url = folder.appendingPathComponent("config.json")
        let read = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        var object = try #require(read)
        change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: url)
    }

    @Test func missingWeights() throws {
        let text = try opening {
            try FileManager.default.removeItem(at: $0.appendingPathComponent("model.safetensors"))
        }
        #expect(text.contains("model.safetensors"))
        let shard = try opening("grouped-4to1") {
            try FileManager.default.removeItem(at: $0.appendingPathComponent("model-00002-of-00003.safetensors"))
        }
        #expect(shard.contains("model-00002-of-00003.safetensors"))
    }

    @Test func truncatedWeights() throws {
        let text = try opening { folder in
            let file = folder.appendingPathComponent("model.safetensors")
            let data = try Data(contentsOf: file)
            try data.prefix(data.count / 2).write(to: file)
        }
        #expect(text.contains("model.safetensors") && text.contains("cut short"), "\(text)")
    }

    @Test func disagreeingShapesNameTheTensorAndBothShapes() throws {
        let text = try opening { try edit($0) { $0["intermediate_size"] = 44 } }
        #expect(text.contains("model.layers.0.mlp.gate_proj.weight"))
        #expect(text.contains("[40, 48]") && text.contains("[44, 48]"))
    }

    @Test func missingAndUnexpectedTensors() throws {
        let more = try opening { try edit($0) { $0["num_hidden_layers"] = 4 } }
        #expect(more.contains("model.layers.3.input_layernorm.weight is missing"))
        let fewer = try opening { try edit($0) { $0["num_hidden_layers"] = 2 } }
        #expect(fewer.contains("model.layers.2.") && fewer.contains("is unexpected"))
    }

    @Test func unknownArchitecture() throws {
        let text = try opening { try edit($0) { $0["model_type"] = "llama" } }
        #expect(text.contains("llama") && text.contains("Qwen2.5-VL"))
    }

    @Test(
        arguments: [
            ("hidden_size", "hidden_size", 0 as Int), ("num_attention_heads", "num_attention_heads", 7),
            ("num_key_value_heads", "num_key_value_heads", 2), ("rope_scaling", "rope_scaling", 3),
            ("image_token_id", "image_token_id", 100_000),
        ])
    func impossibleSizes(key: String, mentioned: String, value: Int) throws {
        let text = try opening { try edit($0) { $0[key] = value } }
        #expect(text.contains("config.json") && text.contains(mentioned), "\(text)")
    }

    @Test func brokenConfiguration() throws {
        let missing = try opening { try FileManager.default.removeItem(at: $0.appendingPathComponent("config.json")) }
        #expect(missing.contains("config.json is missing"))
        let broken = try opening { try Data("{\"hidden".utf8).write(to: $0.appendingPathComponent("config.json")) }
        #expect(broken.contains("config.json") && broken.contains("not a JSON object"))
        let absent = try opening { try edit($0) { $0["vision_config"] = nil } }
        #expect(absent.contains("vision_config"))
    }

    @Test func noFolder() throws {
        #expect(
            sentence { _ = try QwenVLModel(folder: URL(fileURLWithPath: "/nonexistent/model")) }.contains(
                "no such folder"))
        let file = fixtures.appendingPathComponent("models/rope-index.json")
        #expect(sentence { _ = try QwenVLModel(folder: file) }.contains("it is a file"))
    }

    @Test func inputsThatDoNotAgree() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let input = try golden.input("two", model)
        var fewer = input
        fewer.grids.removeLast()
        #expect(sentence { _ = try model.forward(fewer) }.contains("pictures"))
        var none = input
        none.pixelValues = nil
        none.grids = []
        #expect(sentence { _ = try model.forward(none) }.contains("pictures"))
        var stray = input
        stray.inputIDs[3] = 160
        #expect(sentence { _ = try model.forward(stray) }.contains("Token 160"))
        var film = input
        film.grids[0].temporal = 2
        #expect(
            sentence { _ = try model.forward(film) }.contains("visual tokens")
                || sentence { _ = try model.forward(film) }.contains("video"))
    }
}
