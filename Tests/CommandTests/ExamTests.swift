import Foundation
import Testing

/// `avar microworld exam`: the same questions with and without what should decide the answer.
@Suite(.serialized) struct ExamTests {
    private func exam(
        _ arguments: String..., in folder: URL, model: URL = Command.checkpoint,
        meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Command.run(
            ["microworld", "exam", "--model", model.path] + arguments, in: folder, meanwhile: meanwhile)
    }

    private func row(_ json: [String: Any], _ condition: String) throws -> [String: Any] {
        let rows = try #require(json["rows"] as? [[String: Any]])
        return try #require(rows.first { $0["condition"] as? String == condition })
    }

    private func total(_ json: [String: Any], _ condition: String) throws -> (right: Int, count: Int) {
        let total = try #require(try row(json, condition)["total"] as? [String: Any])
        return (try #require(total["right"] as? Int), try #require(total["count"] as? Int))
    }

    private func samples(_ folder: URL) throws -> [[String: Any]] {
        try Data(contentsOf: folder.appendingPathComponent("out/samples.jsonl")).split(separator: UInt8(ascii: "\n"))
            .map { try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:] }
    }

    @Test func sixConditions() throws {
        try withTemporaryFolder { folder in
            let run = try exam("--count", "28", "--max-new-tokens", "4", "--output", "out", "--json", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            let names = (json["rows"] as? [[String: Any]])?.compactMap { $0["condition"] as? String }
            #expect(names == ["picture", "shuffled", "blind", "hint-removed", "hint-reversed", "hint-right"])
            #expect(json["questions"] as? Int == 28 && json["data"] as? String == "microworld:test")
            let hinted = try total(json, "hint-removed").count
            #expect(hinted > 5 && hinted < 23)
            for condition in ["picture", "shuffled", "blind"] { #expect(try total(json, condition).count == 28) }
            let lines = try samples(folder)
            #expect(lines.count == 3 * 28 + 3 * hinted)
            // The summary counts what the lines say.
            for condition in names ?? [] {
                let right = lines.count { $0["condition"] as? String == condition && $0["right"] as? Bool == true }
                #expect(try total(json, condition).right == right)
            }
            #expect(try (row(json, "picture")["families"] as? [String: Any])?.count == 7)
            #expect(try row(json, "hint-reversed")["as_given"] != nil && row(json, "picture")["as_given"] == nil)
            let guesses = try #require(json["guesses"] as? [String: Any])
            let chance = try #require(guesses["chance"] as? Double)
            #expect(chance > 0.25 && chance < 0.5)
            #expect((guesses["same_when_shuffled"] as? [String: Any])?["count"] as? Int == 28)
            let summary = try Data(contentsOf: folder.appendingPathComponent("out/summary.json"))
            #expect(String(decoding: summary, as: UTF8.self) == run.output)
            // Without another answer being written, the table says the same.
            let table = try exam("--count", "28", "--max-new-tokens", "4", "--output", "out", in: folder)
            #expect(table.status == 0 && table.errors.contains("28 of 28 samples were measured before"))
            #expect(table.output.contains("by family") && table.output.contains("likeliest answer"))
        }
    }

    @Test func reasoningAsksForThoughts() throws {
        try withTemporaryFolder { folder in
            let direct = try exam(
                "--count", "4", "--max-new-tokens", "3", "--conditions", "picture", "--json", in: folder)
            let reasoning = try exam(
                "--count", "4", "--max-new-tokens", "3", "--conditions", "picture", "--style", "reasoning", "--json",
                in: folder)
            #expect(direct.status == 0 && reasoning.status == 0, "\(reasoning.errors)")
            #expect(try reasoning.json()["style"] as? String == "reasoning")
        }
    }

    /// Answers do not depend on which are written together.
    @Test func oneConditionAloneAnswersTheSame() throws {
        try withTemporaryFolder { folder in
            let all = try exam("--count", "7", "--output", "out", "--json", in: folder)
            let shuffled = try exam(
                "--count", "7", "--conditions", "shuffled", "--output", "other", "--json", in: folder)
            #expect(all.status == 0 && shuffled.status == 0)
            let lines = try samples(folder).filter { $0["condition"] as? String == "shuffled" }
            let alone = try String(contentsOf: folder.appendingPathComponent("other/samples.jsonl"), encoding: .utf8)
            #expect(lines.count == 7)
            for line in lines { #expect(alone.contains("\"text\":\"\(line["text"] as? String ?? "?")\"")) }
        }
    }

    /// On pictures drawn here: it knows the colour with the right picture, not with another's.
    @Test func aDataFile() throws {
        try withVASData { data in
            let lines = ["red", "blue", "red", "blue"].map {
                #"{"image": "\#($0).png", "question": "what color is the shape?", "answer": "\#($0)"}"#
            }
            try data.write(lines.joined(separator: "\n"))
            let run = try exam("--data", "data.jsonl", "--output", "out", "--json", in: data.folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            #expect(try total(json, "picture") == (4, 4))
            #expect(try total(json, "shuffled") == (0, 4))
            #expect(try total(json, "blind").count == 4 && total(json, "blind").right < 4)
            #expect(json["guesses"] == nil && (json["rows"] as? [Any])?.count == 3)
            let texts = try samples(data.folder).filter { $0["condition"] as? String == "shuffled" }
                .map { $0["text"] as? String }
            #expect(texts == ["blue", "red", "blue", "red"])
            // Fewer questions exchange other pictures, so these are no answers to them.
            let fewer = try exam("--data", "data.jsonl", "--count", "2", "--output", "out", in: data.folder)
            #expect(fewer.status == 1 && fewer.sentence?.contains("--count was 4 there and is 2 now") == true)
        }
    }

    @Test func badSamplesOfADataFile() throws {
        try withVASData { data in
            try data.write(
                #"{"image": "red.png", "question": "what?", "answer": "red"}"# + "\n"
                    + #"{"image": "blue.png", "question": "what?"}"# + "\n")
            let stopped = try exam("--data", "data.jsonl", in: data.folder)
            #expect(stopped.status == 1, "\(stopped.errors)")
            #expect(stopped.failure?.contains("Line 2 of") == true && stopped.failure?.contains("no answer") == true)
            let skipped = try exam("--data", "data.jsonl", "--skip-bad", "--json", in: data.folder)
            #expect(try skipped.json()["questions"] as? Int == 1)
        }
    }

    @Test func killedAndGoneOn() throws {
        try withTemporaryFolder { folder in
            let arguments = ["--count", "60", "--max-new-tokens", "4", "--output", "out", "--json"]
            func run(meanwhile: (Process) throws -> Void = { _ in }) throws -> Command.Outcome {
                try Command.run(
                    ["microworld", "exam", "--model", Command.checkpoint.path] + arguments, in: folder,
                    meanwhile: meanwhile)
            }
            let file = folder.appendingPathComponent("out/samples.jsonl")
            func lineCount() -> Int { (try? Data(contentsOf: file).count { $0 == UInt8(ascii: "\n") }) ?? 0 }
            let killed = try run { process in
                while process.isRunning, lineCount() < 40 { usleep(2_000) }
                kill(process.processIdentifier, SIGKILL)
            }
            #expect(killed.status == 9 && lineCount() >= 40)
            let resumed = try run()
            #expect(resumed.status == 0 && resumed.errors.contains("were measured before"), "\(resumed.errors)")
            try FileManager.default.removeItem(at: folder.appendingPathComponent("out"))
            #expect(try run().output == resumed.output)
        }
    }

    @Test func foldersOfOthers() throws {
        try withTemporaryFolder { folder in
            let first = ["--count", "2", "--conditions", "blind", "--max-new-tokens", "2", "--output", "out"]
            func run(_ arguments: String...) throws -> Command.Outcome {
                try Command.run(
                    ["microworld", "exam", "--model", Command.checkpoint.path] + first + arguments, in: folder)
            }
            #expect(try run().status == 0)
            #expect(try run("--seed", "1").sentence?.contains("the data set was microworld:test there") == true)
            #expect(try run("--split", "hard").sentence?.contains("is microworld:hard now") == true)
            #expect(try run("--style", "reasoning").sentence?.contains("--style was direct there") == true)
            let vas = try Command.run(
                "vas", "--model", Command.checkpoint.path, "--data", "microworld", "--output", "out", in: folder)
            #expect(vas.status == 1 && vas.sentence?.contains("not one of this command") == true, "\(vas.errors)")
        }
    }

    @Test(arguments: [
        ["--count", "0"], ["--count", "-1"], ["--split", "exam"], ["--conditions", "picture,cat"],
        ["--conditions", ""],
        ["--conditions", "blind,blind"], ["--style", "loud"], ["--max-new-tokens", "0"],
        ["--data", "x.jsonl", "--split", "test"], ["--data", "x.jsonl", "--conditions", "hint-removed"],
    ]) func wrongUsage(_ arguments: [String]) throws {
        let run = try Command.run(["microworld", "exam", "--model", Command.checkpoint.path] + arguments)
        #expect(run.status == 64 && run.output.isEmpty && run.errors.hasPrefix("Error: "), "\(run.errors)")
    }

    @Test func missingThings() throws {
        let model = try Command.run("microworld", "exam", "--model", "/nonexistent/model", "--count", "2")
        #expect(model.status == 1 && model.sentence?.contains("/nonexistent/model") == true, "\(model.errors)")
        let data = try Command.run(
            "microworld", "exam", "--model", Command.checkpoint.path, "--data", "/nonexistent.jsonl")
        #expect(data.status == 1 && data.sentence?.contains("/nonexistent.jsonl") == true, "\(data.errors)")
    }
}
