import Foundation
import Testing

/// `avar microworld make`, run as a user runs it.
@Suite struct MicroworldMakeTests {
    private func make(_ arguments: String..., in folder: URL) throws -> Command.Outcome {
        try Command.run(["microworld", "make"] + arguments, in: folder)
    }

    @Test func writesOnceAndRefusesOthers() throws {
        try withTemporaryFolder { folder in
            let run = try make(
                "--split", "test", "--count", "20", "--output", "out", "--seed", "7", "--families", "bars,presence",
                "--hints", "all", in: folder)
            #expect(run.status == 0 && run.output.contains("20 questions"), "\(run.errors)")
            let data = try String(contentsOf: folder.appendingPathComponent("out/data.jsonl"), encoding: .utf8)
            let lines = data.split(separator: "\n")
            #expect(lines.count == 20 && lines.allSatisfy { $0.contains("\"hint_is_right\":") })
            #expect(lines.allSatisfy { $0.contains("\"family\":\"bars\"") || $0.contains("\"family\":\"presence\"") })
            let again = try make(
                "--split", "test", "--count", "20", "--output", "out", "--seed", "7", "--families", "bars,presence",
                "--hints", "all", in: folder)
            #expect(again.status == 0 && again.errors.contains("there already"))
            for written in [true, false] {
                let json = try make("--split", "hard", "--count", "3", "--output", "hard", "--json", in: folder).json()
                #expect(json["questions"] as? Int == 3 && json["split"] as? String == "hard")
                #expect((json["folder"] as? String)?.hasSuffix("/hard") == true && json["written"] as? Bool == written)
            }
            let other = try make("--split", "test", "--count", "21", "--output", "out", in: folder)
            #expect(other.status == 1 && other.sentence?.hasSuffix("give another --output.") == true, "\(other.errors)")
            // What it wrote can be measured.
            let vas = try Command.run(
                "vas", "--model", Command.checkpoint.path, "--data", "out/data.jsonl", "--limit", "4", "--json",
                in: folder)
            #expect(vas.status == 0, "\(vas.errors)")
        }
    }

    @Test(arguments: [
        ["--split", "exam", "--count", "5"], ["--split", "test", "--count", "0"], ["--split", "test", "--count", "-3"],
        ["--split", "test", "--count", "5", "--families", "bars,cats"],
        ["--split", "test", "--count", "5", "--families", "bars,bars"],
        ["--split", "test", "--count", "5", "--hints", "no"],
        ["--split", "test", "--count", "5", "--hint-rate", "1.5"], ["--split", "test"], ["--count", "5"],
    ]) func wrongUsage(_ arguments: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try Command.run(["microworld", "make", "--output", "out"] + arguments, in: folder)
            #expect(run.status == 64 && run.output.isEmpty && run.errors.hasPrefix("Error: "), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
        }
    }

    @Test func foldersThatCannotBeWritten() throws {
        try withTemporaryFolder { folder in
            try Data("x".utf8).write(to: folder.appendingPathComponent("file"))
            for output in ["file", "file/out", "/proc/out"] {
                let run = try make("--split", "test", "--count", "2", "--output", output, in: folder)
                #expect(run.status == 1 && run.sentence?.contains(output) == true, "\(run.errors)")
            }
        }
    }

    @Test func withoutTheFont() throws {
        try withTemporaryFolder { folder in
            let fonts = folder.appendingPathComponent("fonts.conf")
            try Data("<?xml version=\"1.0\"?><fontconfig></fontconfig>".utf8).write(to: fonts)
            let run = try Command.run(
                ["microworld", "make", "--split", "test", "--count", "2", "--output", "out"], in: folder,
                environment: ["FONTCONFIG_FILE": fonts.path])
            #expect(run.status == 1 && run.sentence?.contains("fonts-dejavu-core") == true, "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
        }
    }
}

/// `avar microworld oracle`, run as a user runs it.
@Suite struct MicroworldOracleTests {
    private func oracle(_ arguments: String...) throws -> Command.Outcome {
        try withTemporaryFolder { try Command.run(["microworld", "oracle"] + arguments, in: $0) }
    }

    @Test func textsForReadersAndPrograms() throws {
        let blocks = try oracle("--split", "test", "--count", "3")
        #expect(
            blocks.status == 0 && blocks.output.hasPrefix("test-counting-000000\nCount the yellow shapes."),
            "\(blocks.errors)")
        let run = try oracle("--split", "test", "--count", "3", "--variant", "1", "--json")
        let lines = run.output.split(separator: "\n")
        #expect(run.status == 0 && lines.count == 3, "\(run.errors)")
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            let keys = [
                "anchored", "answer", "answer_text", "brief", "description", "id", "listing", "prompt", "reflection",
            ]
            #expect(object?.keys.sorted() == keys && object?.values.contains("") == false)
        }
        #expect(try oracle("--split", "test", "--count", "0").status == 64)
        #expect(try oracle("--help").output.contains("no model"))
    }
}
