import Foundation
import QwenVL
import Safetensors
import Testing
import Torch

/// Adapters saved and read in PEFT's layout.
@Suite struct AdapterFileTests {
    private func configuration(_ folder: URL) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appendingPathComponent("adapter_config.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: GoldenAdapter.names)
    func savedAdaptersComeBack(name: String) throws {
        let golden = try GoldenAdapter(name)
        let store = try golden.base.model().parameters
        let adapters = try LowRankAdapters(folder: golden.folder, for: store)
        try withTemporaryFolder { folder in
            let target = folder.appendingPathComponent("deep/adapter")
            // Twice: what is there is replaced.
            for _ in 0..<2 { try adapters.save(to: target, baseModel: name) }
            let (own, theirs) = try (
                SafetensorsFile(contentsOf: target.appendingPathComponent("adapter_model.safetensors")),
                SafetensorsFile(contentsOf: golden.folder.appendingPathComponent("adapter_model.safetensors"))
            )
            #expect(Set(own.names) == Set(theirs.names.filter { $0.contains("lora_") }))
            for name in own.names { #expect(try own.tensor(name).floats() == theirs.tensor(name).floats(), "\(name)") }
            let again = try LowRankAdapters(folder: target, for: store)
            #expect(again.adapters.map(\.name) == adapters.adapters.map(\.name))
            #expect(again.adapters.map(\.scale) == adapters.adapters.map(\.scale))
            #expect(again.adapters.map(\.rank) == adapters.adapters.map(\.rank))
            let files = try FileManager.default.contentsOfDirectory(atPath: target.path)
            #expect(files.sorted() == ["adapter_config.json", "adapter_model.safetensors"])
        }
    }

    @Test func configurationNamesTheLayersAsShortAsTheyCanBe() throws {
        let store = try GoldenModel("grouped-4to1").model().parameters
        try withTemporaryFolder { folder in
            func targets(_ settings: LowRankSettings) throws -> [String] {
                try LowRankAdapters(settings, for: store, seed: 0).save(to: folder)
                return try #require(try configuration(folder)["target_modules"] as? [String])
            }
            #expect(
                try targets(LowRankSettings()) == [
                    "attn.proj", "down_proj", "gate_proj", "k_proj", "mlp.0", "mlp.2", "o_proj", "q_proj", "qkv",
                    "up_proj",
                    "v_proj",
                ])
            let mixed = try targets(LowRankSettings(targets: ["q_proj", "up_proj"], parts: [.languageModel]))
            #expect(mixed == ["q_proj"] + (0..<3).map { "model.language_model.layers.\($0).mlp.up_proj" })
            let json = try configuration(folder)
            #expect(
                json["r"] as? Int == 8 && json["lora_alpha"] as? Int == 16 && json["peft_type"] as? String == "LORA")
            #expect(json["base_model_name_or_path"] is NSNull)
        }
    }

    @Test(arguments: [
        ("use_dora", true as any Sendable, "'use_dora' is true"),
        ("modules_to_save", ["embed_tokens"], "[embed_tokens]"),
        ("bias", "all", "'bias' is 'all'"), ("peft_type", "IA3", "IA3"), ("r", 5, "rank 5"),
        ("init_lora_weights", "pissa", "'pissa'"), ("r", "four", "'r' must be a whole number"),
        ("lora_bias", true, "'lora_bias' is true"), ("lora_dropout", 1.5, "lora_dropout"),
        ("layer_replication", [[0, 2]], "layer_replication"), ("rank_pattern", ["(": 2], "'(' in 'rank_pattern'"),
    ])
    func whatIsNotDoneHereIsRefused(key: String, value: any Sendable, mentioned: String) throws {
        let text = try reading(GoldenAdapter("grouped-2to1-tied")) { try editConfiguration($0) { $0[key] = value } }
        #expect(text.contains(mentioned) && text.hasSuffix(".") && !text.contains("\n"), "\(text)")
    }

    @Test func tensorsThatDoNotFit() throws {
        let golden = try GoldenAdapter("grouped-4to1")
        let prefix = "base_model.model.model.language_model.layers.0.self_attn."
        let half = try reading(golden) {
            try editTensors($0) { $0 == prefix + "q_proj.lora_B.weight" ? nil : ($0, $1) }
        }
        #expect(half.contains("layers.0.self_attn.q_proj has only one of lora_A.weight and lora_B.weight"))
        let unknown = try reading(golden) {
            try editTensors($0) { ($0.replacing("self_attn.q_proj", with: "self_attn.qq_proj"), $1) }
        }
        #expect(unknown.contains("no linear layer model.language_model.layers.0.self_attn.qq_proj"))
        let magnitude = try reading(golden) {
            try editTensors($0) { ($0.replacing("k_proj.lora_A.weight", with: "k_proj.lora_magnitude_vector"), $1) }
        }
        #expect(magnitude.contains("lora_magnitude_vector is neither"))
        // PEFT saves the weight under an adapter of the output projection; it has to be the model's.
        let other = try reading(golden) {
            try editTensors($0) { try $0.hasSuffix("base_layer.weight") ? ($0, $1 * 2) : ($0, $1) }
        }
        #expect(other.contains("another weight than the model's lm_head.weight"))
        let shape = try reading(golden) { try editConfiguration($0) { $0["rank_pattern"] = ["q_proj": 3] } }
        #expect(shape.contains("[2, 64]") && shape.contains("[3, 64]"))
        let damaged = try reading(golden) {
            try Data("no tensors".utf8).write(to: $0.appendingPathComponent("adapter_model.safetensors"))
        }
        #expect(damaged.contains("adapter_model.safetensors"))
        let missing = try reading(golden) {
            try FileManager.default.removeItem(at: $0.appendingPathComponent("adapter_config.json"))
        }
        #expect(missing.contains("there is no adapter_config.json"))
        let store = try golden.base.model().parameters
        let checkpoint = sentence { _ = try LowRankAdapters(folder: golden.base.folder, for: store) }
        #expect(checkpoint.contains("whole checkpoint"))
        let wrong = try GoldenModel("equal-heads-odd").model().parameters
        #expect(sentence { _ = try LowRankAdapters(folder: golden.folder, for: wrong) }.contains("ask for"))
    }
}
