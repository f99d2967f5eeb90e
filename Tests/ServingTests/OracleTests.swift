import Foundation
import Images
import Microworld
import OracleServing
import Serving
import Testing

@Suite struct OracleTests {
    private static let limit = 60
    private static let source = QuestionSource(split: .train, seed: 3)

    private func backend(slips: Double = 0, sources: [QuestionSource] = [source]) throws -> OracleBackend {
        var settings = OracleSettings()
        (settings.seed, settings.slips) = (5, slips)
        return try OracleBackend(OracleCatalogue(sources, limit: Self.limit), settings: settings)
    }

    private var oracle: Oracle { Oracle(seed: 5) }

    private func picture(_ question: Question) throws -> Data { try SceneRenderer().png(question.scene) }

    /// What the oracle answers, over a socket.
    private func ask(
        _ server: RunningServer, _ text: String, picture: Data? = nil, rest: String = #""seed":1"#
    ) async throws -> RunningServer.Reply {
        var parts: [[String: Any]] = [["type": "text", "text": text]]
        if let picture {
            let url = "data:image/png;base64,\(picture.base64EncodedString())"
            parts.insert(["type": "image_url", "image_url": ["url": url]], at: 0)
        }
        let messages = try JSONSerialization.data(withJSONObject: [["role": "user", "content": parts]])
        return try await server.post(
            #"{"model":"microworld-oracle","messages":\#(String(decoding: messages, as: UTF8.self)),\#(rest)}"#)
    }

    private func text(_ reply: RunningServer.Reply) throws -> String {
        let choice = try (reply.json["choices"] as? [[String: Any]])?.first
        return try #require((choice?["message"] as? [String: Any])?["content"] as? String, "\(reply.text)")
    }

    @Test func theModelListSaysThatItIsNone() async throws {
        try await withServer(try backend()) { server in
            let reply = try await server.get("/v1/models").text
            #expect(reply.contains(#""id":"microworld-oracle""#) && reply.contains("no model"))
        }
    }

    @Test func questionsAreAnsweredByTheirPictures() async throws {
        try await withServer(try backend()) { server in
            for number in 0..<Self.limit {
                let question = Self.source.question(number)
                let prompt = question.prompt + "\n" + ReasoningPrompt.instruction
                let answer = try text(await ask(server, prompt, picture: picture(question)))
                #expect(answer.hasPrefix("<think>") && question.accepts(answer), "\(prompt): \(answer)")
            }
        }
    }

    @Test func theThreeStagesHandOneTextToTheNext() async throws {
        try await withServer(try backend()) { server in
            for number in 0..<Self.limit {
                let question = Self.source.question(number)
                let picture = try picture(question)
                let description = try text(
                    await ask(server, "Task: describe the picture\nSay all.", picture: picture, rest: #""seed":21"#))
                #expect(description == oracle.description(of: question.scene, variant: 21 % 16))
                let reasoned = try text(
                    await ask(
                        server,
                        "## TASK: Reason from the description\n\n<description>\n\(description)\n</description>\n"
                            + question.prompt,
                        rest: #""seed":7"#))
                let reflection = oracle.reflection(for: question, variant: 7)
                // Scenes that look alike to a description may be asked the same.
                #expect(question.accepts(reasoned), "\(question.id): \(reasoned)")
                let prompt = "Task: weave in the picture\n\(question.prompt)\nReasoning: \(reflection)"
                let anchored = try text(await ask(server, prompt, picture: picture))
                #expect(
                    anchored == oracle.response(think: oracle.anchored(for: question, variant: 7), question: question))
                let blind = try text(await ask(server, prompt))
                #expect(question.accepts(blind), "\(question.id): \(blind)")
            }
        }
    }

    @Test func aDescriptionIsKnownInTheMiddleOfALine() async throws {
        let question = Self.source.question(3)
        let description = oracle.description(of: question.scene, variant: 2).replacingOccurrences(
            of: ". ", with: ".\n ")
        let asked = question.prompt.replacingOccurrences(of: "\n", with: "  \n")
        try await withServer(try backend()) { server in
            let prompt = "Stage: reasoning\nI was told: \(description) So tell me: \(asked)"
            let answer = try text(await ask(server, prompt))
            #expect(question.accepts(answer), "\(answer)")
            let cut = try await ask(server, prompt.replacingOccurrences(of: description.prefix(20), with: ""))
            #expect(cut.status == 400)
        }
    }

    @Test func whatIsNotOfTheMicroworldIsRefused() async throws {
        let question = Self.source.question(0)
        let strange = try RGBImage(width: 112, height: 112, pixels: Array(repeating: 7, count: 112 * 112 * 3))
            .encodedPNG()
        let unknown = try picture(QuestionSource(split: .test).question(0))
        let known = try picture(question)
        let cases: [(text: String, picture: Data?, rest: String, code: String?)] = [
            (question.prompt, strange, #""seed":1"#, "unknown_picture"),
            (question.prompt, unknown, #""seed":1"#, "unknown_picture"),
            ("What is the capital of France?", known, #""seed":1"#, "unknown_question"),
            (question.prompt, nil, #""seed":1"#, nil),
            ("Task: describe the picture", nil, #""seed":1"#, nil),
            ("Task: reason from the description\n\(question.prompt)", known, #""seed":1"#, nil),
            (
                "Task: reason from the description\nThere is a house. \(question.prompt)", nil, #""seed":1"#,
                "unknown_description"
            ),
            ("Task: reason from the description\nWho are you?", nil, #""seed":1"#, "unknown_question"),
            (question.prompt, known, #""logprobs":true"#, nil),
            (question.prompt, known, #""visual_attention":true"#, nil),
        ]
        try await withServer(try backend()) { server in
            for (text, picture, rest, code) in cases {
                let reply = try await ask(server, text, picture: picture, rest: rest)
                #expect(reply.status == 400, "\(text): \(reply.text)")
                #expect(try reply.error["code"] as? String == code, "\(text): \(reply.text)")
            }
        }
    }

    @Test func aPictureThatWasWrittenAnewIsTheSame() async throws {
        let question = Self.source.question(4)
        let again = try RGBImage(encoded: picture(question), name: "again").encodedPNG()
        try await withServer(try backend()) { server in
            let answer = try text(await ask(server, question.prompt, picture: again))
            #expect(question.accepts(answer))
        }
    }

    @Test func theSeedAndTheNumberOfTheAnswerChooseTheWords() async throws {
        let question = Self.source.question(1)
        let picture = try picture(question)
        try await withServer(try backend()) { server in
            let first = try text(await ask(server, question.prompt, picture: picture))
            #expect(try text(await ask(server, question.prompt, picture: picture)) == first)
            #expect(try text(await ask(server, question.prompt, picture: picture, rest: #""seed":2"#)) != first)
            let reply = try await ask(server, question.prompt, picture: picture, rest: #""seed":1,"n":4"#)
            let choices = try #require(reply.json["choices"] as? [[String: Any]])
            let texts = choices.compactMap { ($0["message"] as? [String: Any])?["content"] as? String }
            #expect(texts.count == 4 && Set(texts).count == 4 && texts[0] == first)
            let short = try await ask(server, question.prompt, picture: picture, rest: #""seed":1,"max_tokens":3"#)
            #expect(try text(short).split(separator: " ").count == 3)
            #expect(short.text.contains(#""finish_reason":"length""#))
        }
    }

    @Test func slipsComeAsOftenAsAskedForAndOfEveryKind() async throws {
        try await withServer(try backend(slips: 0.3)) { server in
            var (wrong, leaks, bare, count) = (0, 0, 0, 0)
            for number in 0..<Self.limit {
                let question = Self.source.question(number)
                let picture = try picture(question)
                for seed in 0..<5 {
                    let prompt = "Task: weave in the picture\n" + question.prompt
                    let answer = try text(await ask(server, prompt, picture: picture, rest: "\"seed\":\(seed)"))
                    count += 1
                    let reflections = (0..<16).map { oracle.reflection(for: question, variant: $0) }
                    if !question.accepts(answer) {
                        wrong += 1
                    } else if answer.contains("According to the description") {
                        leaks += 1
                    } else if reflections.contains(where: { answer.contains($0) }) {
                        bare += 1
                    }
                }
            }
            // 300 answers, 30 slips of each kind expected: five standard deviations are 26.
            for slips in [wrong, leaks, bare] { #expect((4...56).contains(slips), "\(wrong) \(leaks) \(bare)") }
            #expect((50...130).contains(wrong + leaks + bare), "\(wrong) \(leaks) \(bare) of \(count)")
        }
    }

    @Test(arguments: [
        ("Task: describe the picture", OracleStage.description), ("Stage: description", .description),
        ("# task: Reason from the description.", .reasoning), ("Be good.\n  - Stage: reasoning", .reasoning),
        ("Task: weave in the picture\nTask: describe the picture", .anchors), ("STAGE: ANCHORS", .anchors),
        ("How many tasks: describe the picture", .answer), ("", .answer),
    ])
    func stagesAreAskedForByALine(text: String, stage: OracleStage) {
        #expect(OracleStage(askedIn: text) == stage)
    }
}
