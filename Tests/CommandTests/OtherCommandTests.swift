import Foundation
import Safetensors
import Testing

/// `avar doctor`, `bench`, `convert` and `--version`.
@Suite struct OtherCommandTests {
    @Test func version() throws {
        let run = try Command.run("--version")
        #expect(run.status == 0)
        let changes = try String(contentsOf: Command.package.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
        let version = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(changes.contains("## \(version)"))
    }

    @Test func doctor() throws {
        let json = try Command.run("doctor", "--json").json()
        #expect((json["libtorch"] as? String)?.hasPrefix("2.15") == true)
        #expect(json["cpu_check"] as? String == "a product came out right")
        #expect(json["cuda"] is String && json["processor"] is String)
        let text = try Command.run("doctor")
        #expect(text.status == 0 && text.output.contains("libtorch"))
    }

    /// A case file of the shape that hf_peer.py writes.
    private func writeCase(to url: URL) throws {
        let golden = try SafetensorsFile(
            contentsOf: Command.fixtures.appendingPathComponent("models/grouped-4to1/golden.safetensors"))
        func copy(_ from: String, _ to: String, shape: ([Int]) -> [Int]) throws -> SafetensorsWriter.Tensor {
            let entry = try golden.entry(named: from)
            return SafetensorsWriter.Tensor(name: to, dtype: entry.dtype, shape: shape(entry.shape)) { emit in
                try golden.withUnsafeBytes(of: from) { try emit($0) }
            }
        }
        try SafetensorsWriter.write(
            [
                copy("one.input_ids", "input_ids") { [1] + $0 }, copy("one.roles", "role") { [1] + $0 },
                copy("one.pixel_values", "pixel_values") { $0 }, copy("one.image_grid_thw", "image_grid_thw") { $0 },
            ], to: url)
    }

    @Test func bench() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("case.safetensors")
            try writeCase(to: file)
            let model = Command.fixtures.appendingPathComponent("models/grouped-4to1").path
            let golden = try SafetensorsFile(
                contentsOf: Command.fixtures.appendingPathComponent("models/grouped-4to1/golden.safetensors"))
            let logits = try golden.withUnsafeBytes(of: "one.logits") { $0.bindMemory(to: Float.self).map(Double.init) }
            let expected = try golden.withUnsafeBytes(of: "one.generated") { Array($0.bindMemory(to: Int64.self)) }

            let forward = try Command.run("bench", "forward", "--model", model, "--case", file.path, "--runs", "1")
                .json()
            #expect(forward["command"] as? String == "forward")
            #expect(forward["tokens"] as? Int == (try golden.entry(named: "one.input_ids").shape[0]))
            let sum = try #require(forward["logits_sum"] as? Double)
            let total = logits.reduce(0, +)
            #expect(abs(sum - total) < 1e-4 * logits.reduce(0) { $0 + abs($1) })
            for key in ["seconds", "min_seconds", "peak_rss_mib", "rss_after_load_mib"] {
                #expect(try #require(forward[key] as? Double) > 0)
            }

            struct Row: Decodable {
                let model: String, `case`: String, setting: String, queries: String
                let vas: Double, vas_layer0: Double, vas_pooled: Double, vas_geometric: Double
            }
            let rows = try JSONDecoder().decode(
                [Row].self, from: Data(contentsOf: Command.fixtures.appendingPathComponent("attention/vas.json"))
            ).filter { $0.model == "grouped-4to1" && $0.case == "one" && $0.setting == "plain" }
            #expect(rows.count == 2)
            for row in rows {
                let measured = try Command.run(
                    "bench", "vas", "--model", model, "--case", file.path, "--runs", "1", "--queries", row.queries,
                    "--floor"
                ).json()
                for (key, expected) in [
                    ("vas", row.vas), ("vas_layer0", row.vas_layer0), ("vas_pooled", row.vas_pooled),
                    ("vas_geometric", row.vas_geometric),
                ] {
                    #expect(try abs(#require(measured[key] as? Double) / expected - 1) < 1e-4, "\(row.queries) \(key)")
                }
                #expect(try #require(measured["seconds"] as? Double) > 0)
                #expect(try #require(measured["plain_seconds"] as? Double) > 0)
            }

            let generate = try Command.run(
                "bench", "generate", "--model", model, "--case", file.path, "--runs", "1", "--new-tokens", "20",
                "--floor"
            ).json()
            #expect(generate["generated"] as? [Int] == expected.prefix(16).map(Int.init))
            #expect(try #require(generate["decode_tokens_per_second"] as? Double) > 0)
            #expect(try #require(generate["observed_seconds"] as? Double) > 0)
        }
    }

    @Test func convert() throws {
        try withTemporaryFolder { folder in
            let output = folder.appendingPathComponent("bf16")
            let run = try Command.run(
                "convert", "--model", Command.checkpoint.path, "--output", output.path, "--dtype", "bfloat16")
            #expect(run.status == 0)
            let picture = folder.appendingPathComponent("red.png")
            try Drawing.redRectangle().write(to: picture)
            let answer = try Command.run(
                "generate", "--model", output.path, "--image", picture.path, "--prompt", "what color is the shape?",
                "--dtype",
                "stored")
            #expect(answer.output == "red\n")
            let over = try Command.run("convert", "--model", output.path, "--output", output.path)
            #expect(over.status == 1 && over.sentence?.contains("another folder") == true)
        }
    }
}
