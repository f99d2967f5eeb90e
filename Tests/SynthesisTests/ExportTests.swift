import ChatServer
import Foundation
import Samples
import Synthesis
import Testing

@Suite struct ExportTests {
    @Test(arguments: ["copy", "link"])
    func theDataSetIsReadAsConversations(_ transfer: String) async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 4)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let settings = try bench.write(
                server.url, more: "dataset:\n  name: mine\n  pictures: \(transfer)\n  instruction: Think.")
            try await bench.run(settings, judge: WordJudge { $0.id == "q2" })
            let store = try SynthesisStore(settings.output)
            let result = try SynthesisExport(settings, store: store).write()
            #expect(result.samples == 3 && result.pictures == 3 && result.missing.isEmpty)
            let set = settings.output.appendingPathComponent("dataset")
            // By its entry, and as a file.
            for source in [
                try SampleFiles.source(set.path, named: "mine"), try SampleFiles.source(set.path + "/mine.json"),
            ] {
                let samples = try source.entries().map { try $0.sample() }
                #expect(samples.map(\.id) == ["q0", "q1", "q3"])
                for sample in samples {
                    #expect(sample.turns.count == 2 && sample.pictures.count == 1)
                    #expect(sample.turns[0].text.hasSuffix("B. wrong\nThink."))
                    #expect(sample.answer?.hasPrefix("<think>Looking at ") == true)
                    #expect(sample.answer?.hasSuffix("</think><answer>A</answer>") == true)
                    _ = try sample.pictures[0].image()
                }
                let number = try Data(contentsOf: folder.appendingPathComponent("3.png"))
                #expect(try samples[2].pictures[0].bytes() == number)
            }
            let lines = try String(contentsOf: set.appendingPathComponent("provenance/mine.jsonl"), encoding: .utf8)
                .split(separator: "\n")
            #expect(lines.count == 3)
            let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
            let requests = object?["requests"] as? [[String: Any]]
            #expect(
                requests?.compactMap { $0["model"] as? String } == [
                    "model-description", "model-reasoning", "model-anchors",
                ])
            #expect(requests?.allSatisfy { ($0["hash"] as? String)?.count == 64 } == true)
            #expect((object?["prompt_tokens"] as? Int) == 300 && (object?["verdicts"] as? [Any])?.count == 2)
            // Written again it takes the place of the old one, and leaves nothing beside it.
            _ = try SynthesisExport(settings, store: store).write()
            let names = try FileManager.default.contentsOfDirectory(atPath: settings.output.path)
            #expect(
                Set(names).isSubset(of: ["dataset", "synthesis.sqlite", "synthesis.sqlite-wal", "synthesis.sqlite-shm"]
                ), "\(names)")
            try store.close()
        }
    }

    @Test func anUnfinishedRunKeepsALargerSet() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 6)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let settings = try bench.write(server.url)
            try await bench.run(settings)
            let store = try SynthesisStore(settings.output)
            let whole = try SynthesisExport(settings, store: store).write()
            #expect(whole.samples == 6 && !whole.isKept && whole.samplesSoFar == 6)
            // Other settings, and a cap that lets two samples through at most.
            let changed = try bench.write(
                server.url, stage: ["concurrency: 1"], more: "limits:\n  requests: 24",
                change: ["anchors": ["temperature: 0.3"], "reasoning": ["temperature: 0.3"]])
            let summary = try await SynthesisRun(changed, store: store, judge: NoJudge()).run()
            #expect(summary.funnel.waiting > 0 && summary.funnel.accepted < 6)
            let kept = try SynthesisExport(changed, store: store).write()
            #expect(kept.isKept && kept.samples == 6 && kept.pictures == 6)
            #expect(kept.samplesSoFar == summary.funnel.accepted)
            let set = settings.output.appendingPathComponent("dataset")
            #expect(try SampleFiles.source(set.path, named: "vard").count() == 6)
            let names = try FileManager.default.contentsOfDirectory(atPath: settings.output.path)
            #expect(!names.contains { $0.hasSuffix(".tmp") })
            // Whoever wants the smaller one says so; what is finished takes the place of any.
            let forced = try SynthesisExport(changed, store: store).write(keepsLargerWhileUnfinished: false)
            #expect(!forced.isKept && forced.samples == summary.funnel.accepted)
            try store.close()
        }
    }

    @Test func whatCannotBeWrittenLeavesTheOldSet() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 2)
            let server = try ChatServer { question, _ in Model.answer(question) }
            let settings = try bench.write(server.url)
            try await bench.run(settings)
            let store = try SynthesisStore(settings.output)
            _ = try SynthesisExport(settings, store: store).write()
            // A picture that has gone leaves its sample out, and says so.
            try FileManager.default.removeItem(at: folder.appendingPathComponent("1.png"))
            let result = try SynthesisExport(settings, store: store).write()
            #expect(result.samples == 1 && result.missing == ["q1"])
            // The data that have gone leave everything as it is.
            try FileManager.default.removeItem(at: folder.appendingPathComponent("questions.jsonl"))
            #expect(throws: (any Error).self) { () throws in try SynthesisExport(settings, store: store).write() }
            let set = settings.output.appendingPathComponent("dataset")
            #expect(try SampleFiles.source(set.path, named: "vard").count() == 1)
            let names = try FileManager.default.contentsOfDirectory(atPath: settings.output.path)
            #expect(!names.contains { $0.hasSuffix(".tmp") })
            try store.close()
        }
    }
}
