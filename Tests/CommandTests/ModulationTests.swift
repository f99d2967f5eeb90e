import Foundation
import Testing

/// Interventions from the command line: `generate`, `vas` and `sweep`.
@Suite struct ModulationTests {
    private func generate(_ data: VASData, _ arguments: String...) throws -> Command.Outcome {
        try Command.run(
            [
                "generate", "--model", Command.checkpoint.path, "--image", "red.png", "--prompt",
                "what color is the shape?",
                "--json",
            ] + arguments, in: data.folder)
    }

    private func pooled(_ run: Command.Outcome, _ queries: String) throws -> Double {
        let attention = try #require(try run.json()[queries] as? [String: Any])
        return try #require((attention["vas"] as? [String: Any])?["pooled"] as? Double)
    }

    @Test func coefficientsMoveTheScoreWhereTheyAreAskedTo() throws {
        try withVASData { data in
            let plain = try generate(data)
            #expect(plain.status == 0)
            for reading in ["renormalized", "raw"] {
                let run = try generate(data, "--enhance", "0.5", "--suppress", "0.4", "--modulate", reading)
                #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
                #expect(try pooled(run, "question") > 1.5 * pooled(plain, "question"))
            }
            // Rows of the answer alone leave the question as it was, to the last bit.
            let answers = try generate(
                data, "--enhance", "0.5", "--suppress", "0.4", "--modulate", "raw", "--modulate-queries", "generated")
            #expect(try pooled(answers, "question") == pooled(plain, "question"))
            #expect(try pooled(answers, "answer") > 1.3 * pooled(plain, "answer"))
            // Nothing is nothing.
            let nothing = try generate(data, "--enhance", "0", "--suppress", "0").json()
            #expect(nothing["question"] as? NSDictionary == (try plain.json()["question"] as? NSDictionary))
            // The layers that are named, and no others.
            let layers = try generate(data, "--enhance", "1", "--modulate", "raw", "--layers", "2-3").json()
            func shares(_ json: [String: Any]) throws -> [[String: Double]] {
                try #require((json["question"] as? [String: Any])?["layers"] as? [[String: Double]])
            }
            let (before, after) = (try shares(plain.json()), try shares(layers))
            #expect(before[0] == after[0] && before[1] == after[1])
            let doubled = try #require(after[2]["visual"]) / #require(before[2]["visual"])
            #expect(abs(doubled - 2) < 1e-4)
        }
    }

    @Test func presetsSayTheirLayers() throws {
        try withVASData { data in
            for (preset, note) in [
                ("vaf", "vaf: layers 9-14 of 32 are layer 1 of this model's 4\n"),
                ("pai", "pai: layers 2-31 of 32 are layers 0-3 of this model's 4\n"), ("vcd", ""),
            ] {
                let run = try generate(data, "--preset", preset)
                #expect(run.status == 0 && run.errors == note)
                #expect(try run.json()["text"] as? String == "red")
            }
            // The noise of vcd depends on the seed alone.
            let runs = try ["1", "1", "2"].map { seed in
                try Command.run(
                    "generate", "--model", Command.checkpoint.path, "--image", "red.png", "--prompt",
                    "Describe the picture.", "--max-new-tokens", "8", "--preset", "vcd", "--seed", seed,
                    "--log-probabilities", "--json", in: data.folder)
            }
            let logarithms = try runs.map { try #require(try $0.json()["log_probabilities"] as? [Double]) }
            #expect(logarithms[0] == logarithms[1] && logarithms[0] != logarithms[2])
        }
    }

    @Test func whatCannotBeDoneIsRefused() throws {
        try withVASData { data in
            try data.write(VASData.questions(2))
            for (arguments, problem) in [
                (["--enhance", "nan"], "enhance must be a finite number"),
                (["--suppress", "inf"], "suppress must be a finite number"),
                (["--suppress", "1.5", "--modulate", "raw"], "turn the sign"),
                (["--enhance", "-1.5"], "turn the sign"), (["--suppress", "1"], "removes nothing"),
                (["--enhance", "0.1", "--layers", "2-4"], "There is no layer 4"),
                (["--enhance", "0.1", "--heads", "9"], "There is no head 9"),
            ] {
                let answer = try Command.run(
                    [
                        "generate", "--model", Command.checkpoint.path, "--image", "red.png", "--prompt", "what?",
                    ] + arguments, in: data.folder)
                #expect(answer.status == 1 && answer.output.isEmpty)
                #expect(answer.sentence?.contains(problem) == true, "\(arguments): \(answer.errors)")
                let measured = try Command.run(
                    [
                        "vas", "--model", Command.checkpoint.path, "--data", "data.jsonl", "--output", "out",
                    ] + arguments, in: data.folder)
                #expect(measured.status == 1 && measured.sentence?.contains(problem) == true, "\(measured.errors)")
                #expect(!FileManager.default.fileExists(atPath: data.folder.appendingPathComponent("out").path))
            }
            for arguments in [
                ["--layers", "1"], ["--preset", "vaf", "--enhance", "1"], ["--enhance", "0.1", "--layers", "3-1"],
                ["--enhance", "0.1", "--heads", "1,,2"], ["--preset", "other"],
                ["--enhance", "0.1", "--modulate", "all"],
            ] {
                #expect(
                    try Command.run(
                        [
                            "generate", "--model", Command.checkpoint.path, "--image", "red.png", "--prompt", "what?",
                        ] + arguments, in: data.folder
                    ).status == 64)
            }
        }
    }

    @Test func measuredUnderAnIntervention() throws {
        try withVASData { data in
            try data.write(VASData.questions(4))
            func score(_ arguments: String...) throws -> Double {
                let run = try Command.run(
                    ["vas", "--model", Command.checkpoint.path, "--data", "data.jsonl", "--json"] + arguments,
                    in: data.folder)
                #expect(run.status == 0, "\(run.errors)")
                let scores = try #require(try run.json()["scores"] as? [String: [String: Any]])
                return try #require(scores["pooled"]?["value"] as? Double)
            }
            let plain = try score()
            #expect(try score("--enhance", "0.15", "--suppress", "0.4", "--modulate", "renormalized") > 1.2 * plain)
            #expect(try score("--preset", "vaf") != plain)
            // Only rows of answers: the questions' tokens are as they were.
            #expect(try score("--enhance", "0.5", "--modulate-queries", "generated") == plain)
            // A folder of other results is not added to.
            let output = data.folder.appendingPathComponent("out").path
            _ = try score("--output", output)
            let other = try data.run("--enhance", "0.5", "--output", output)
            #expect(other.status == 1 && other.failure?.contains("the intervention is absent there") == true)
            let sinks = try data.run("--no-sinks", "--output", output)
            #expect(sinks.failure?.contains("--no-sinks is absent there and given now") == true)
        }
    }

    /// What an intervention cannot show in what is measured is said.
    @Test func interventionsOfAnswersAloneAreNoted() throws {
        try withVASData { data in
            try data.write(VASData.questions(1))
            let pai = try data.run("--preset", "pai").errors
            #expect(pai.contains("acts on logits") && pai.contains("changes rows of answers alone"))
            #expect(
                try data.run("--enhance", "0.1", "--modulate-queries", "generated").errors.contains("answers alone"))
            let response = try data.run("--enhance", "0.1", "--modulate-queries", "generated", "--queries", "response")
            #expect(!response.errors.contains("answers alone"))
        }
    }

    /// A model that cannot be opened is no sample's fault, and nothing is left out because of it.
    @Test func aBrokenModelIsNotBlamedOnTheData() throws {
        try withVASData { data in
            try data.write(VASData.questions(2))
            let copy = data.folder.appendingPathComponent("checkpoint")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            try FileManager.default.removeItem(at: copy.appendingPathComponent("preprocessor_config.json"))
            for command in ["vas", "sweep"] {
                let run = try Command.run(
                    [
                        command, "--model", copy.path, "--data", "data.jsonl", "--skip-bad", "--output",
                        "out-\(command)",
                    ],
                    in: data.folder)
                #expect(run.status == 1 && run.sentence?.contains("preprocessor_config.json") == true, "\(run.errors)")
                #expect(run.sentence?.contains("ine 1") == false)
                #expect((try? data.samples("out-\(command)"))?.isEmpty ?? true)
            }
        }
    }

    @Test func aPageThatCannotBeWritten() throws {
        try withVASData { data in
            let run = try generate(data, "--report", "missing/page.html")
            #expect(run.status == 1 && run.output.isEmpty)
            #expect(run.sentence?.hasPrefix("missing/page.html cannot be written: ") == true, "\(run.errors)")
            try FileManager.default.createDirectory(
                at: data.folder.appendingPathComponent("taken"), withIntermediateDirectories: true)
            let taken = try generate(data, "--report", "taken")
            #expect(
                taken.status == 1 && taken.sentence?.hasPrefix("taken cannot be written: ") == true, "\(taken.errors)")
            // The answer itself is not lost.
            #expect(try taken.json()["text"] as? String == "red")
        }
    }

    @Test func removedSystemTurnsAreReported() throws {
        try withVASData { data in
            let answer = try generate(data, "--suppress", "1", "--modulate", "renormalized")
            let vas = try #require((try answer.json()["question"] as? [String: Any])?["vas"] as? [String: Any])
            #expect(vas["paper"] == nil && vas["pooled"] == nil && vas["geometric"] == nil)
            #expect(try #require(vas["undefined_ratios"] as? Int) > 0)
            #expect(!answer.output.contains("Infinity") && !answer.output.contains("NaN"))
            try data.write(VASData.questions(3))
            let run = try data.run("--suppress", "1", "--modulate", "renormalized", "--json")
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            #expect(json["vas"] == nil && json["class"] == nil)
            #expect(try #require(json["zero_system_queries"] as? Int) == json["queries"] as? Int)
            let text = try data.run("--suppress", "1", "--modulate", "renormalized").output
            #expect(text.contains("undefined") && !text.contains("inf") && !text.contains("nan"))
        }
    }
}
