import ChatServer
import Foundation
import GRDB
import Synthesis
import Testing

/// Two runs with different settings on one store.
@Suite struct OtherSettingsTests {
    @Test func whoeverHasOtherSettingsIsRefusedWhileAnotherWorks() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 30)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.05) }
            let old = try bench.write(server.url, stage: ["concurrency: 2"])
            let store = try SynthesisStore(old.output)
            let run = try SynthesisRun(old, store: store, judge: NoJudge())
            let task = Task { try await run.run() }
            while server.questions.count < 6 { try await Task.sleep(for: .milliseconds(5)) }
            let before = try fingerprints(bench)
            let new = try bench.write(server.url, change: ["anchors": ["temperature: 0.3"]])
            let other = try SynthesisStore(new.output)
            #expect { () throws in try SynthesisRun(new, store: other, judge: NoJudge()) } throws: {
                $0.localizedDescription
                    == "Another process works on \(other.url.path) with other settings; let it end or stop it first, or "
                    + "give another folder as output."
            }
            // A plan changes nothing either.
            let plan = try SynthesisPlan(new, store: other, judge: NoJudge())
            #expect(plan.samples == 30 && plan.finished == 0 && plan.stages[2].requests == 30)
            #expect(try fingerprints(bench) == before)
            #expect(try await task.value.funnel.accepted == 30 && server.questions.count == 90)
            // Now that it has ended, the new ones may.
            let later = try await SynthesisRun(new, store: other, judge: NoJudge()).run()
            #expect(later.funnel.accepted == 30 && server.questions.count == 120)
            try store.close()
            try other.close()
        }
    }

    /// As if a process had been asleep for longer than its lease, and another had taken the store over.
    @Test func whatWasMadeWithOtherSettingsIsNotRecorded() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 4)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.3) }
            let settings = try bench.write(server.url)
            let task = Task { try await bench.run(settings) }
            while server.questions.count < 4 { try await Task.sleep(for: .milliseconds(5)) }
            let queue = try DatabaseQueue(path: bench.output.appendingPathComponent(SynthesisStore.fileName).path)
            try await queue.write {
                let other = String(repeating: "0", count: 64)
                try $0.execute(sql: "UPDATE samples SET fingerprint = '\(other) changed'")
            }
            let summary = try await task.value
            #expect(summary.funnel.accepted == 0 && summary.funnel.waiting == 4, "\(summary.funnel)")
            let owners = try await queue.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM samples WHERE owner IS NOT NULL")
            }
            #expect(owners == 0)
            try queue.close()
            // What was answered is kept all the same.
            let again = try await bench.run(settings)
            #expect(again.funnel.accepted == 4 && server.questions.count == 12)
        }
    }

    @Test func aRunThatIsNeverStartedHoldsNobodyBack() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 2)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let old = try bench.write(server.url)
            let store = try SynthesisStore(old.output)
            _ = try SynthesisRun(old, store: store, judge: NoJudge())
            let new = try bench.write(server.url, change: ["anchors": ["temperature: 0.3"]])
            let summary = try await SynthesisRun(new, store: store, judge: NoJudge()).run()
            #expect(summary.funnel.accepted == 2)
            try store.close()
        }
    }

    private func fingerprints(_ bench: Bench) throws -> [String] {
        let queue = try DatabaseQueue(path: bench.output.appendingPathComponent(SynthesisStore.fileName).path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "SELECT fingerprint FROM samples ORDER BY id") }
    }
}
