import Foundation
import Testing

/// `avar sweep`: interventions side by side, resumable.
@Suite(.serialized) struct SweepTests {
    private func sweep(
        _ data: VASData, _ arguments: String..., meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Command.run(
            ["sweep", "--model", Command.checkpoint.path, "--data", "data.jsonl", "--max-new-tokens", "6"] + arguments,
            in: data.folder, meanwhile: meanwhile)
    }

    @Test func everyInterventionOnEverySample() throws {
        try withVASData { data in
            try data.write(VASData.questions(5))
            let run = try sweep(
                data, "--json", "--enhance", "0,0.3", "--suppress", "0,0.4", "--modulate", "scores", "raw", "--presets",
                "vaf",
                "pai", "vcd", "--output", "out")
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            let rows = try #require(json["rows"] as? [[String: Any]])
            let names = rows.compactMap { ($0["point"] as? [String: Any])?["name"] as? String }
            #expect(names.count == 12 && names[0] == "none" && names.suffix(3) == ["vaf", "pai", "vcd"])
            #expect(try data.samples().count == 5 * 12)
            func pooled(_ name: String) throws -> Double {
                let place = try #require(names.firstIndex(of: name))
                let row = try #require(rows[place]["question"] as? [String: [String: Any]])
                return try #require(row["pooled"]?["value"] as? Double)
            }
            #expect(try pooled("scores +0 -0") == pooled("none"))
            #expect(try pooled("raw +0.3 -0.4") > 1.5 * pooled("none"))
            // vcd and pai leave the question's attention alone.
            #expect(try pooled("vcd") == pooled("none") && pooled("pai") == pooled("none"))
            #expect(rows.allSatisfy { $0["tokens_per_second"] is Double && $0["accuracy"] is Double })
            #expect(rows[0]["changed_answers"] as? Double == 0)
            let page = try String(decoding: data.file("out/report.html"), as: UTF8.self)
            #expect(page.contains("raw +0.3 -0.4") && page.contains("Accuracy over"))
            let text = try sweep(data, "--limit", "1").output
            #expect(text.contains("scores +0.15 -0.6") && text.contains("tokens/s"))
        }
    }

    @Test func killedAndInterrupted() throws {
        try withVASData { data in
            try data.write(VASData.questions(40))
            var kills = 0
            for attempt in 0..<200 where data.lineCount() < 40 * 5 {
                let run = try sweep(data, "--output", "out") { process in
                    let target = data.lineCount() + Int.random(in: 5...60)
                    while process.isRunning, data.lineCount() < target { usleep(2_000) }
                    if process.isRunning { kills += 1 }
                    if attempt % 2 == 0 {
                        kill(process.processIdentifier, SIGKILL)
                    } else {
                        process.interrupt()
                    }
                }
                #expect([0, 9, 130].contains(run.status), "\(run.errors)")
            }
            #expect(kills > 0)
            #expect(try sweep(data, "--output", "out").status == 0)
            let keys = try data.samples().map { "\($0["line"] ?? "") \($0["point"] ?? "")" }
            #expect(keys.count == 200 && Set(keys).count == 200)
            let other = try sweep(data, "--output", "out", "--enhance", "0.2")
            #expect(
                other.status == 1 && other.failure?.contains("the interventions were none; scores +0.15 -0;") == true)
        }
    }

    @Test func badSamplesAndBadOptions() throws {
        try withVASData { data in
            try data.write(VASData.questions(2) + #"{"problem": "what?", "images": ["missing.png"]}"# + "\n")
            let stopped = try sweep(data)
            #expect(stopped.status == 1 && stopped.failure?.contains("ine 3 of") == true, "\(stopped.errors)")
            let skipped = try sweep(data, "--skip-bad", "--json")
            #expect(skipped.status == 0)
            #expect((try skipped.json()["skipped"] as? [[String: Any]])?.first?["line"] as? Int == 3)
            #expect(try sweep(data, "--suppress", "1").failure?.contains("removes nothing") == true)
            for arguments in [["--enhance", "a"], ["--enhance", "0.1,0.1"], ["--max-new-tokens", "1"]] {
                let run = try Command.run(
                    ["sweep", "--model", Command.checkpoint.path, "--data", "data.jsonl"] + arguments, in: data.folder)
                #expect(run.status == 64)
            }
        }
    }
}
