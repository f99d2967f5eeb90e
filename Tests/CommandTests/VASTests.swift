import Foundation
import Images
import QwenVL
import Safetensors
import Testing
import VisualAttention

/// `avar vas` on good data: formats, results, and what is the same as in the library.
@Suite struct VASTests {
    /// The same two conversations in every form.
    private func forms() throws -> [(name: String, text: String)] {
        let red = try Drawing.redRectangle().base64EncodedString()
        let turns = { (human: String, gpt: String, role: String, content: String) in
            """
            [{"\(role)": "\(human)", "\(content)": "is <image> like <image>?"}, {"\(role)": "\(gpt)", "\(content)": "no"}]
            """
        }
        let sharegpt =
            #"{"conversations": \#(turns("human", "gpt", "from", "value")), "images": ["red.png", "blue.png"]}"#
        let messages =
            #"{"messages": \#(turns("user", "assistant", "role", "content")), "images": ["red.png", "blue.png"]}"#
        return [
            (
                "a.jsonl",
                #"{"problem": "is <image> like <image>?", "images": ["red.png", "blue.png"], "answer": "no", "extra": 1}"#
            ),
            (
                "b.jsonl",
                #"{"problem": "is <image> like <image>?", "images": [{"bytes": "\#(red)"}, {"path": "blue.png"}], "answer": "no"}"#
            ),
            ("c.json", "[\(sharegpt)]"), ("d.json", "[\n  \(messages)\n]\n"), ("e.jsonl", sharegpt),
            ("f.jsonl", messages),
        ]
    }

    @Test func everyFormGivesTheSame() throws {
        try withVASData { data in
            var scores: [[Double]] = []
            for form in try forms() {
                try data.write(form.text, name: form.name)
                for queries in ["user", "response"] {
                    let run = try data.run("--json", "--queries", queries, data: form.name)
                    #expect(run.status == 0, "\(form.name): \(run.errors)")
                    let json = try run.json()
                    #expect(json["samples"] as? Int == 1 && json["image_tokens"] as? Int == 32)
                    let all = try #require(json["scores"] as? [String: [String: Any]])
                    scores.append(
                        ["paper", "pooled", "reward", "geometric"].map { all[$0]?["value"] as? Double ?? .nan })
                }
            }
            for score in scores { #expect(score.allSatisfy { $0.isFinite && $0 > 0 }) }
            #expect(Set(stride(from: 0, to: scores.count, by: 2).map { scores[$0] }).count == 1)
            #expect(Set(stride(from: 1, to: scores.count, by: 2).map { scores[$0] }).count == 1)
            #expect(scores[0] != scores[1])
        }
    }

    @Test func theSummaryIsOfItsSamples() throws {
        try withVASData { data in
            try data.write(VASData.questions(6))
            let run = try data.run(
                "--json", "--output", "out", "--limit", "5", "--name", "tiny", "--run", "r", "--rung", "sft",
                "--accuracy",
                "0.5")
            #expect(run.status == 0, "\(run.errors)")
            let summary = try run.json()
            #expect(try data.file("out/summary.json") == Data(run.output.utf8))
            #expect(summary["name"] as? String == "tiny" && summary["run"] as? String == "r")
            #expect(summary["rung"] as? String == "sft" && summary["accuracy"] as? Double == 0.5)
            let samples = try data.samples()
            #expect(samples.map { $0["line"] as? Int } == [1, 2, 3, 4, 5])
            #expect(samples.map { $0["id"] as? String } == (0..<5).map { "q\($0)" })
            let paper = try samples.map { sample -> Double in
                let heads = try #require(sample["heads"] as? [[Double]])
                #expect(heads.count == 4 && heads.allSatisfy { $0.count == 6 })
                let layers = try #require(sample["layers"] as? [[String: Double]])
                for layer in layers {
                    let sum = ["system", "visual", "user", "response", "marker"].reduce(0) { $0 + (layer[$1] ?? .nan) }
                    #expect(abs(sum - 1) < 1e-4)
                }
                let forms = try #require(sample["vas"] as? [String: Double])
                let mean = heads.joined().reduce(0, +) / 24
                #expect(abs(try #require(forms["paper"]) / mean - 1) < 1e-9)
                #expect(sample["token_vas"] == nil && sample["text"] == nil)
                return mean
            }
            let vas = try #require(summary["vas"] as? Double)
            #expect(abs(vas / (paper.reduce(0, +) / 5) - 1) < 1e-9)
            let estimate = try #require((summary["scores"] as? [String: [String: Double]])?["paper"])
            #expect(try #require(estimate["low"]) < vas && vas < (estimate["high"] ?? 0))
            #expect(summary["class"] as? String == AttentionClass(score: vas).rawValue)
            // More samples of the same file belong to the same run; fewer are counted alone.
            let more = try data.run("--json", "--output", "out")
            #expect(
                try more.json()["samples"] as? Int == 6 && more.errors.contains("5 of 6 samples were measured before"))
            let fewer = try data.run("--json", "--output", "out", "--limit", "5", "--seed", "1").json()
            #expect(fewer["vas"] as? Double == vas && data.lineCount() == 6)
        }
    }

    @Test func tablesForPeople() throws {
        try withVASData { data in
            try data.write(VASData.questions(3))
            let run = try data.run()
            #expect(run.status == 0)
            for text in [
                "microworld: 3 samples of data.jsonl", "95 % interval", "paper", "geometric", "by the paper's form",
                "layer", "head 5",
            ] {
                #expect(run.output.contains(text), "\(text) is not in\n\(run.output)")
            }
            #expect(run.errors.contains("3 results in") && run.errors.contains("peak memory"))
        }
    }

    /// The system turn of the file counts, and an empty one means the template's own.
    @Test func systemTurns() throws {
        try withVASData { data in
            for (index, system) in ["", #""system": "","#, #""system": "be brief","#].enumerated() {
                try data.write(
                    #"{\#(system) "problem": "what color is the shape?", "images": ["red.png"]}"#,
                    name: "\(index).jsonl")
            }
            let tokens = try (0..<3).map { index in
                try data.run("--json", data: "\(index).jsonl").json()["tokens"] as? Int ?? 0
            }
            #expect(tokens[0] == tokens[1] && tokens[0] != tokens[2])
        }
    }

    /// Masses in the files are those of the forward pass, and the score of a response is made of them.
    @Test func givenResponsesAreTheMassesOfThePass() throws {
        try withVASData { data in
            try data.write(
                #"{"problem": "what color is the shape?", "images": ["red.png"], "answer": "red", "id": "x/y"}"#)
            let run = try data.run("--queries", "response", "--output", "out", "--masses")
            #expect(run.status == 0, "\(run.errors)")
            let assistant = try VisualAssistant(folder: Command.checkpoint)
            let image = try RGBImage(contentsOf: data.folder.appendingPathComponent("red.png"))
            let input = try assistant.processor(
                [.user("what color is the shape?", images: [image]), .assistant("red")], addsGenerationPrompt: false)
            let pass = try assistant.model.forward(input, groups: KeyGroups(roles: input.roles))
            let expected = try AttentionMass(pass.masses, queries: input.responseQueries)
            let stored = try SafetensorsFile(
                contentsOf: data.folder.appendingPathComponent("out/masses/000001.safetensors"))
            let masses = try stored.withUnsafeBytes(of: "masses") { Array($0.bindMemory(to: Float.self)) }
            #expect(masses.count == expected.values.count)
            for (mass, value) in zip(masses, expected.values) { #expect(abs(mass - value) <= 1e-6) }
            let queries = try stored.withUnsafeBytes(of: "queries") { Array($0.bindMemory(to: Int64.self)) }
            #expect(queries == input.responseQueries.map(Int64.init) && stored.metadata["id"] == "x/y")
            let sample = try #require(try data.samples().first)
            let along = try #require(sample["token_vas"] as? [Double])
            #expect(along.count == queries.count)
            for (score, value) in zip(along, expected.queryScores) { #expect(abs(score / value - 1) < 1e-4) }
            #expect((sample["token_texts"] as? [String])?.joined() == "red<|im_end|>")
        }
    }

    /// The answer that is written, given to be read, has the same score token by token.
    @Test func generatedAnswersReadAgain() throws {
        try withVASData { data in
            let questions = [
                ("what color is the shape?", "red"), ("is this a red shape?", "blue"), ("what shape is this?", "red"),
            ]
            func file(_ answers: [String?]) -> String {
                zip(questions, answers).map { question, answer in
                    let end = answer.map { #", "answer": "\#($0)""# } ?? ""
                    return #"{"problem": "\#(question.0)", "images": ["\#(question.1).png"]\#(end)}"# + "\n"
                }.joined()
            }
            try data.write(file([nil, nil, nil]))
            let run = try data.run("--queries", "response", "--answers", "generated", "--output", "out")
            #expect(run.status == 0, "\(run.errors)")
            let written = try data.samples()
            let texts = try written.map { try #require($0["text"] as? String) }
            #expect(texts[0] == "red")
            try data.write(file(texts), name: "again.jsonl")
            #expect(try data.run("--queries", "response", "--output", "again", data: "again.jsonl").status == 0)
            for (first, second) in zip(written, try data.samples("again")) {
                let along = try #require(first["token_vas"] as? [Double])
                let read = try #require(second["token_vas"] as? [Double])
                // The end token was the last that was written, and is no query there.
                #expect(along.count >= 1 && read.count == along.count + 1)
                for (one, other) in zip(along, read) { #expect(abs(one - other) <= 1e-5 * max(1, abs(other))) }
            }
            let short = try data.run(
                "--queries", "response", "--answers", "generated", "--max-new-tokens", "1")
            #expect(short.status == 1)
            #expect(short.failure?.contains("Line 1") == true && short.failure?.contains("one token long") == true)
        }
    }

    @Test func filesWithoutSamples() throws {
        try withVASData { data in
            #expect(mkfifo(data.folder.appendingPathComponent("pipe.jsonl").path, 0o600) == 0)
            for (name, expected) in [
                ("nothing.jsonl", "no such file or directory"), ("pipe.jsonl", "no regular file"),
            ] {
                let run = try data.run(data: name)
                #expect(run.status == 1 && run.sentence?.contains(expected) == true, "\(run.errors)")
            }
            try data.write("\n\n")
            #expect(try data.run().sentence?.contains("has no samples") == true)
        }
    }

    @Test(arguments: [
        ["--limit", "0"], ["--answers", "given"], ["--queries", "response", "--max-new-tokens", "3"],
        ["--queries", "response", "--answers", "generated", "--max-new-tokens", "0"], ["--masses"],
        ["--accuracy", "nan"], ["--queries", "system"],
    ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Command.run(["vas", "--model", "x", "--data", "y"] + arguments)
        #expect(run.status == 64 && run.output.isEmpty, "\(run.errors)")
    }
}
