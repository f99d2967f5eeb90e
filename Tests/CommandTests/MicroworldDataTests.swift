import Foundation
import HeadlessBrowser
import Testing

/// `--data microworld` of `avar vas` and `avar sweep`: a data set without a file.
@Suite(.serialized) struct MicroworldDataTests {
    private func vas(_ arguments: String..., in folder: URL) throws -> Command.Outcome {
        try Command.run(["vas", "--model", Command.checkpoint.path] + arguments, in: folder)
    }

    /// The same numbers as over the files that avar microworld make writes.
    @Test func theSameAsItsFiles() throws {
        try withTemporaryFolder { folder in
            let made = try Command.run(
                "microworld", "make", "--split", "hard", "--count", "9", "--output", "set", in: folder)
            #expect(made.status == 0, "\(made.errors)")
            for arguments in [["--queries", "user"], ["--queries", "response"]] {
                func run(_ data: String) throws -> [String: Any] {
                    let run = try Command.run(
                        ["vas", "--model", Command.checkpoint.path, "--data", data, "--limit", "9", "--json"]
                            + arguments, in: folder)
                    #expect(run.status == 0, "\(run.errors)")
                    return try run.json()
                }
                let (world, file) = (try run("microworld:hard"), try run("set/data.jsonl"))
                #expect(world["data"] as? String == "microworld:hard")
                let scores = try #require(world["scores"] as? NSDictionary)
                #expect(scores == file["scores"] as? NSDictionary && scores.count == 4)
                let tokens = try #require(world["tokens"] as? Int)
                #expect(world["samples"] as? Int == 9 && tokens == file["tokens"] as? Int)
            }
        }
    }

    @Test func goesOnAndShowsPictures() throws {
        try withTemporaryFolder { folder in
            #expect(try vas("--data", "microworld", "--limit", "3", "--output", "out", in: folder).status == 0)
            let more = try vas("--data", "microworld:test", "--limit", "5", "--output", "out", "--json", in: folder)
            #expect(more.status == 0 && more.errors.contains("3 of 5 samples were measured before"), "\(more.errors)")
            let whole = try vas("--data", "microworld", "--limit", "5", "--output", "whole", "--json", in: folder)
            let scores = try #require(try whole.json()["scores"] as? NSDictionary)
            #expect(try scores == more.json()["scores"] as? NSDictionary)
            let other = try vas("--data", "microworld:train", "--limit", "3", "--output", "out", in: folder)
            #expect(
                other.status == 1 && other.sentence?.contains("microworld:test there and is microworld:train") == true)
            let page = try String(contentsOf: folder.appendingPathComponent("out/report.html"), encoding: .utf8)
            #expect(page.contains("test-counting-000000") && page.contains("data:image/png;base64,"))
        }
    }

    @Test func twoHundredUnlessSaid() throws {
        try withTemporaryFolder { folder in
            let run = try vas("--data", "microworld", "--no-sinks", "--json", in: folder)
            #expect(try run.json()["samples"] as? Int == 200)
        }
    }

    @Test func sweeps() throws {
        try withTemporaryFolder { folder in
            let run = try Command.run(
                "sweep", "--model", Command.checkpoint.path, "--data", "microworld:validation", "--limit", "3",
                "--max-new-tokens", "3", "--suppress", "0.4", "--output", "out", "--json", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            #expect(json["data"] as? String == "microworld:validation" && json["samples"] as? Int == 3)
            #expect((json["rule"] as? String)?.contains("letter or the text") == true)
            let rows = try #require(json["rows"] as? [[String: Any]])
            for row in rows {
                let accuracy = try #require(row["accuracy"] as? Double)
                #expect(try #require(row["accuracy_low"] as? Double) <= accuracy)
                #expect(try #require(row["accuracy_high"] as? Double) >= accuracy)
            }
        }
    }

    @Test(arguments: ["microworld:exam", "microworld:", "microworld:Test"]) func noSuchSplit(_ data: String) throws {
        for command in ["vas", "sweep"] {
            let run = try Command.run(command, "--model", Command.checkpoint.path, "--data", data)
            #expect(run.status == 1, "\(run.errors)")
            #expect(run.sentence?.contains("it has train, validation, test, hard.") == true, "\(run.errors)")
        }
    }
}
