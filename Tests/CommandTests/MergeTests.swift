import Foundation
import QwenVL
import Testing
import Torch

/// `avar merge`, and `--adapter` of the commands that run a model.
@Suite struct MergeTests {
    private static let model = Command.fixtures.appendingPathComponent("models/grouped-4to1").path
    private static let adapter = Command.fixtures.appendingPathComponent("lora/grouped-4to1").path

    @Test func aWholeCheckpoint() throws {
        try withTemporaryFolder { folder in
            let output = folder.appendingPathComponent("merged")
            let run = try Command.run(
                "merge", "--model", Self.model, "--adapter", Self.adapter, "--output", output.path, "--max-shard-bytes",
                "300000")
            #expect(run.status == 0 && run.output.contains("24 layers"), "\(run.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["merged"])
            let files = try FileManager.default.contentsOfDirectory(atPath: output.path)
            #expect(files.contains("config.json") && files.contains("generation_config.json"))
            #expect(files.contains("model.safetensors.index.json"))
            let again = try Command.run(
                "merge", "--model", Self.model, "--adapter", Self.adapter, "--output", output.path)
            #expect(again.status == 1 && again.sentence?.contains("it is there already") == true)
        }
    }

    @Test func badInputEndsInOneSentence() throws {
        try withTemporaryFolder { (folder: URL) throws in
            let output = folder.appendingPathComponent("merged").path
            func sentence(_ model: String, _ adapter: String, _ output: String) throws -> String {
                let run = try Command.run("merge", "--model", model, "--adapter", adapter, "--output", output)
                #expect(run.status == 1 && run.output.isEmpty)
                return try #require(run.sentence)
            }
            #expect(try sentence(Self.model, Self.adapter, Self.model).contains("it is there already"))
            #expect(try sentence(Self.model, Self.model, output).contains("no adapter_config.json"))
            #expect(
                try sentence(Self.model, folder.appendingPathComponent("none").path, output).contains("no such folder"))
            let other = Command.fixtures.appendingPathComponent("models/equal-heads-odd").path
            #expect(try sentence(other, Self.adapter, output).contains("cannot be used"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
        let convert = try Command.run(
            "convert", "--model", Self.model, "--adapter", Self.adapter, "--output", "never-written")
        #expect(convert.status == 64 && convert.errors.contains("avar merge"))
    }

    @Test func commandsRunAModelWithItsAdapter() throws {
        try withTemporaryFolder { folder in
            let store = try QwenVLModel(folder: Command.checkpoint).parameters
            let adapters = try LowRankAdapters(LowRankSettings(parts: [.languageModel]), for: store, seed: 1)
            for adapter in adapters.adapters { try adapter.up.fill(0.02) }
            let (adapter, merged) = (folder.appendingPathComponent("adapter"), folder.appendingPathComponent("merged"))
            try adapters.save(to: adapter)
            let run = try Command.run(
                "merge", "--model", Command.checkpoint.path, "--adapter", adapter.path, "--output", merged.path,
                "--dtype",
                "float32")
            #expect(run.status == 0, "\(run.errors)")
            let picture = folder.appendingPathComponent("red.png")
            try Drawing.redRectangle().write(to: picture)
            /// The logarithm of the likeliest answer's first token's probability.
            func answer(_ arguments: String...) throws -> Double {
                let common = ["--image", picture.path, "--prompt", "what color is the shape?", "--temperature", "0"]
                let run = try Command.run(["generate"] + arguments + common + ["--log-probabilities", "--json"])
                #expect(run.status == 0, "\(run.errors)")
                return try #require((try run.json()["log_probabilities"] as? [Double])?.first)
            }
            let plain = try answer("--model", Command.checkpoint.path)
            let adapted = try answer("--model", Command.checkpoint.path, "--adapter", adapter.path)
            let asMerged = try answer("--model", merged.path)
            #expect(abs(asMerged - adapted) < 1e-4 * abs(adapted), "\(asMerged) \(adapted)")
            #expect(abs(plain - adapted) > 1e-2 * abs(adapted), "\(plain) \(adapted)")
        }
    }
}
