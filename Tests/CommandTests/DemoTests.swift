import Foundation
import HeadlessBrowser
import Testing

/// `avar demo`: every stage on a few questions, and its page.
@Suite(.serialized) struct DemoTests {
    private func demo(_ arguments: String..., in folder: URL) throws -> Command.Outcome {
        try Command.run(["demo", "--model", Command.checkpoint.path] + arguments, in: folder)
    }

    @Test(.timeLimit(.minutes(10))) func everyStageAndThePage() throws {
        try withTemporaryFolder { folder in
            let run = try demo(
                "--limit", "14", "--training-steps", "2", "--iterations", "2", "--output", "out", "--json", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            #expect(json["questions"] as? Int == 14 && json["parameters"] as? Int == 2_939_904)
            let answers = try #require(json["answers"] as? [String: Any])
            let rows = try #require((answers["exam"] as? [String: Any])?["rows"] as? [[String: Any]])
            #expect(rows.compactMap { $0["condition"] as? String } == ["picture", "shuffled", "blind"])
            let swept = try #require((json["sweep"] as? [String: Any])?["rows"] as? [[String: Any]])
            #expect(swept.count == 6)
            // The stages look at the same questions: what is measured while answering is what the sweep has without change.
            let scores = try #require((answers["attention"] as? [String: Any])?["scores"] as? [String: [String: Any]])
            let plain = try #require((swept[0]["question"] as? [String: [String: Any]])?["pooled"])
            let (a, b) = (try #require(scores["pooled"]?["value"] as? Double), try #require(plain["value"] as? Double))
            #expect(abs(a - b) < 1e-9 * b)
            let total = try #require(rows[0]["total"] as? [String: Any])
            let accuracy = try #require(total["accuracy"] as? Double)
            #expect(accuracy == swept[0]["accuracy"] as? Double)
            // The same questions by the path of benchmarks, with a page of their own.
            let benchmark = try #require(json["benchmark"] as? [String: Any])
            #expect(benchmark["set"] as? String == "microworld" && benchmark["questions"] as? Int == 14)
            let readings = try #require(benchmark["readings"] as? [[String: Any]])
            let share = (readings[0]["accuracy"] as? [String: Any])?["share"] as? [String: Any]
            #expect(share?["accuracy"] as? Double == accuracy, "the exam's rule and the strict reading agree here")
            #expect(
                FileManager.default.fileExists(
                    atPath: folder.appendingPathComponent("out/benchmark/report.html").path))
            #expect((json["correlation"] as? [String: Any])?.count == 4)
            // Data that look back, through the served oracle and its faults.
            let synthesis = try #require(json["synthesis"] as? [String: Any])
            let funnel = try #require(synthesis["funnel"] as? [String: Any])
            #expect(funnel["samples"] as? Int == 60 && funnel["waiting"] as? Int == 0)
            #expect(try #require(synthesis["samples"] as? Int) > 40)
            #expect(
                FileManager.default.fileExists(
                    atPath: folder.appendingPathComponent("out/synthesis/dataset/vard.json").path))
            #expect(try #require(json["pictures"] as? [String]).count >= 12)
            let trained = try #require((json["cold_start"] as? [String: Any])?["rows"] as? [[String: Any]])
            #expect(trained.compactMap { $0["name"] as? String } == ["base", "multimodal", "text", "anchored"])
            #expect(trained.dropFirst().allSatisfy { $0["language_loss"] is Double })
            #expect(trained.allSatisfy { ($0["accuracy"] as? [String: Any])?["count"] as? Int == 14 })
            let shares = try trained.map { row in
                try #require((row["attention"] as? [String: Any])?["layers"] as? [[String: Any]])
                    .compactMap { $0["visual"] as? Double }.reduce(0, +)
            }
            let reinforced = try #require((json["reinforcement"] as? [String: Any])?["rows"] as? [[String: Any]])
            #expect(reinforced.compactMap { $0["name"] as? String } == ["before", "plain", "visual"])
            #expect(reinforced.allSatisfy { ($0["accuracy"] as? [String: Any])?["count"] as? Int == 14 })
            // Two steps are enough for guidance to be seen.
            #expect(shares[3] > shares[1] && shares[3] > shares[0], "\(shares)")

            let browser = try Browser()
            let page = folder.appendingPathComponent("out/report.html")
            for width in [420, 1400] {
                try browser.open(page, width: width)
                #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            }
            #expect(browser.complaints == [])
            #expect(try #require(browser.evaluate("document.querySelectorAll('.overlay').length") as? Int) >= 12)
            let text = try browser.evaluate("document.body.innerText") as? String ?? ""
            for words in [
                "shuffled", "renormalized +0.15 -0.4", "not models", "Family by family", "Layer by layer",
                "test-puzzle-000006", "anchored, guided", "Attention on the picture while learning",
                "GRPO from the guided cold start", "Where rollouts look",
            ] { #expect(text.contains(words), "\(words)") }
            let before = try browser.evaluate("document.querySelector('.overlay canvas').toDataURL()") as? String
            try browser.hover(browser.box(".overlay .chip:nth-of-type(2)"))
            #expect(try browser.evaluate("document.querySelector('.overlay canvas').toDataURL()") as? String != before)
        }
    }

    @Test func theTableEndsWithThePage() throws {
        try withTemporaryFolder { folder in
            let run = try demo("--limit", "7", "--training-steps", "0", "--output", "deep/out", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let last = try #require(run.output.split(separator: "\n").last)
            #expect(last.hasSuffix("deep/out/report.html"))
            #expect(run.output.contains("by family") && run.output.contains("vaf") && run.output.contains("rho"))
            #expect(!run.output.contains("cold starts"))
            let summary = try Data(contentsOf: folder.appendingPathComponent("deep/out/summary.json"))
            #expect((try JSONSerialization.jsonObject(with: summary) as? [String: Any])?["questions"] as? Int == 7)
        }
    }

    /// After Ctrl-C nothing is asked twice, more questions are added, and what is of another checkpoint is replaced.
    @Test(.timeLimit(.minutes(6))) func goesOnAndReplacesOthers() throws {
        try withTemporaryFolder { folder in
            func lines(_ part: String) -> [Data.SubSequence] {
                (try? Data(contentsOf: folder.appendingPathComponent("out/\(part)/samples.jsonl")))?
                    .split(separator: UInt8(ascii: "\n")) ?? []
            }
            for part in ["exam", "sweep"] {
                let arguments = [
                    "demo", "--model", Command.checkpoint.path, "--limit", "21", "--training-steps", "0", "--output",
                    "out",
                    "--json",
                ]
                let stopped = try Command.run(arguments, in: folder) { process in
                    while process.isRunning, lines(part).count < 9 { usleep(2_000) }
                    process.interrupt()
                }
                #expect(stopped.status == 130 && stopped.output.isEmpty, "\(stopped.errors)")
                #expect(stopped.errors.contains("The same command goes on where this one was."))
                #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/report.html").path))
            }
            let kept = lines("exam") + lines("sweep")
            let whole = try demo(
                "--limit", "21", "--training-steps", "0", "--output", "out", "--json", in: folder)
            #expect(whole.status == 0 && whole.errors.contains("measured before"), "\(whole.errors)")
            let (exam, sweep) = (lines("exam"), lines("sweep"))
            #expect(exam.count == 21 * 3 && sweep.count == 21 * 6)
            #expect((exam + sweep).count { kept.contains($0) } == kept.count)
            // Others than a demo are kept out, and keep out.
            let foreign = try Command.run(
                "microworld", "exam", "--model", Command.checkpoint.path, "--count", "3", "--output", "out/exam",
                in: folder)
            #expect(foreign.status == 1 && foreign.sentence?.contains("avar demo") == true, "\(foreign.errors)")
            let copy = folder.appendingPathComponent("other")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            let settings = copy.appendingPathComponent("generation_config.json")
            try (Data(contentsOf: settings) + Data("\n".utf8)).write(to: settings)
            let other = try Command.run(
                "demo", "--model", copy.path, "--limit", "7", "--training-steps", "0", "--output", "out", "--json",
                in: folder)
            #expect(other.status == 0 && !other.errors.contains("measured before"), "\(other.errors)")
            #expect(other.errors.contains("out/exam is replaced: the model was "))
            #expect(lines("exam").count == 7 * 3 && lines("sweep").count == 7 * 6)
        }
    }

    /// A cold start goes on where Ctrl-C left it, one of other settings is begun anew, and one that is no demo's is left alone.
    @Test(.timeLimit(.minutes(6))) func trainingsGoOn() throws {
        try withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("out/cold-start/text")
            func weights(_ output: String) throws -> Data {
                try Data(
                    contentsOf: folder.appendingPathComponent("\(output)/cold-start/text/checkpoint/model.safetensors"))
            }
            func arguments(_ output: String, steps: String = "4") -> [String] {
                [
                    "demo", "--model", Command.checkpoint.path, "--limit", "3", "--training-steps", steps,
                    "--iterations", "0", "--output",
                    output, "--json",
                ]
            }
            let stopped = try Command.run(arguments("out"), in: folder) { process in
                let state = place.appendingPathComponent("step-1").path
                while process.isRunning, !FileManager.default.fileExists(atPath: state) { usleep(2_000) }
                process.interrupt()
            }
            #expect(stopped.status == 130 && stopped.errors.contains("goes on where this one was"), "\(stopped.errors)")
            let resumed = try Command.run(arguments("out"), in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            let whole = try Command.run(arguments("whole"), in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            #expect(try weights("out") == weights("whole"))
            let longer = try Command.run(arguments("out", steps: "5"), in: folder)
            #expect(longer.status == 0, "\(longer.errors)")
            #expect(try weights("out") != weights("whole"))

            try Data("checkpoint of somebody\n".utf8).write(to: place.appendingPathComponent("settings.txt"))
            let foreign = try Command.run(arguments("out"), in: folder)
            #expect(foreign.status == 1 && foreign.errors.contains("choose another folder"), "\(foreign.errors)")
            #expect(FileManager.default.fileExists(atPath: place.appendingPathComponent("checkpoint").path))
        }
    }

    @Test func whatIsMissingOrWrong() throws {
        try withTemporaryFolder { folder in
            // Nothing lies here, and a name like a folder's is not looked for elsewhere.
            let missing = try Command.run("demo", in: folder)
            #expect(missing.status == 1, "\(missing.errors)")
            #expect(missing.sentence?.contains("Checkpoints/microworld cannot be read") == true, "\(missing.errors)")
            try Data("x".utf8).write(to: folder.appendingPathComponent("file"))
            let output = try demo("--limit", "3", "--output", "file", in: folder)
            #expect(
                output.status == 1 && output.sentence?.contains("file cannot be written") == true, "\(output.errors)")
            for limit in ["0", "2", "-5", "x"] {
                #expect(try demo("--limit", limit, in: folder).status == 64)
            }
        }
    }
}
