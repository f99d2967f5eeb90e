import Foundation
import Testing

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
}
