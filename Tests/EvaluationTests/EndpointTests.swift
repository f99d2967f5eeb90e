import ChatEndpoints
import ChatServer
import Evaluation
import Foundation
import Requests
import Testing

/// Asking an endpoint for answers.
@Suite struct EndpointTests {
    @Test(arguments: [true, false]) func answersComeWholeAndWithTheirNumbers(streams: Bool) async throws {
        try await withStoreFolder { folder in
            let text = "<think>2 and 2, \"four\"</think>\n<answer>4 漢字 \u{1F6A4}\\</answer> "
            let bench = try EndpointBench(folder, questions: 1) { question, _ in .answer(text, to: question) }
            let summary = try await bench.run(bench.client(streams: streams))
            let answer = try #require(try bench.store.answer(Made.key(0)))
            #expect(answer.reply == AnswerReply(text: text, finish: .stop, promptTokens: 11, newTokens: 7))
            #expect(answer.seed == 0 && answer.seconds > 0 && answer.seconds < 5)
            #expect(summary.answered == 1 && summary.asked == 1 && summary.lines.count == 1, "\(summary)")
            let question = try #require(bench.server.questions.first)
            #expect(question.path == "/v1/chat/completions" && question.streams == streams)
            #expect(question.string("model") == "tiny" && question.number("max_tokens") == 64)
            #expect(question.number("temperature") == 0 && question.number("seed") == 0)
            #expect(question.number("top_p") == nil && question.number("n") == nil && question.partKinds == ["string"])
            #expect(question.headers["authorization"] == nil && question.headers["content-type"] == "application/json")
        }
    }

    @Test func streamsMayBeCutIntoPiecesAnywhereAndEndTheirLinesAnyWay() async throws {
        try await withStoreFolder { folder in
            let events = [
                ": comment", "event: message", #"data: {"choices":[{"delta":{"content":"é"}}]}"#, "", "id: 7",
                #"data: {"choices":[{"delta":{"content":"🚤"},"#, #"data:"finish_reason":"length"}]}"#, "",
                #"data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}"#, "", "data: [DONE]", "", "",
            ]
            let bench = try EndpointBench(folder, questions: 4) { question, _ in
                let end = ["\n", "\r\n", "\r", "\n"][Int(question.text.prefix(1)) ?? 0]
                let body = (question.text == "3/0" ? "\u{FEFF}" : "") + events.joined(separator: end)
                return Behaviour.raw(body, type: "text/event-stream").inPieces(body.utf8.count, pause: 0.001)
            }
            let summary = try await bench.run(bench.client())
            #expect(summary.answered == 4 && summary.cut == 4 && summary.newTokens == 8, "\(summary)")
            #expect(try bench.texts().values.allSatisfy { $0 == "é🚤" })
        }
    }

    @Test func severalAnswersAtOnceAreStoredEach() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 3) { question, before in
                // This server gives at most two at once.
                let texts = (0..<min(question.count, 2)).map { "\(before)-\($0)" }
                return .answer(texts, to: question)
            }
            try bench.store.add(Made.answer(Made.key(1, sample: 1), "before"))
            let summary = try await bench.run(bench.client(), samples: 5, perRequest: 5)
            #expect(summary.answered == 14 && summary.failed == 0)
            #expect(summary.newTokens == 7 * bench.server.questions.count)
            #expect(bench.server.questions.filter { $0.text == "0/0" }.map(\.count) == [5])
            #expect(bench.server.questions.filter { $0.text == "0/2" }.map(\.count) == [3])
            #expect(bench.server.questions.filter { $0.text == "0/4" }.map(\.count) == [1])
            #expect(try bench.store.pending(of: "MMStar", samples: 5).isEmpty)
            #expect(try bench.store.answer(Made.key(1, sample: 1))?.reply?.text == "before")
            #expect(try bench.store.answer(Made.key(0))?.reply?.newTokens == nil)
        }
    }

    @Test func ofSeveralAnswersInAStreamThoseThatWereCompleteWhenItWasCutCount() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { question, before in
                let stream = Behaviour.stream((0..<question.count).map { "\(before) \($0) \(question.text)" })
                return question.count == 3 ? stream.cut(after: 900) : stream
            }
            let summary = try await bench.run(bench.client(), samples: 3, perRequest: 3)
            #expect(summary.answered == 3 && summary.retried == 0, "\(summary)")
            #expect(bench.server.questions.map(\.count) == [3, 2])
            #expect(try bench.texts()["0/0"] == "0 0 0/0" && bench.texts().count == 3)
        }
    }

    @Test func noMoreRequestsThanAllowedAreOpenAtOneTime() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 24) { question, _ in
                .answer("fine", to: question).delayed(0.05)
            }
            let summary = try await bench.run(bench.client { $0.concurrency = 3 })
            #expect(summary.answered == 24 && bench.server.mostAtOnce == 3)
            #expect(summary.seconds > 0.35 && bench.server.questions.count == 24)
        }
    }

    @Test func cancellingStoresWhatHasComeAndLeavesTheRest() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 30) { question, _ in
                (Int(question.text.prefix { $0 != "/" }) ?? 0) < 10 ? .answer("fine", to: question) : .silence
            }
            let client = try bench.client(idle: 60)
            let start = ContinuousClock.now
            let task = Task { try await bench.run(client) }
            while try bench.store.counts().answered < 10 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            let summary = try await task.value
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(summary.wasInterrupted && summary.answered == 10 && summary.failed == 0 && summary.left == 20)
            #expect(
                summary.lines.last == "It was interrupted; 20 of the answers are left, and the same command goes on.")
            #expect(try bench.store.counts().failed == 0 && bench.store.pending(of: "MMStar").count == 20)
        }
    }

    @Test func cancellingEndsAWaitBeforeARepetition() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 2) { _, _ in .status(503) }
            let client = try bench.client { $0.retries.sleep = { try await Task.sleep(for: $0 * 100) } }
            let task = Task { try await bench.run(client) }
            while bench.events.value.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            let summary = try await task.value
            #expect(summary.wasInterrupted && summary.left == 2 && summary.retried == 2)
            #expect(try bench.store.counts().failed == 0)
        }
    }

    @Test func aRequestThatCannotBeMadeIsAnErrorOfItsAnswer() async throws {
        struct Unreadable: Error, LocalizedError { var errorDescription: String? { "The picture is gone." } }
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 2) { question, _ in .answer("fine", to: question) }
            let client = try bench.client()
            let summary = try await EndpointRun(client: client, store: bench.store).run(
                [Made.key(0), Made.key(1), Made.key(1), Made.key(0)]
            ) { key in
                if key.question.index == "0" { throw Unreadable() }
                return ChatRequest([ChatMessage(.user, "?")])
            }
            await client.shutDown()
            #expect(summary.asked == 2 && summary.answered == 1 && summary.failed == 1)
            #expect(try bench.store.answer(Made.key(0))?.outcome == .failed("The picture is gone."))
            #expect(bench.server.questions.count == 1)
        }
    }

    @Test func anAnswerThatCannotBeStoredEndsTheRun() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { question, _ in .answer("fine", to: question) }
            let client = try bench.client { $0.concurrency = 1 }
            await #expect(throws: StoreError.unknownQuestion(path: bench.store.url.path, key: Made.key(5).question)) {
                try await EndpointRun(client: client, store: bench.store).run(
                    [Made.key(0), Made.key(5), Made.key(6), Made.key(7)]
                ) { _ in ChatRequest([ChatMessage(.user, "?")]) }
            }
            await client.shutDown()
            #expect(try bench.store.counts().answered == 1 && bench.server.questions.count <= 2)
        }
    }

    @Test func attentionThatAServerGivesIsStored() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 2) { question, _ in
                let attention: Any = question.text == "0/0" ? ["paper": 19.5, "visual_share": 0.2] : "something else"
                return .json([
                    "choices": [
                        [
                            "message": ["content": "B"], "finish_reason": "stop", "attention": attention,
                            "token_vas": [1.5, 2],
                        ] as [String: Any]
                    ]
                ])
            }
            try await bench.run(bench.client())
            let reply = try #require(try bench.store.answer(Made.key(0))?.reply)
            #expect(reply.attention == AttentionScores(paper: 19.5, visualShare: 0.2) && reply.tokenScores == [1.5, 2])
            #expect(try bench.store.answer(Made.key(1))?.reply?.attention == nil)
        }
    }
}
