import ChatServer
import Foundation
import GRDB
import Synthesis
import Testing

@Suite struct RunTests {
    @Test func aQuestionGoesThroughAllStages() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 5)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let summary = try await bench.run(bench.write(server.url))
            #expect(summary.stop == nil && summary.funnel.accepted == 5 && summary.funnel.samples == 5)
            let questions = server.questions
            #expect(questions.count == 15)
            for question in questions {
                let isFirst = Model.stage(question) == .description
                #expect(question.partKinds == (isFirst ? ["image_url", "text"] : ["string"]))
            }
            let last = questions.last { Model.stage($0) == .anchors }
            #expect(last?.text.contains("By the description of") == true)
            #expect(last?.text.contains("A scan, elements, links") == true)
            #expect(summary.funnel.stages.map(\.requests) == [5, 5, 5])
            #expect(summary.funnel.stages.map(\.promptTokens) == [500, 500, 500])
            // Again: everything is there.
            let again = try await bench.run(SynthesisSettings(contentsOf: bench.settingsFile))
            #expect(again.funnel.accepted == 5 && server.questions.count == 15)
        }
    }

    @Test func faultsOnAFifthOfRequestsLoseNothing() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 300)
            let server = try ChatServer { question, before in
                Model.fault(question, before, percent: 20) ?? Model.answer(question)
            }
            let settings = try bench.write(
                server.url, stage: ["idle_timeout: 0.5", "first_delay: 0.001", "concurrency: 64"])
            let kinds = Shared<Set<String>>([])
            let summary = try await bench.run(settings) { event in
                if case .retry(_, let reason, _) = event { kinds.withLock { _ = $0.insert(String(reason.prefix(18))) } }
            }
            #expect(summary.funnel.accepted == 300, "\(summary.funnel)")
            let totals = summary.funnel.stages
            let share = Double(totals.reduce(0) { $0 + $1.failures }) / Double(totals.reduce(0) { $0 + $1.requests })
            #expect((0.15...0.25).contains(share), "\(share)")
            #expect(totals.map(\.answers) == [300, 300, 300])
            #expect(kinds.value.count >= 5, "\(kinds.value)")
            #expect(totals.reduce(0) { $0 + $1.requests } == server.questions.count)
        }
    }

    @Test func whatPersistsIsRejectedWithItsReason() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 6)
            let server = try ChatServer { question, _ in
                switch (Model.number(question), Model.stage(question)) {
                case (0, .anchors): .raw("no json", type: "application/json")
                case (1, .description): .answer([" \n"], to: question)
                case (2, .reasoning): .answer(["<think>cut"], to: question, finish: "length")
                case (3, .anchors): .answer(["<answer>A</answer>"], to: question)
                case (4, .description): .status(400, body: #"{"error": "too long"}"#)
                default: Model.answer(question)
                }
            }
            let settings = try bench.write(
                server.url, stage: ["retries: 3", "first_delay: 0.001"],
                more: "breaker:\n  failures: 1000\n  window: 1000")
            let summary = try await bench.run(settings)
            #expect(summary.funnel.accepted == 1 && summary.funnel.rejected == 5 && summary.funnel.waiting == 0)
            let store = try SynthesisStore(reading: bench.output)
            var reasons: [String: String] = [:]
            try store.forEachSample { reasons[$0.key] = "\($0.gate ?? "-"): \($0.reason ?? "-")" }
            #expect(reasons["q0"]?.contains("endpoint: anchors: 127.0.0.1") == true, "\(reasons)")
            #expect(
                reasons["q0"]?.contains("what is no JSON") == true && reasons["q0"]?.contains("after 4 tries") == true)
            #expect(reasons["q1"] == "malformed description: the reply is empty, in 3 tries")
            #expect(reasons["q2"] == "malformed reasoning: the reply was cut at the limit of tokens, in 3 tries")
            #expect(reasons["q3"] == "malformed anchors: the reply has no <think>, in 3 tries")
            #expect(reasons["q4"]?.contains("refuses the request (400), saying “too long”") == true)
            #expect(reasons["q5"] == "-: -")
            // Each further try has another seed.
            let seeds = server.questions.filter { Model.number($0) == 1 }.map { $0.number("seed") }
            #expect(seeds == [1, 2, 3])
        }
    }

    /// As readers of thoughts, filters and refusals leave it: paid, and not asked for again in vain.
    @Test(arguments: [true, false])
    func whatHasEndedWithoutContentIsPaidAndEmpty(streams: Bool) async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 2)
            let server = try ChatServer { question, _ in
                guard Model.number(question) == 0, Model.stage(question) == .reasoning else {
                    return Model.answer(question)
                }
                let usage = ["prompt_tokens": 100, "completion_tokens": 64]
                let finish = question.number("seed") == 1 ? "length" : "content_filter"
                guard question.streams else {
                    let choice: [String: Any] = [
                        "index": 0, "finish_reason": finish, "message": ["role": "assistant", "content": NSNull()],
                    ]
                    return .json(["choices": [choice], "usage": usage])
                }
                let chunk = #"{"choices": [{"index": 0, "delta": {"content": null}, "finish_reason": "\#(finish)"}]}"#
                let last = #"{"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 64}}"#
                return .raw("data: \(chunk)\n\ndata: \(last)\n\ndata: [DONE]\n\n", type: "text/event-stream")
            }
            let summary = try await bench.run(bench.write(server.url, stage: ["stream: \(streams)"]))
            #expect(summary.funnel.accepted == 1 && summary.funnel.rejectedBy == ["malformed reasoning": 1])
            let totals = summary.funnel.stages[1]
            #expect(totals.answers == 4 && totals.failures == 0 && totals.newTokens == 3 * 64 + 20, "\(totals)")
            let store = try SynthesisStore(reading: bench.output)
            try store.forEachSample([.rejected]) { sample in
                #expect(sample.reason == "the reply is empty and ended with “content_filter”, in 3 tries")
                let made = sample.responses.filter { $0.stage == .reasoning }
                #expect(made.map(\.finish.word) == ["length", "content_filter", "content_filter"])
                #expect(made.allSatisfy { $0.text.isEmpty && $0.isCounted })
            }
        }
    }

    @Test func theJudgeSendsBackAndThenRejects() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 3)
            let server = try ChatServer { question, _ in Model.answer(question) }
            // Attempts count on by the tries of a malformed reply: the second round of 3 has the seed 4.
            let judge = WordJudge { sample in
                sample.id == "q0" && !sample.response.contains("seed 4") || sample.id == "q1"
            }
            let summary = try await bench.run(bench.write(server.url), judge: judge)
            #expect(summary.funnel.accepted == 2 && summary.funnel.rejectedBy == ["words": 1])
            #expect(summary.funnel.acceptedByRounds == [1: 1, 2: 1])
            #expect(summary.funnel.gates.map(\.failed) == [0, 1] && summary.funnel.gates.map(\.passed) == [3, 2])
            // Descriptions are not made again.
            #expect(server.questions.count { Model.stage($0) == .description } == 3)
            #expect(server.questions.count { Model.stage($0) == .anchors } == 6)
            // A judge that has changed judges what is there.
            let mild = try await bench.run(
                SynthesisSettings(contentsOf: bench.settingsFile), judge: WordJudge("mild") { _ in false })
            #expect(mild.funnel.accepted == 3 && server.questions.count == 3 + 12)
        }
    }

    @Test func changedSettingsAskAgainOnlyWhatTheyChange() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 4)
            let server = try ChatServer { question, _ in Model.answer(question) }
            try await bench.run(bench.write(server.url))
            try await bench.run(bench.write(server.url, change: ["anchors": ["temperature: 0.3"]]))
            #expect(server.questions.count == 12 + 4)
            // How fast, and where: of no consequence.
            try await bench.run(
                bench.write(server.url, stage: ["concurrency: 2"], change: ["anchors": ["temperature: 0.3"]]))
            #expect(server.questions.count == 16)
            // A picture that has changed.
            try (onePixel + Data("changed".utf8)).write(to: folder.appendingPathComponent("2.png"))
            try await bench.run(SynthesisSettings(contentsOf: bench.settingsFile))
            #expect(server.questions.count == 17)
            let texts = server.questions.suffix(1).map { Model.stage($0) }
            #expect(texts == [.description])
        }
    }

    @Test func onePictureWithManyQuestionsIsDescribedOnceIfThePromptDoesNotAsk() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 8)
            for number in 0..<8 { try onePixel.write(to: folder.appendingPathComponent("\(number).png")) }
            try Data("Task: describe the picture".utf8).write(to: folder.appendingPathComponent("d.txt"))
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.05) }
            let summary = try await bench.run(bench.write(server.url, change: ["description": ["prompt: d.txt"]]))
            #expect(summary.funnel.accepted == 8)
            #expect(server.questions.count { Model.stage($0) == .description } == 1)
        }
    }

    @Test(arguments: ["requests: 20", "tokens: 3000", "cost: 0.002"])
    func aCapStopsTheRunCleanly(_ cap: String) async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 30)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let prices = ["description", "reasoning", "anchors"].map {
                "  - {model: model-\($0), input: 0.5, output: 1}"
            }
            let more = "limits:\n  \(cap)\nprices:\n" + prices.joined(separator: "\n")
            let summary = try await bench.run(bench.write(server.url, more: more))
            guard case .cap(let words) = summary.stop else {
                Issue.record("no cap stopped it: \(summary)")
                return
            }
            #expect(words.hasPrefix("the limit of "))
            #expect(summary.funnel.waiting > 0 && summary.funnel.rejected == 0)
            let spent = summary.funnel.stages
            #expect(spent.reduce(0) { $0 + $1.requests } <= 20 || !cap.hasPrefix("requests"))
            #expect(spent.reduce(0) { $0 + $1.promptTokens + $1.newTokens } <= 3000 || !cap.hasPrefix("tokens"))
            #expect(summary.funnel.cost <= 0.002 || !cap.hasPrefix("cost"))
            #expect(server.questions.count > 0 && server.questions.count < 90)
            // Without it the run goes on where it was.
            let whole = try await bench.run(bench.write(server.url))
            #expect(whole.stop == nil && whole.funnel.accepted == 30 && server.questions.count == 90)
        }
    }

    @Test func anEndpointThatIsDownIsLeftAloneAndNothingIsLost() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 20)
            let isDown = Shared(true)
            let server = try ChatServer { question, _ in isDown.value ? .status(503) : Model.answer(question) }
            let more = "breaker:\n  failures: 5\n  pause: 0.05\n  longest_pause: 0.1\n  probes: 3"
            let settings = try bench.write(server.url, stage: ["first_delay: 0.001", "concurrency: 4"], more: more)
            let opened = Shared(0)
            let down = try await bench.run(settings) { event in
                if case .opened = event { opened.withLock { $0 += 1 } }
            }
            guard case .endpoint(let words) = down.stop else {
                Issue.record("nothing stopped it: \(down)")
                return
            }
            #expect(words.contains("has not come back"))
            #expect(opened.value == 3 && down.funnel.waiting == 20 && down.funnel.rejected == 0)
            #expect(server.questions.count < 20, "\(server.questions.count)")
            isDown.withLock { $0 = false }
            let closed = try await bench.run(SynthesisSettings(contentsOf: bench.settingsFile))
            #expect(closed.stop == nil && closed.funnel.accepted == 20)
        }
    }

    @Test func anEndpointThatComesBackClosesTheBreaker() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 20)
            let left = Shared(20)
            let server = try ChatServer { question, _ in
                let isDown = left.withLock { left in
                    left -= 1
                    return left >= 0
                }
                return isDown ? .status(503) : Model.answer(question)
            }
            let more = "breaker:\n  failures: 5\n  pause: 0.1\n  longest_pause: 0.2\n  probes: 20"
            let closed = Shared(0)
            let summary = try await bench.run(
                bench.write(server.url, stage: ["first_delay: 0.001", "retries: 4"], more: more)
            ) { event in
                if case .closed = event { closed.withLock { $0 += 1 } }
            }
            #expect(summary.funnel.accepted == 20 && closed.value == 1, "\(summary.funnel)")
        }
    }

    @Test func whatAnEndpointFailedToAnswerIsTriedAgainIfAskedFor() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 4)
            let isDown = Shared(true)
            let server = try ChatServer { question, _ in
                isDown.value && Model.number(question) == 2 ? .status(500) : Model.answer(question)
            }
            let settings = try bench.write(server.url, stage: ["retries: 1", "first_delay: 0.001"])
            let first = try await bench.run(settings)
            #expect(first.funnel.accepted == 3 && first.funnel.rejectedBy == ["endpoint": 1])
            isDown.withLock { $0 = false }
            let second = try await bench.run(settings)
            #expect(second.funnel.rejected == 1)
            let store = try SynthesisStore(settings.output)
            let third = try await SynthesisRun(settings, store: store, judge: NoJudge(), retriesFailures: true).run()
            #expect(third.funnel.accepted == 4 && server.questions.count == 9 + 2 + 3)
            try store.close()
        }
    }

    @Test(arguments: [true, false])
    func aServerThatSaysWhenIsHeeded(asDate: Bool) async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 1)
            let format = DateFormatter()
            (format.locale, format.timeZone) = (Locale(identifier: "en_US_POSIX"), TimeZone(identifier: "GMT"))
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
            let times = Shared<[ContinuousClock.Instant]>([])
            let server = try ChatServer { question, before in
                if Model.stage(question) == .description { times.withLock { $0.append(.now) } }
                if before > 0 { return Model.answer(question) }
                let later = format.string(from: Date(timeIntervalSinceNow: 2.9))
                return Model.stage(question) == .description
                    ? .status(429, ["Retry-After": asDate ? later : "1.5"]) : Model.answer(question)
            }
            let summary = try await bench.run(bench.write(server.url, stage: ["first_delay: 0.01"]))
            #expect(summary.funnel.accepted == 1 && times.value.count == 2)
            let wait = (times.value[1] - times.value[0]) / .seconds(1)
            #expect(wait >= 1.4 && wait < 8, "\(wait)")
        }
    }

    @Test func aStopFinishesWhatIsUnderWayAndLosesNothing() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 40)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.2) }
            let settings = try bench.write(server.url)
            let task = Task { try await bench.run(settings) }
            while server.questions.count < 24 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            let summary = try await task.value
            let asked = server.questions.count
            #expect(summary.stop == .interrupted && summary.funnel.waiting > 0 && summary.funnel.rejected == 0)
            #expect(summary.funnel.stages.reduce(0) { $0 + $1.answers } == asked)
            let whole = try await bench.run(SynthesisSettings(contentsOf: bench.settingsFile))
            #expect(whole.funnel.accepted == 40 && server.questions.count == 120)
        }
    }

    @Test func whoeverHurriesDoesNotWaitForWhatIsUnderWay() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 20)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(60) }
            let settings = try bench.write(server.url, stage: ["idle_timeout: 300"])
            let store = try SynthesisStore(settings.output)
            let run = try SynthesisRun(settings, store: store, judge: NoJudge())
            let start = ContinuousClock.now
            let task = Task { try await run.run() }
            while server.questions.count < 8 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            try await Task.sleep(for: .milliseconds(100))
            run.hurry()
            let summary = try await task.value
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(summary.stop == .interrupted && summary.funnel.waiting == 20)
            try store.close()
        }
    }

    @Test(arguments: [
        ("it answered what is no JSON (“<a”b>”)", "it answered what is no JSON (“…”)"),
        ("it answered 500, saying “oops 17”", "it answered 500, saying “…”"), ("it answered 500", "it answered 500"),
    ])
    func troublesOfOneKindHaveOneName(_ reason: String, _ kind: String) {
        #expect(SynthesisEvent.kind(of: reason) == kind)
    }

    @Test func samplesThatLackSomethingAreRejectedAtOnce() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 2)
            let lines = """
                {"id": "no-picture", "problem": "What?", "answer": "A"}
                {"id": "no-answer", "problem": "<image>What?", "images": ["0.png"]}
                {"id": "lost", "problem": "<image>What?", "images": ["absent.png"], "answer": "A"}
                {"id": "text", "problem": "<image>What?", "images": ["questions.jsonl"], "answer": "A"}
                {"broken
                """
            let file = folder.appendingPathComponent("questions.jsonl")
            try (Data(contentsOf: file) + Data(lines.utf8)).write(to: file)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let summary = try await bench.run(bench.write(server.url))
            #expect(summary.funnel.accepted == 2 && summary.funnel.rejectedBy == ["input": 5], "\(summary.funnel)")
            #expect(server.questions.count == 6)
            let store = try SynthesisStore(reading: bench.output)
            try store.forEachSample([.rejected]) { #expect($0.reason?.isEmpty == false) }
        }
    }

    @Test func aPlanAsksNobody() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 10)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let prices = ["description", "reasoning", "anchors"].map { "  - {model: model-\($0), input: 1, output: 2}" }
            let settings = try bench.write(
                server.url, stage: ["requests_per_minute: 60000"], more: "prices:\n" + prices.joined(separator: "\n"))
            let none = try SynthesisStore.reading(ifPresentIn: settings.output)
            let plan = try SynthesisPlan(settings, store: none, judge: NoJudge())
            #expect(none == nil && !FileManager.default.fileExists(atPath: settings.output.path))
            #expect(server.questions.isEmpty && plan.samples == 10 && plan.finished == 0)
            #expect(plan.stages.map(\.requests) == [10, 10, 10] && plan.stages.map(\.known) == [0, 0, 0])
            #expect((plan.cost ?? 0) > 0)
            // Anchors are to be made again: what is known costs nothing.
            try await bench.run(settings)
            let changed = try bench.write(
                server.url, more: "prices:\n" + prices.joined(separator: "\n"), change: ["anchors": ["top_p: 0.5"]])
            let file = settings.output.appendingPathComponent(SynthesisStore.fileName)
            let before = try Data(contentsOf: file)
            let later = try #require(try SynthesisStore.reading(ifPresentIn: changed.output))
            let rest = try SynthesisPlan(changed, store: later, judge: NoJudge())
            #expect(rest.samples == 10 && rest.finished == 0 && rest.unusable == 0)
            #expect(try later.funnel().accepted == 10 && Data(contentsOf: file) == before)
            let same = try SynthesisPlan(settings, store: later, judge: NoJudge())
            #expect(same.finished == 10 && same.stages.map(\.requests) == [0, 0, 0])
            #expect(rest.stages.map(\.requests) == [0, 0, 10] && rest.stages.map(\.known) == [10, 10, 0], "\(rest)")
            #expect((rest.cost ?? 0) < (plan.cost ?? 0))
            try later.close()
        }
    }

    @Test func aKeyIsNowhereButInItsHeader() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 12)
            let key = "sk-5ecret-0123456789abcdef"
            // It is said back in every place that can be thought of, also where words are cut short.
            let server = try ChatServer { question, before in
                let said = question.headers["authorization"] ?? ""
                let long = String(repeating: "x", count: 190) + said
                switch (Model.number(question) % 6, before) {
                case (0, 0): return .status(500, body: #"{"error": {"message": "\#(long)"}}"#)
                case (1, 0): return .raw("nonsense \(said)", type: "text/plain")
                case (2, _) where Model.stage(question) == .reasoning: return .status(400, body: "bad \(said)")
                case (3, 0): return .json(["error": ["message": "you sent \(said)"]])
                case (4, _):
                    return .answer(
                        ["\(Model.words(question).replacingOccurrences(of: "</think>", with: "\(said)</think>"))"],
                        to: question)
                case (5, 0):
                    return .json([
                        "choices": [["index": 0, "message": ["content": "a"], "finish_reason": said] as [String: Any]]
                    ])
                default: return Model.answer(question)
                }
            }
            let settings = try bench.write(server.url, stage: ["key_env: THE_KEY", "first_delay: 0.001"])
            let events = Shared("")
            let summary = try await bench.run(settings, environment: ["THE_KEY": key]) { event in
                events.withLock { $0 += "\(event)\n" }
            }
            #expect(server.questions.allSatisfy { $0.headers["authorization"] == "Bearer \(key)" })
            let store = try SynthesisStore(settings.output)
            _ = try SynthesisExport(settings, store: store).write()
            var texts = events.value + "\(summary)"
            dump(settings, to: &texts)
            try store.forEachSample { dump($0, to: &texts) }
            #expect(!texts.contains(key) && texts.contains("***"))
            let pieces = [key, String(key.prefix(10))].map { Data($0.utf8) }
            var files = 0
            for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
                ?? .init()
            {
                guard let data = try? Data(contentsOf: file) else { continue }
                files += 1
                for piece in pieces { #expect(data.range(of: piece) == nil, "\(file.lastPathComponent)") }
            }
            #expect(files > 15)
            try store.close()
        }
    }

    @Test func aKeyThatIsRefusedStopsTheRunWithoutNamingIt() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 12)
            let server = try ChatServer { question, _ in
                .status(401, body: #"{"error": {"message": "\#(question.headers["authorization"] ?? "") is wrong"}}"#)
            }
            let settings = try bench.write(server.url, stage: ["key_env: THE_KEY", "concurrency: 2"])
            let summary = try await bench.run(settings, environment: ["THE_KEY": "sk-5ecret-0123456789"])
            guard case .endpoint(let words) = summary.stop else {
                Issue.record("nothing stopped it")
                return
            }
            #expect(
                words.contains("does not accept the key (401)") && words.contains("THE_KEY")
                    && !words.contains("5ecret"))
            #expect(summary.funnel.waiting == 12 && server.questions.count <= 4)
        }
    }
}
