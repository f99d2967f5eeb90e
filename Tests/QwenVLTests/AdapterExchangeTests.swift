import Foundation
import QwenVL
import RandomNumbers
import Safetensors
import Testing
import Torch

private let exchange = ProcessInfo.processInfo.environment["AVAR_EXCHANGE"].map { URL(fileURLWithPath: $0) }

/// Writes what PEFT and transformers are to read, with our logits, into the folder that AVAR_EXCHANGE names, for Scripts/peft_check.py.
@Suite(.enabled(if: exchange != nil)) struct AdapterExchangeTests {
    private func write(_ tensors: [(String, Tensor)], _ url: URL) throws {
        try SafetensorsWriter.write(tensors.map { SafetensorsWriter.Tensor(name: $0, $1) }, to: url)
    }

    /// Adapters of three kinds of settings on three checkpoints.
    @Test func adapters() throws {
        let folder = try #require(exchange)
        let settings = [
            "grouped-4to1": LowRankSettings(
                rank: 3, alpha: 5, targets: ["all-linear", "lm_head"], isRankStabilized: true),
            "grouped-2to1-tied": LowRankSettings(
                rank: 4, alpha: 8, dropout: 0.1, targets: ["q_proj", "v_proj", "up_proj"]),
            "equal-heads-odd": LowRankSettings(rank: 2, alpha: 3, targets: [".*_proj"], parts: [.languageModel]),
        ]
        for (name, settings) in settings {
            let golden = try GoldenModel(name)
            let model = try golden.model()
            let adapters = try LowRankAdapters(settings, for: model.parameters, seed: 11)
            for adapter in adapters.adapters {
                var numbers = SplitMix64(12, SplitMix64.digest(adapter.name))
                let drawn = (0..<adapter.up.count).map { _ in Float(numbers.uniform() - 0.5) }
                try adapter.up.copy(from: Tensor(drawn, shape: adapter.up.shape))
            }
            let place = folder.appendingPathComponent("adapter-\(name)")
            try adapters.save(to: place, baseModel: name)
            try adapters.attach(to: model.parameters)
            var logits: [(String, Tensor)] = []
            for testCase in GoldenModel.cases {
                let output = try withoutGradient { try model.forward(golden.input(testCase, model)).logits }
                logits.append((testCase, try #require(output)))
            }
            try write(logits, folder.appendingPathComponent("logits-\(name).safetensors"))
        }
    }

    /// A checkpoint with tokens more than it had rows.
    @Test func enlargedVocabulary() throws {
        let folder = try #require(exchange)
        let source = fixtures.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Checkpoints/microworld")
        let added = try SpecialTokens.add(["<look>", "</look>", "<think>", "<é>"], isSpecial: false, to: source)
        let model = try added.enlarged(QwenVLModel(folder: source, dtype: .float32, converts: true))
        let target = folder.appendingPathComponent("enlarged")
        try CheckpointWriter.save(model, companionsFrom: source, changedFiles: added.changedFiles, to: target)
        let processor = try QwenVLProcessor(folder: target, configuration: model.configuration)
        let text = "<look>what color is the <é> shape?</look>\n<think>a red square</think>"
        let ids = processor.tokenizer.encode(text)
        let input = try ModelInput(
            inputIDs: ids, roles: [TokenRole](repeating: .response, count: ids.count),
            turns: [Int](repeating: 0, count: ids.count), imageTokenID: model.configuration.imageTokenID)
        let logits = try #require(try withoutGradient { try model.forward(input).logits })
        try write(
            [("logits", logits), ("input_ids", Tensor(ids.map(Int64.init)))],
            folder.appendingPathComponent("enlarged.safetensors"))
        let json: [String: Any] = ["text": text, "tokens": added.ids]
        try JSONSerialization.data(withJSONObject: json).write(to: folder.appendingPathComponent("enlarged.json"))
    }
}
