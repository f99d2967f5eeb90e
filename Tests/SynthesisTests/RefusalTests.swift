import ChatServer
import Foundation
import Synthesis
import Testing

/// Endpoints that are busy, or refuse.
@Suite struct RefusalTests {
    @Test func oneThatIsBusyIsLeftAloneByAllAndCostsNoRetries() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 12)
            let until = Shared<ContinuousClock.Instant?>(nil)
            let (early, busy) = (Shared(0), Shared(0))
            let server = try ChatServer { question, _ in
                let now = ContinuousClock.now
                let isOpen = until.withLock { until -> Bool in
                    if let end = until, now >= end { return true }
                    if until == nil { until = now + .seconds(1) }
                    return false
                }
                if isOpen { return Model.answer(question) }
                busy.withLock { $0 += 1 }
                // What was under way when the first was refused may still come, for a moment.
                if let end = until.value, now > end - .seconds(0.7) { early.withLock { $0 += 1 } }
                return .status(429, ["Retry-After": "1"])
            }
            // Without retries: being busy is no failure of the request.
            let settings = try bench.write(server.url, stage: ["retries: 0", "first_delay: 0.001", "concurrency: 4"])
            let summary = try await bench.run(settings)
            #expect(summary.stop == nil && summary.funnel.accepted == 12, "\(summary.funnel)")
            #expect(early.value == 0 && (1...4).contains(busy.value), "\(early.value) of \(busy.value)")
            #expect(summary.funnel.stages.reduce(0) { $0 + $1.requests } == server.questions.count)
        }
    }

    @Test(arguments: [(429, "a moment too long"), (503, "closed")])
    func oneThatAsksForTooLongAWaitStopsTheRun(_ status: Int, _ words: String) async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 6)
            let server = try ChatServer { _, _ in .status(status, ["Retry-After": "4000"], body: words) }
            let summary = try await bench.run(
                bench.write(server.url, stage: ["longest_delay: 60", "first_delay: 0.001", "concurrency: 2"]))
            let host = server.url.dropFirst("http://".count).dropLast("/v1".count)
            #expect(summary.stop == .endpoint("\(host) asks to come back in 67 min"), "\(summary)")
            #expect(summary.funnel.waiting == 6 && summary.funnel.rejected == 0 && server.questions.count <= 2)
        }
    }

    @Test func refusalsOfEverythingStopTheRun() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 60)
            let server = try ChatServer { _, _ in .status(400, body: #"{"error": "no such field"}"#) }
            let summary = try await bench.run(bench.write(server.url, stage: ["concurrency: 4"]))
            guard case .endpoint(let words) = summary.stop else {
                Issue.record("nothing stopped it: \(summary)")
                return
            }
            #expect(
                words.contains("(400), saying “no such field”, as 20 of the stage description in a row"), "\(words)")
            #expect(summary.funnel.rejected == 19 && summary.funnel.waiting == 41, "\(summary.funnel)")
            let requests = summary.funnel.stages[0].requests
            #expect(requests == server.questions.count && (20...23).contains(requests))
        }
    }

    @Test func aLimitOfRequestsCountsRefusals() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 30)
            let server = try ChatServer { _, _ in .status(400) }
            let settings = try bench.write(server.url, more: "limits:\n  requests: 10")
            for _ in 0..<2 {
                let summary = try await bench.run(settings)
                #expect(summary.stop == .cap("the limit of 10 requests is reached"), "\(summary)")
                #expect(server.questions.count == 10 && summary.funnel.stages[0].failures == 10)
            }
        }
    }

    @Test func refusalsOfSomeStopNothing() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 60)
            let server = try ChatServer { question, _ in
                Model.number(question) % 2 == 0 ? .status(400) : Model.answer(question)
            }
            let summary = try await bench.run(bench.write(server.url, stage: ["concurrency: 1"]))
            #expect(summary.stop == nil && summary.funnel.accepted == 30, "\(summary)")
            #expect(summary.funnel.rejectedBy == ["endpoint": 30])
        }
    }

    @Test func oneThatHasMovedStopsTheRunAtOnce() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 6)
            let server = try ChatServer { _, _ in .status(307, ["Location": "http://localhost:1/v1"]) }
            let summary = try await bench.run(bench.write(server.url, stage: ["concurrency: 1"]))
            guard case .endpoint(let words) = summary.stop else {
                Issue.record("nothing stopped it: \(summary)")
                return
            }
            #expect(words.contains("refuses the request (307); give the address that it leads to"), "\(words)")
            #expect(summary.funnel.waiting == 6 && server.questions.count == 1)
        }
    }
}
