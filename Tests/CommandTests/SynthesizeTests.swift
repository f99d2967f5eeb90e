import ChatServer
import Foundation
import HeadlessBrowser
import Testing

/// `avar synthesize`: from its file of settings to the data set and its page, through servers on loopback.
@Suite(.serialized) struct SynthesizeTests {
    private static let texts: [String: String] = [
        "describe": "A red circle lies in the top left. A blue square lies in the bottom right, below the circle.",
        "reason":
            "<think>There is a red circle and a blue square. Let me check this again: one circle.</think><answer>1</answer>",
        "weave":
            "<think>Looking at the top left I see a red circle. Looking back at the blue square, it is no circle. Let me check "
            + "the circle again: there is one.</think><answer>1</answer>",
    ]

    /// A server that answers by the first line of the prompt.
    private func server(_ change: @escaping @Sendable (String, Question, Int) -> Behaviour? = { _, _, _ in nil }) throws
        -> ChatServer
    {
        try ChatServer { question, before in
            let text = String(decoding: question.body, as: UTF8.self)
            let stage =
                text.contains("Task: describe") ? "describe" : text.contains("Task: reason") ? "reason" : "weave"
            return change(stage, question, before) ?? .answer(Self.texts[stage] ?? "", to: question)
        }
    }

    private func write(_ folder: URL, _ server: ChatServer, _ lines: String..., stage: String = "") throws {
        try Drawing.redRectangle().write(to: folder.appendingPathComponent("a.png"))
        try Drawing.blueRectangle().write(to: folder.appendingPathComponent("b.png"))
        let rows = (0..<6).map {
            "{\"id\": \"q\($0)\", \"problem\": \"<image>How many circles are there in row \($0)?\", \"images\": "
                + "[\"\($0 % 2 == 0 ? "a" : "b").png\"], \"answer\": \"\($0 == 5 ? "2" : "1")\"}"
        }
        try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("questions.jsonl"))
        let ask = "{endpoint: '\(server.url)', model: judge, first_delay: 0.01\(stage)}"
        let text =
            """
            output: out
            data: [{path: questions.jsonl}]
            stages:
              description: \(ask)
              reasoning: \(ask)
              anchors: \(ask)

            """ + lines.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: folder.appendingPathComponent("s.yaml"))
    }

    private func run(
        _ folder: URL, _ arguments: String..., environment: [String: String] = [:],
        meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Command.run(
            ["synthesize", "--config", "s.yaml"] + arguments, in: folder, environment: environment, meanwhile: meanwhile
        )
    }

    @Test func fromQuestionsToTheDataSetAndThePage() throws {
        try withTemporaryFolder { folder in
            let server = try server()
            defer { try? server.stop() }
            try write(
                folder, server, "prices: [{model: judge, input: 1000, output: 1000}]",
                "gates: {duplicate: {threshold: 1}, gates: [format, answer, leak, anchors, reflection]}",
                "retries: {rejected: 1}")
            let plan = try run(folder, "--dry-run", "--json").json()
            let stages = try #require(plan["stages"] as? [[String: Any]])
            #expect(plan["samples"] as? Int == 6 && stages.allSatisfy { $0["requests"] as? Int == 6 })
            #expect(server.questions.isEmpty, "a dry run asks nobody")
            #expect(
                !FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path), "and writes nothing"
            )
            let early = try run(folder, "--report-only")
            #expect(early.status == 1 && early.sentence != nil, "\(early.errors)")

            let outcome = try run(folder, "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let funnel = try #require(try outcome.json()["funnel"] as? [String: Any])
            #expect(funnel["accepted"] as? Int == 5 && funnel["rejected"] as? Int == 1)
            #expect((funnel["rejected_by"] as? [String: Int]) == ["answer": 1])
            // Five at once; the sixth has its reasoning and its anchors made once more.
            #expect(server.questions.count == 6 * 3 + 2)
            // Again: nothing is asked.
            #expect(try run(folder).status == 0 && server.questions.count == 20)
            let data = try Data(contentsOf: folder.appendingPathComponent("out/dataset/vard.json"))
            let records = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
            #expect(records.compactMap { $0["id"] as? String } == ["q0", "q1", "q2", "q3", "q4"])
            // As it is, `avar sft` trains with it.
            try Data(
                "model: '\(Command.checkpoint.path)'\noutput: trained\ndata: {train: [{path: out/dataset}]}\ntraining: {steps: 1, batch_size: 4}\n"
                    .utf8
            ).write(to: folder.appendingPathComponent("sft.yaml"))
            let trained = try Command.run(["sft", "--config", "sft.yaml"], in: folder)
            #expect(trained.status == 0, "\(trained.errors)")

            let browser = try Browser()
            for width in [420, 1400] {
                try browser.open(folder.appendingPathComponent("out/report.html"), width: width)
                #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            }
            #expect(browser.complaints == [])
            let text = try browser.evaluate("document.body.innerText") as? String ?? ""
            for words in ["Quality gates", "rejected by answer", "6 of 6 items", "3. With anchors", "Cost"] {
                #expect(text.contains(words), "\(words)")
            }
        }
    }

    /// What is nearly the same as a sample before it is left out, whatever order the answers came in.
    @Test func duplicatesAreJudgedInTheOrderOfTheData() throws {
        try withTemporaryFolder { folder in
            let server = try server()
            defer { try? server.stop() }
            try write(
                folder, server, "gates: {gates: [format, answer, duplicate], duplicate: {threshold: 0.5}}",
                "retries: {rejected: 0}")
            let outcome = try run(folder, "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let dataset = try #require(try outcome.json()["dataset"] as? [String: Any])
            // All five have the same text.
            #expect(dataset["samples"] as? Int == 1 && (dataset["left_out"] as? [String: String])?.count == 4)
            let data = try String(
                contentsOf: folder.appendingPathComponent("out/dataset/vard.json"), encoding: .utf8)
            #expect(data.contains("\"q0\"") && !data.contains("\"q1\""))
        }
    }

    @Test func stoppedAndCapped() throws {
        try withTemporaryFolder { folder in
            let slow = try server { stage, question, _ in
                stage == "weave" ? .answer(Self.texts["weave"] ?? "", to: question).stalling(after: 5) : nil
            }
            try write(folder, slow, "running: {grace: 0.2}")
            let stopped = try run(folder) { process in
                for _ in 0..<300 where slow.questions.count < 14 { usleep(100_000) }
                process.interrupt()
            }
            #expect(stopped.status == 130 && stopped.errors.contains("goes on"), "\(stopped.status) \(stopped.errors)")
            try slow.stop()
            let report = try run(folder, "--report-only", "--json").json()
            let stages = try #require((report["funnel"] as? [String: Any])?["stages"] as? [[String: Any]])
            let asked = stages.reduce(0) { $0 + ($1["requests"] as? Int ?? 0) }
            #expect(asked >= 12)
            // Descriptions and reasoning that were answered are not asked for again, at another address neither.
            let fast = try server()
            defer { try? fast.stop() }
            try write(folder, fast, "limits: {requests: \(asked + 2)}")
            let capped = try run(folder)
            #expect(capped.status == 1 && capped.errors.contains("requests"), "\(capped.errors)")
            #expect(fast.questions.count <= 2)
            try write(folder, fast, "retries: {rejected: 0}")
            #expect(try run(folder).status == 0)
            let again = fast.questions.filter { String(decoding: $0.body, as: UTF8.self).contains("Task: describe") }
            #expect(again.isEmpty, "\(again.count)")
        }
    }

    /// A key is in no file and in no word, though the server repeats it.
    @Test func theKeyIsNowhere() throws {
        try withTemporaryFolder { folder in
            let key = "sk-very-secret-0123456789"
            let server = try server { stage, question, before in
                before % 4 == 0
                    ? .status(500, body: "no, \(key), not now")
                    : stage == "describe" ? .answer("red circle \(key) circle", to: question) : nil
            }
            defer { try? server.stop() }
            try write(folder, server, stage: ", key_env: SYNTHESIS_TEST_KEY")
            let outcome = try run(folder, environment: ["SYNTHESIS_TEST_KEY": key])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(server.questions.allSatisfy { $0.headers["authorization"] == "Bearer \(key)" })
            #expect(!outcome.output.contains(key) && !outcome.errors.contains(key))
            let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            var looked = 0
            for case let file as URL in files {
                guard let data = try? Data(contentsOf: file) else { continue }
                #expect(data.firstRange(of: Data(key.utf8)) == nil, "\(file.lastPathComponent)")
                looked += 1
            }
            #expect(looked > 6)
        }
    }

    @Test func badInputEndsInOneSentence() throws {
        try withTemporaryFolder { (folder: URL) throws in
            let server = try server()
            defer { try? server.stop() }
            func sentence(_ lines: String..., stage: String = "") throws -> String {
                try write(folder, server, lines.joined(separator: "\n"), stage: stage)
                let outcome = try run(folder)
                #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome.status): \(outcome.errors)")
                return outcome.sentence ?? "several: \(outcome.errors)"
            }
            #expect(try sentence("gates: {anchor: {minimum: 1}}").contains("anchors"))
            #expect(try sentence("gates: {gates: [format, beauty]}").contains("beauty"))
            #expect(try sentence("gates: {gates: [contamination]}").contains("benchmarks"))
            #expect(try sentence("gates: {anchors: {minimum: many}}").contains("anchors"))
            #expect(try sentence("limits: {cost: 3}").contains("price"))
            #expect(try sentence("datas: 1").contains("data"))
            #expect(try sentence(stage: ", key_env: NO_SUCH_KEY_AT_ALL").contains("NO_SUCH_KEY_AT_ALL"))
            #expect(try sentence(stage: ", prompt: none.txt").contains("none.txt"))
            try Data("Say something of {pictur}.".utf8).write(to: folder.appendingPathComponent("bad.txt"))
            #expect(try sentence(stage: ", prompt: bad.txt").contains("pictur"))
            #expect(try Command.run(["synthesize"], in: folder).status == 64)
            let prompts = try Command.run(["synthesize", "--init-prompts", "prompts"], in: folder)
            #expect(prompts.status == 0 && prompts.output.split(separator: "\n").count == 3)
            #expect(try Command.run("synthesize", "--init").output.contains("gates:"))
            #expect(server.questions.isEmpty)
        }
    }
}
