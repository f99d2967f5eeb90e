import ChatEndpoints
import ChatServer
import Evaluation
import Foundation
import Testing

/// Endpoints that misbehave: nothing is lost, and nothing is asked again that was answered.
@Suite struct EndpointTroubleTests {
    /// What a server does to a question the first time it is asked it; the second time it answers.
    static let troubles: [(String, Behaviour, reason: String)] = [
        (
            "429 with seconds", .status(429, ["Retry-After": "7"], body: #"{"error":{"message":"slow down"}}"#),
            "it answered 429, saying “slow down”"
        ),
        ("429 with a date", .status(429, ["Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"]), "it answered 429"),
        ("408", .status(408), "it answered 408"),
        ("409", .status(409, body: "conflict"), "it answered 409, saying “conflict”"),
        (
            "500", .status(500, body: "<html>\n<b>oops</b></html>"),
            "it answered 500, saying “<html> <b>oops</b></html>”"
        ),
        ("503", .status(503), "it answered 503"),
        ("hangs up", .hangUp, "the connection was cut"),
        ("cut object", Behaviour.whole(["half"]).cut(after: 60), "the connection was cut"),
        ("cut stream", Behaviour.stream(["half of it"]).cut(after: 300), "the connection was cut"),
        ("quietly cut stream", Behaviour.stream(["half of it"]).closing(after: 300), "the stream was cut"),
        ("stream of nothing", Behaviour.stream([]).closing(after: 12), "the stream was cut"),
        ("silence", .silence, "it sent nothing for 0.3 s"),
        ("stalled object", Behaviour.whole(["half"]).stalling(after: 60), "it sent nothing for 0.3 s"),
        ("stalled stream", Behaviour.stream(["half of it"]).stalling(after: 300), "it sent nothing for 0.3 s"),
        (
            "a page", .raw("<html>Welcome</html>", type: "text/html"),
            "it answered what is no JSON (“<html>Welcome</html>”)"
        ),
        (
            "half an object", .raw(#"{"choices": [{"#, type: "application/json"),
            #"it answered what is no JSON (“{"choices": [{”)"#
        ),
        ("nothing", .raw("", type: "application/json"), "it answered nothing"),
        ("no choices", .json(["id": 3]), "it answered without choices"),
        ("empty choices", .json(["choices": [Any]()]), "it answered without choices"),
        (
            "content null", .json(["choices": [["message": ["content": NSNull()]]]]),
            "it answered a choice without content"
        ),
        ("no message", .json(["choices": [["text": "old style"]]]), "it answered a choice without content"),
        (
            "content a list", .json(["choices": [["message": ["content": [1]]]]]),
            "it answered with another kind of value in choices.0.message.content"
        ),
        ("choices a text", .json(["choices": "B"]), "it answered with another kind of value in choices"),
        ("an error inside", .json(["error": ["message": "no\nmemory"]]), "it answered with an error, “no memory”"),
        (
            "an error in the stream",
            .raw("data: {\"error\": {\"message\": \"aborted\"}}\n\n", type: "text/event-stream"),
            "it broke off with an error, “aborted”"
        ),
        (
            "nonsense in the stream", .raw("data: hello\n\ndata: [DONE]\n\n", type: "text/event-stream"),
            "it answered what is no JSON (“hello”)"
        ),
        (
            "stream without content",
            .raw(
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
                type: "text/event-stream"), "it answered a choice without content"
        ),
    ]

    @Test(arguments: [true, false]) func afterEachTroubleTheQuestionIsAskedAgainAndAnswered(streams: Bool) async throws
    {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: Self.troubles.count) { question, before in
                let number = Int(question.text.prefix { $0 != "/" }) ?? 0
                return before == 0 ? Self.troubles[number].1 : .answer("answer \(question.text)", to: question)
            }
            let summary = try await bench.run(bench.client(streams: streams, idle: 0.3))
            let count = Self.troubles.count
            #expect(summary.answered == count && summary.failed == 0 && summary.retried == count, "\(summary.lines)")
            #expect(bench.server.counts.count == count && bench.server.counts.values.allSatisfy { $0 == 2 })
            #expect(
                try bench.texts() == Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)/0", "answer \($0)/0") })
            )
            var reasons: [Int: String] = [:]
            for case .retrying(let key, let reason, _) in bench.events.value {
                reasons[Int(key.question.index) ?? -1] = reason
            }
            for (number, trouble) in Self.troubles.enumerated() {
                #expect(reasons[number] == trouble.reason, "\(trouble.0)")
            }
            // Waits are drawn between half a second and one; the server asked for seven once, and for a time long past once.
            let slept = bench.slept.value.sorted()
            #expect(slept.count == count && slept.last == .seconds(7))
            #expect(slept.dropLast().allSatisfy { $0 >= .seconds(0.5) && $0 <= .seconds(1) })
            #expect(Set(slept).count > 5)
        }
    }

    @Test func whatNeverGetsBetterIsAnErrorOfThatAnswerAlone() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 6) { question, _ in
                switch question.text {
                case "1/0": .status(500, body: "sick")
                case "2/0": .status(400, body: #"{"error":{"message":"prompt too long: 40000 > 32768"}}"#)
                case "3/0": .status(403, body: #"{"detail":"flagged"}"#)
                case "4/0": .json(["choices": [["message": ["content": NSNull()]]]])
                default: .answer("fine", to: question, finish: question.text == "5/0" ? "length" : "stop")
                }
            }
            let summary = try await bench.run(bench.client { $0.retries.limit = 3 })
            #expect(summary.answered == 2 && summary.cut == 1 && summary.failed == 4 && summary.left == 0)
            #expect(summary.promptTokens == 22 && summary.newTokens == 14 && summary.retried == 6)
            #expect(bench.server.counts == ["0/0": 1, "1/0": 4, "2/0": 1, "3/0": 1, "4/0": 4, "5/0": 1])
            let host = try EndpointAddress(bench.server.url).host
            #expect(
                Set(summary.failures.map(\.reason)) == [
                    "\(host) gave no answer: it answered 500, saying “sick”, after 3 repetitions.",
                    "\(host) refuses the request (400), saying “prompt too long: 40000 > 32768”.",
                    "\(host) refuses the request (403), saying “flagged”.",
                    "\(host) gave no answer: it answered a choice without content, after 3 repetitions.",
                ])
            #expect(try bench.store.failures() == summary.failures)
            #expect(try bench.store.counts().cut == 1)
            #expect(
                summary.lines.count == 3 && summary.lines[0].hasPrefix("2 of 6 answers came in "), "\(summary.lines)")
            #expect(
                summary.lines[0].hasSuffix(
                    " s, 22 tokens read and 14 written; 1 was cut at the greatest number of tokens."))
            // The next run asks for these four only.
            #expect(try bench.store.pending(of: "MMStar").map(\.question.index) == ["1", "2", "3", "4"])
        }
    }

    @Test func aDateToComeBackAtIsKept() async throws {
        try await withStoreFolder { folder in
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(identifier: "GMT")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let date = format.string(from: Date(timeIntervalSinceNow: 120))
            let bench = try EndpointBench(folder, questions: 1) { question, before in
                before == 0 ? .status(503, ["Retry-After": date]) : .answer("fine", to: question)
            }
            let summary = try await bench.run(bench.client())
            #expect(summary.answered == 1 && bench.slept.value.count == 1)
            #expect(bench.slept.value.allSatisfy { $0 > .seconds(60) && $0 < .seconds(125) }, "\(bench.slept.value)")
        }
    }

    @Test func waitsDoubleAndAreDrawnByChance() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { _, _ in .status(502) }
            try await bench.run(bench.client())
            let slept = bench.slept.value.map { $0 / .seconds(1) }
            #expect(slept.count == 5, "\(slept)")
            for (wait, longest) in zip(slept, [1.0, 2, 4, 8, 16]) {
                #expect(wait >= longest / 2 && wait <= longest && wait != longest)
            }
        }
    }

    @Test func aServerThatAsksForTooLongAWaitIsLeftAlone() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { _, _ in .status(429, ["Retry-After": "4000"]) }
            let summary = try await bench.run(bench.client())
            #expect(bench.server.questions.count == 1 && summary.failed == 1 && bench.slept.value.isEmpty)
            #expect(
                summary.failures.first?.reason.hasSuffix(
                    "gave no answer: it answered 429 and asks to be left alone for 4e+03 s, after 0 repetitions.")
                    == true,
                "\(summary.failures)")
        }
    }

    @Test func whereNobodyListensTheRunEndsSoonAndNothingIsLost() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 40) { question, _ in .answer("fine", to: question) }
            let client = try bench.client { settings in
                settings.retries.limit = 1
                settings.concurrency = 2
            }
            try bench.server.stop()
            let summary = try await bench.run(client, patience: 5)
            #expect(summary.answered == 0 && (5...6).contains(summary.failed) && summary.left >= 34)
            #expect(summary.stopped?.contains("5 questions in a row went unanswered") == true, "\(summary)")
            #expect(summary.stopped?.contains("connection refused") == true)
            #expect(try bench.store.pending(of: "MMStar").count == 40)
        }
    }

    @Test(arguments: [401, 404]) func whatConcernsEveryQuestionEndsTheRunAtOnce(status: Int) async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 30) { question, before in
                question.text == "0/0"
                    ? .answer("fine", to: question)
                    : .status(status, body: #"{"error":{"message":"wrong key sk-secret-1 or model","type":"x"}}"#)
            }
            let summary = try await bench.run(bench.client(key: "sk-secret-1"))
            #expect(summary.answered == 1 && summary.failed == 0 && summary.left == 29 && summary.retried == 0)
            #expect(bench.server.questions.count <= 8)
            let words = summary.lines.joined(separator: "\n")
            #expect(words.contains("wrong key *** or model") && !words.contains("sk-secret"), "\(words)")
            #expect(
                words.contains("(\(status))")
                    && words.contains("29 of the answers are left, and the same command goes on."))
        }
    }

    @Test func aTotalTimeIsKeptThoughWordsKeepComing() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { question, before in
                before == 0
                    ? Behaviour.stream(["one two three four"]).inPieces(50, pause: 0.05)
                    : .answer("fine", to: question)
            }
            let summary = try await bench.run(bench.client { $0.totalTimeout = .seconds(0.4) })
            #expect(summary.answered == 1)
            #expect(summary.retries == [FailureCount(reason: "it took longer than 0.4 s", count: 1)])
        }
    }

    @Test func aSlowServerIsNotAskedTwice() async throws {
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 3) { question, _ in
                question.text == "0/0"
                    ? Behaviour.answer("slow but sure", to: question).inPieces(30, pause: 0.05)
                    : Behaviour.answer("late", to: question).delayed(0.4)
            }
            let summary = try await bench.run(bench.client(idle: 0.8))
            #expect(summary.answered == 3 && summary.retried == 0 && summary.seconds > 1)
            #expect(try bench.texts() == ["0/0": "slow but sure", "1/0": "late", "2/0": "late"])
            #expect(bench.server.questions.count == 3)
        }
    }
}
