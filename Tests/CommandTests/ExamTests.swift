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

    private func samples(_ folder: URL, _ output: String = "out") throws -> [[String: Any]] {
        try Data(contentsOf: folder.appendingPathComponent("\(output)/samples.jsonl"))
            .split(separator: UInt8(ascii: "\n"))
            .map { try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:] }
    }

    /// Values of the answers under a condition, by question.
    private func values<Value>(
        _ key: String, _ condition: String, _ folder: URL, _ output: String = "out"
    ) throws -> [Int: Value] {
        let own = try samples(folder, output).filter { $0["condition"] as? String == condition }
        return try Dictionary(
            uniqueKeysWithValues: own.map {
                (try #require($0["line"] as? Int), try #require($0[key] as? Value, "\(key)"))
            })
    }

    @Test func sevenConditions() throws {
        try withTemporaryFolder { folder in
            let run = try exam("--count", "28", "--max-new-tokens", "4", "--output", "out", "--json", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            let names = (json["rows"] as? [[String: Any]])?.compactMap { $0["condition"] as? String }
            #expect(
                names == ["picture", "shuffled", "blind", "hint-removed", "hint-reversed", "hint-right", "hint-wrong"])
            #expect(json["questions"] as? Int == 28 && json["data"] as? String == "microworld:test")
            let hinted = try total(json, "hint-removed").count
            #expect(hinted > 5 && hinted < 23)
            for condition in ["picture", "shuffled", "blind"] { #expect(try total(json, condition).count == 28) }
            let lines = try samples(folder)
            #expect(lines.count == 3 * 28 + 4 * hinted)
            // The summary counts what the lines say.
            for condition in names ?? [] {
                let right = lines.count { $0["condition"] as? String == condition && $0["right"] as? Bool == true }
                #expect(try total(json, condition).right == right)
            }
            #expect(try (row(json, "picture")["families"] as? [String: Any])?.count == 7)
            #expect(try row(json, "hint-reversed")["as_given"] != nil && row(json, "picture")["as_given"] == nil)
            // Both directions of a reversed hint, which are those of two other conditions.
            let reversed = try row(json, "hint-reversed")
            func share(_ direction: String, _ key: String) throws -> (right: Int, count: Int) {
                let part = try #require((reversed[direction] as? [String: Any])?[key] as? [String: Any])
                return (try #require(part["right"] as? Int), try #require(part["count"] as? Int))
            }
            let (right, misleading) = (try share("now_right", "total"), try share("now_misleading", "total"))
            #expect(right.count + misleading.count == hinted && right.count > 0 && misleading.count > 0)
            #expect(try right.right + misleading.right == total(json, "hint-reversed").right)
            let (misled, helped) = (try share("now_right", "as_given"), try share("now_misleading", "as_given"))
            #expect(misled.count == right.count && helped.count == misleading.count)
            #expect(try total(json, "hint-right") == (right.right + helped.right, hinted))
            #expect(try total(json, "hint-wrong") == (misleading.right + misled.right, hinted))
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
            #expect(table.output.contains("hint-reversed, where hints misled, now right: "))
            #expect(!table.output.contains("hard split"))
        }
    }

    /// The prompt is longer by the same words for every question.
    @Test func reasoningAsksForThoughts() throws {
        try withTemporaryFolder { folder in
            for style in ["direct", "reasoning"] {
                let run = try exam(
                    "--count", "4", "--max-new-tokens", "3", "--conditions", "picture", "--style", style, "--output",
                    style, "--json", in: folder)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try run.json()["style"] as? String == style)
            }
            let direct: [Int: Int] = try values("prompt_tokens", "picture", folder, "direct")
            let reasoning: [Int: Int] = try values("prompt_tokens", "picture", folder, "reasoning")
            #expect(direct.count == 4 && direct.keys.sorted() == reasoning.keys.sorted())
            let more = Set(direct.map { (reasoning[$0.key] ?? 0) - $0.value })
            #expect(more.count == 1 && (more.first ?? 0) > 5, "\(more)")
        }
    }

    /// Without a picture the marks around it go too; with another's the question stays as long as it was.
    @Test func blindHasNoPicture() throws {
        try withTemporaryFolder { folder in
            let run = try exam(
                "--count", "14", "--max-new-tokens", "1", "--conditions", "picture,shuffled,blind", "--output", "out",
                in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let picture: [Int: Int] = try values("prompt_tokens", "picture", folder)
            let shuffled: [Int: Int] = try values("prompt_tokens", "shuffled", folder)
            let blind: [Int: Int] = try values("prompt_tokens", "blind", folder)
            #expect(shuffled == picture && picture.count == 14)
            // 16 tokens of the picture and 2 marks.
            #expect(blind == picture.mapValues { $0 - 18 })
        }
    }

    /// The answers are those to a data set in which neighbours of a family have exchanged their pictures.
    @Test func shuffledShowsThePicturesOfNeighbours() throws {
        try withTemporaryFolder { folder in
            let made = try Command.run(
                "microworld", "make", "--split", "test", "--count", "28", "--output", "set", in: folder)
            #expect(made.status == 0, "\(made.errors)")
            let file = folder.appendingPathComponent("set/data.jsonl")
            var lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
                .map { try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:] }
            let images = lines.map { $0["images"] }
            // Seven families take turns: the 1st and the 8th question are of the same, the 15th and the 22nd.
            for index in lines.indices { lines[index]["images"] = images[index / 7 % 2 == 0 ? index + 7 : index - 7] }
            let exchanged = try lines.map { try JSONSerialization.data(withJSONObject: $0) }
            try Data(exchanged.joined(separator: Data("\n".utf8)))
                .write(to: folder.appendingPathComponent("set/exchanged.jsonl"))
            let world = try exam(
                "--count", "28", "--conditions", "picture,shuffled", "--output", "world", in: folder)
            let data = try exam(
                "--data", "set/exchanged.jsonl", "--count", "28", "--conditions", "picture", "--output", "file",
                in: folder)
            #expect(world.status == 0 && data.status == 0, "\(world.errors)\(data.errors)")
            let shuffled: [Int: String] = try values("text", "shuffled", folder, "world")
            #expect(shuffled.count == 28)
            let exchangedTexts: [Int: String] = try values("text", "picture", folder, "file")
            let ownTexts: [Int: String] = try values("text", "picture", folder, "world")
            #expect(shuffled == exchangedTexts && shuffled != ownTexts)
        }
    }

    /// A checkpoint that penalises repetition is examined as all others are.
    @Test func alwaysTheLikeliestToken() throws {
        try withTemporaryFolder { folder in
            let copy = folder.appendingPathComponent("penalised")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            let file = copy.appendingPathComponent("generation_config.json")
            var settings =
                try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
            settings["repetition_penalty"] = 5
            try JSONSerialization.data(withJSONObject: settings).write(to: file)
            for (name, model) in [("own", Command.checkpoint), ("other", copy)] {
                let examined = try exam(
                    "--count", "14", "--conditions", "picture", "--output", "exam-\(name)", in: folder, model: model)
                let swept = try Command.run(
                    "sweep", "--model", model.path, "--data", "microworld", "--limit", "14", "--suppress", "0.4",
                    "--output", "sweep-\(name)", in: folder)
                let measured = try Command.run(
                    "vas", "--model", model.path, "--data", "microworld", "--limit", "14", "--queries", "response",
                    "--answers", "generated", "--max-new-tokens", "24", "--skip-bad", "--output", "vas-\(name)",
                    in: folder)
                for run in [examined, swept, measured] { #expect(run.status == 0, "\(run.errors)") }
            }
            for command in ["exam", "sweep", "vas"] {
                let texts = try ["own", "other"].map { name in
                    try samples(folder, "\(command)-\(name)").map { $0["text"] as? String }
                }
                #expect(texts[0] == texts[1] && texts[0].count >= 14, "\(command)")
            }
        }
    }

    /// Answers do not depend on which are written together.
    @Test func oneConditionAloneAnswersTheSame() throws {
        try withTemporaryFolder { folder in
            let all = try exam("--count", "7", "--output", "out", "--json", in: folder)
            let shuffled = try exam(
                "--count", "7", "--conditions", "shuffled", "--output", "other", "--json", in: folder)
            #expect(all.status == 0 && shuffled.status == 0)
            let together: [Int: String] = try values("text", "shuffled", folder)
            #expect(together.count == 7)
            let alone: [Int: String] = try values("text", "shuffled", folder, "other")
            #expect(together == alone)
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
            #expect(fewer.status == 1)
            #expect(
                fewer.sentence?.contains("how many samples exchange their pictures was 4 there and 2 now") == true,
                "\(fewer.errors)")
            // Where nothing is shuffled the number does not matter.
            let unshuffled = try exam(
                "--data", "data.jsonl", "--count", "2", "--conditions", "picture,blind", "--output", "out", "--json",
                in: data.folder)
            #expect(unshuffled.status == 0, "\(unshuffled.errors)")
            #expect(try total(unshuffled.json(), "picture").count == 2)
            // Any text is an answer to a file's question.
            #expect(try row(unshuffled.json(), "blind")["readable"] == nil)
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

    /// Nobody is given a picture that cannot be read: it is left out where it belongs.
    @Test func anUnreadablePictureIsNoPartner() throws {
        try withVASData { data in
            // With 4 samples the picture comes from 151 places on, which is 3.
            let names = ["red", "blue", "red", "missing"]
            try data.write(
                names.map { #"{"image": "\#($0).png", "question": "what?", "answer": "red"}"# }.joined(separator: "\n"))
            let run = try exam("--data", "data.jsonl", "--skip-bad", "--json", in: data.folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            #expect((json["skipped"] as? [[String: Any]])?.compactMap { $0["line"] as? Int } == [4])
            #expect(try total(json, "shuffled").count == 3)
        }
    }

    /// A response in the reasoning form is judged alike by the exam and the sweep, and so is such a key.
    @Test func filesAreJudgedByTheFinalAnswer() throws {
        try withVASData { data in
            let question = #""image": "red.png", "question": "what color is the shape?""#
            try data.write("{\(question), \"answer\": \"x\"}")
            let probe = try exam(
                "--data", "data.jsonl", "--conditions", "picture", "--output", "out", in: data.folder)
            #expect(probe.status == 0, "\(probe.errors)")
            let text: [Int: String] = try values("text", "picture", data.folder)
            let said = try #require(text[1])
            try data.write(
                [said.uppercased() + ".", "<think>x</think><answer> \(said)</answer>", "\(said)!"].map {
                    "{\(question), \"answer\": \"\($0)\"}"
                }.joined(separator: "\n"))
            let examined = try exam(
                "--data", "data.jsonl", "--conditions", "picture", "--output", "exam", in: data.folder)
            let swept = try Command.run(
                "sweep", "--model", Command.checkpoint.path, "--data", "data.jsonl", "--suppress", "0.4",
                "--max-new-tokens", "24", "--output", "sweep", in: data.folder)
            #expect(examined.status == 0 && swept.status == 0, "\(examined.errors)\(swept.errors)")
            let right: [Int: Bool] = try values("right", "picture", data.folder, "exam")
            let isWord = !said.isEmpty && !said.hasSuffix(".")
            #expect(right == [1: isWord, 2: isWord, 3: false], "\(said)")
            let points = try samples(data.folder, "sweep").filter { $0["point"] as? String == "none" }
            for point in points { #expect(point["right"] as? Bool == right[point["line"] as? Int ?? 0]) }
        }
    }

    /// Half a run of one condition is no progress of another, and every question counts when all of it is there.
    @Test func progressIsOfQuestionsThatAreAsked() throws {
        try withTemporaryFolder { folder in
            let hints = try exam(
                "--count", "10", "--max-new-tokens", "1", "--conditions", "hint-removed", "--output", "hints",
                in: folder)
            #expect(hints.status == 0 && !hints.errors.contains("measured before"), "\(hints.errors)")
            let hinted = try samples(folder, "hints").count
            #expect(hinted > 0 && hinted < 10)
            #expect(hints.errors.contains("samples: \(hinted) of \(hinted),"), "\(hints.errors)")
            for conditions in ["blind", "picture,blind"] {
                let run = try exam(
                    "--count", "10", "--max-new-tokens", "1", "--conditions", conditions, "--output", "out",
                    in: folder)
                #expect(run.status == 0 && run.errors.contains("samples: 10 of 10,"), "\(run.errors)")
                #expect(!run.errors.contains("measured before"))
            }
        }
    }

    @Test func theHardSplitWarnsOfItsHints() throws {
        try withTemporaryFolder { folder in
            let run = try exam(
                "--data", "microworld:hard", "--count", "14", "--max-new-tokens", "1", "--conditions",
                "hint-removed,hint-wrong", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("better than chance without looking"))
        }
    }

    @Test func stoppedKilledAndGoneOn() throws {
        try withTemporaryFolder { folder in
            let arguments = ["--count", "60", "--max-new-tokens", "4", "--output", "out", "--json"]
            func run(meanwhile: (Process) throws -> Void = { _ in }) throws -> Command.Outcome {
                try Command.run(
                    ["microworld", "exam", "--model", Command.checkpoint.path] + arguments, in: folder,
                    meanwhile: meanwhile)
            }
            let file = folder.appendingPathComponent("out/samples.jsonl")
            func lineCount() -> Int { (try? Data(contentsOf: file).count { $0 == UInt8(ascii: "\n") }) ?? 0 }
            let stopped = try run { process in
                while process.isRunning, lineCount() < 20 { usleep(2_000) }
                process.interrupt()
            }
            #expect(stopped.status == 130 && stopped.output.isEmpty, "\(stopped.errors)")
            #expect(stopped.errors.contains("The same command goes on where this one was."))
            #expect(lineCount() >= 20 && lineCount() < 180)
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/summary.json").path))
            let killed = try run { process in
                let target = lineCount() + 20
                while process.isRunning, lineCount() < target { usleep(2_000) }
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
