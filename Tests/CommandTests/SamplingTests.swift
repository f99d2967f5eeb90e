import Foundation
import Testing

/// `avar generate` with sampling, several samples, stop strings and files of prompts.
@Suite struct SamplingTests {
    private func withPictures<Result>(_ body: (URL) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try Drawing.redRectangle().write(to: folder.appendingPathComponent("red.png"))
            try Drawing.blueRectangle().write(to: folder.appendingPathComponent("blue.png"))
            return try body(folder)
        }
    }

    private func generate(_ arguments: String..., in folder: URL) throws -> Command.Outcome {
        try Command.run(["generate", "--model", Command.checkpoint.path] + arguments, in: folder)
    }

    /// A hot answer about the red picture, as JSON.
    private func hot(_ arguments: String..., in folder: URL) throws -> [String: Any] {
        let fixed = ["--image", "red.png", "--prompt", "what color is the shape?", "--json", "--max-new-tokens", "12"]
        let run = try Command.run(
            ["generate", "--model", Command.checkpoint.path] + fixed + ["--temperature", "6"] + arguments, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try run.json()
    }

    @Test func theSameSeedGivesTheSameText() throws {
        try withPictures { folder in
            let first = try hot("--seed", "11", in: folder)
            #expect(try hot("--seed", "11", in: folder)["tokens"] as? [Int] == first["tokens"] as? [Int])
            let others = try (0..<3).map { try hot("--seed", "\($0)", in: folder)["text"] as? String }
            #expect(Set(others).count == 3)
            #expect(try hot(in: folder)["text"] as? String == others[0])
        }
    }

    @Test func samplesAreRunsWithTheFollowingSeeds() throws {
        try withPictures { folder in
            let json = try hot("--seed", "4", "--samples", "3", "--log-probabilities", in: folder)
            let samples = try #require(json["samples"] as? [[String: Any]])
            #expect(samples.count == 3 && json["text"] == nil && json["question"] != nil)
            for (index, sample) in samples.enumerated() {
                let run = try hot("--seed", "\(4 + index)", "--log-probabilities", in: folder)
                #expect(sample["text"] as? String == run["text"] as? String)
                #expect(sample["tokens"] as? [Int] == run["tokens"] as? [Int])
                let logProbabilities = try #require(sample["log_probabilities"] as? [Double])
                let others = try #require(run["log_probabilities"] as? [Double])
                #expect(logProbabilities.count == (run["tokens"] as? [Int])?.count)
                #expect(logProbabilities.count == others.count)
                // Another process may have chosen another product of matrices, which rounds differently.
                for (x, y) in zip(logProbabilities, others) { #expect(abs(x - y) < 1e-5) }
                #expect(logProbabilities.allSatisfy { $0 < 0 })
            }
        }
    }

    /// Sixty-four samples of a prompt whose cache has 8 MiB do not take 512.
    @Test func samplesShareOneCopyOfThePromptsCache() throws {
        try withTemporaryFolder { folder in
            let copy = folder.appendingPathComponent("checkpoint")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            let file = copy.appendingPathComponent("config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            let longer = text.replacingOccurrences(
                of: "\"max_position_embeddings\": 1024", with: "\"max_position_embeddings\": 4200")
            #expect(longer != text)
            try Data(longer.utf8).write(to: file)
            /// The largest memory of any child process so far, after one run.
            func peakMiB(samples: Int) throws -> Int {
                let run = try Command.run(
                    "generate", "--model", copy.path, "--prompt", String(repeating: "shape ", count: 4000), "--json",
                    "--samples", "\(samples)", "--temperature", "1", "--max-new-tokens", "3")
                #expect(run.status == 0, "\(run.errors)")
                #expect(try #require(run.json()["prompt_tokens"] as? Int) > 4000)
                var usage = rusage()
                getrusage(RUSAGE_CHILDREN.rawValue, &usage)
                return usage.ru_maxrss / 1024
            }
            let one = try peakMiB(samples: 1)
            let many = try peakMiB(samples: 64)
            #expect(many - one < 256, "\(one) MiB, \(many) MiB")
        }
    }

    @Test func severalSamplesAsText() throws {
        try withPictures { folder in
            let run = try generate(
                "--image", "red.png", "--prompt", "what color is the shape?", "--samples", "2", in: folder)
            #expect(run.status == 0 && run.output == "[1] red\n[2] red\n")
            #expect(run.errors.contains("give --temperature to draw different ones"))
            #expect(run.errors.contains("[2] attention of the answer: picture"))
        }
    }

    @Test func greedyIsTheDefaultOfThisCheckpoint() throws {
        try withPictures { folder in
            let plain = try generate(
                "--image", "red.png", "--prompt", "what color is the shape?", "--log-probabilities", in: folder)
            #expect(plain.output == "red\n" && plain.errors.contains("log-probability -"))
            let cold = try generate(
                "--image", "red.png", "--prompt", "what color is the shape?", "--temperature", "0", "--top-p", "0.5",
                "--seed", "9", in: folder)
            #expect(cold.output == "red\n")
        }
    }

    /// generation_config.json decides what no flag says.
    @Test func defaultsAreTheCheckpoints() throws {
        try withPictures { folder in
            let copy = folder.appendingPathComponent("checkpoint")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            let suggestion = #"{"eos_token_id": [972, 970], "do_sample": true, "temperature": 6, "top_k": 0}"#
            try Data(suggestion.utf8).write(to: copy.appendingPathComponent("generation_config.json"))
            let arguments = [
                "generate", "--model", copy.path, "--image", "red.png", "--prompt", "what color is the shape?",
                "--json",
                "--max-new-tokens", "12",
            ]
            let suggested = try Command.run(arguments, in: folder).json()
            #expect(suggested["tokens"] as? [Int] == (try hot(in: folder))["tokens"] as? [Int])
            let cold = try Command.run(arguments + ["--temperature", "0"], in: folder).json()
            #expect(cold["text"] as? String == "red")
            try Data(#"{"do_sample": true, "top_p": 7}"#.utf8).write(
                to: copy.appendingPathComponent("generation_config.json"))
            let wrong = try Command.run(arguments, in: folder)
            #expect(wrong.status == 1 && wrong.sentence?.contains("top_p must be above 0") == true)
        }
    }

    @Test func aStopStringEndsTheAnswer() throws {
        try withPictures { folder in
            let run = try generate(
                "--image", "red.png", "--prompt", "what color is the shape?", "--stop", "xyz", "--stop", "ed",
                in: folder)
            #expect(run.status == 0 && run.output == "r\n" && run.errors.contains("(stop)"))
        }
    }

    @Test func aFileOfPrompts() throws {
        try withPictures { folder in
            let lines = """
                {"prompt": "what color is the shape?", "images": ["red.png"], "id": "first"}

                {"messages": [{"role": "user", "content": [{"type": "image", "image": "blue.png"}, {"type": "text", "text": "what color is the shape?"}]}]}
                {"prompt": "is there a circle?", "image": "red.png", "system": "be brief", "id": 3}
                {"prompt": "what shape is it?"}
                """
            let file = folder.appendingPathComponent("prompts.jsonl")
            try Data(lines.utf8).write(to: file)
            // The folder of the file, not the working directory, is where its pictures are looked for.
            func run(_ arguments: String...) throws -> [[String: Any]] {
                let run = try Command.run(
                    ["generate", "--model", Command.checkpoint.path, "--batch", file.path, "--temperature", "1.5"]
                        + arguments)
                #expect(run.status == 0, "\(run.errors)")
                return try run.output.split(separator: "\n").map {
                    try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                }
            }
            let answers = try run("--seed", "3")
            #expect(answers.map { $0["index"] as? Int } == [0, 1, 2, 3])
            #expect(answers.map { $0["id"] as? String } == ["first", nil, "3", nil])
            #expect(answers.map { $0["image_tokens"] as? Int } == [16, 16, 16, 0])
            let tokens = answers.map { $0["tokens"] as? [Int] }
            #expect(try run("--seed", "3", "--batch-size", "1").map { $0["tokens"] as? [Int] } == tokens)
            #expect(try run("--seed", "3", "--batch-size", "3").map { $0["tokens"] as? [Int] } == tokens)
            let alone = try generate(
                "--prompt", "is there a circle?", "--image", "red.png", "--system", "be brief", "--temperature", "1.5",
                "--seed", "3", "--json", in: folder
            ).json()
            #expect(alone["tokens"] as? [Int] == tokens[2])
            let several = try run("--samples", "2")
            #expect(several.allSatisfy { ($0["samples"] as? [Any])?.count == 2 })
        }
    }

    @Test(
        arguments: [
            ("{\"prompt\": \"a\"", "is not a JSON object"), ("[1]", "is not a JSON object"),
            (#"{"promt": "a"}"#, "has the key 'promt'"), (#"{"images": ["red.png"]}"#, "either a prompt or messages"),
            (#"{"prompt": 3}"#, "a 'prompt' that is not a string"),
            (#"{"prompt": "a", "images": "red.png"}"#, "one list"),
            (#"{"prompt": "a", "images": ["none.png"]}"#, "none.png cannot be read"),
            (#"{"prompt": "a", "images": ["damaged.png"]}"#, "damaged.png"),
            (#"{"messages": [{"role": "king", "content": "a"}]}"#, "role 'king'"),
            (#"{"messages": [], "system": "a"}"#, "has messages, which hold"),
        ])
    func aBadLineIsNamed(line: String, problem: String) throws {
        try withPictures { folder in
            try Data("not a picture".utf8).write(to: folder.appendingPathComponent("damaged.png"))
            let file = folder.appendingPathComponent("prompts.jsonl")
            try Data(("{\"prompt\": \"what shape is it?\"}\n\n" + line + "\n").utf8).write(to: file)
            let run = try generate("--batch", file.path, in: folder)
            #expect(run.status == 1 && run.output.isEmpty)
            let sentence = try #require(run.sentence, "\(run.errors)")
            #expect(sentence.hasPrefix("Line 3 of \(file.path)") && sentence.contains(problem), "\(sentence)")
        }
    }

    @Test func aFileWithoutPrompts() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("prompts.jsonl")
            try Data("\n".utf8).write(to: file)
            #expect(try generate("--batch", file.path, in: folder).sentence == "\(file.path) has no prompts.")
            let none = try generate("--batch", "/nonexistent.jsonl", in: folder)
            #expect(none.status == 1 && none.sentence?.contains("/nonexistent.jsonl cannot be read") == true)
        }
    }

    @Test(
        arguments: [
            (["--temperature", "-1"], "--temperature must be a number of at least 0, got -1.0."),
            (["--temperature", "nan"], "--temperature must be a number of at least 0, got nan."),
            (["--top-p", "0"], "--top-p must be above 0 and at most 1, got 0.0."),
            (["--top-p", "1.1"], "--top-p must be above 0 and at most 1, got 1.1."),
            (["--top-k", "-1"], "--top-k must be at least 0, got -1."),
            (["--repetition-penalty", "0"], "--repetition-penalty must be a number above 0, got 0.0."),
            (["--samples", "0"], "--samples must be at least 1, got 0."),
            (["--stop", ""], "--stop must not be empty."),
            (["--batch-size", "0"], "--batch-size must be at least 1, got 0."),
            (["--batch", "x"], "Give --prompt, --messages, --batch or --data."),
            (["--seed", "-1"], "The value '-1' is invalid for '--seed <seed>'"),
        ])
    func wrongUsage(arguments: [String], sentence: String) throws {
        let run = try Command.run(["generate", "--model", "x", "--prompt", "x"] + arguments)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errors.split(separator: "\n").first == "Error: \(sentence)")
    }
}
