import ChatServer
import Foundation
import HeadlessBrowser
import Synchronization
import Testing

/// `avar eval`: benchmarks in every layout, answered and scored from end to end.
@Suite(.serialized) struct EvalRunTests {
    private static let benchmarks = Command.fixtures.appendingPathComponent("benchmarks")
    private static let kits = [
        "HallusionBench", "MMMU_DEV_VAL", "MMMU_Pro_10c", "MMMU_Pro_V", "MMStar", "MathVerse_MINIVOnly", "MathVision",
        "MathVista_MINI",
    ]
    /// The pictures small enough for the microworld's checkpoint.
    private static let small = ["--min-pixels", "3136", "--max-pixels", "25088", "--max-new-tokens", "6"]

    private func model(_ arguments: [String], in folder: URL = Command.package) throws -> Command.Outcome {
        try Command.run(["eval", "--model", Command.checkpoint.path] + arguments, in: folder)
    }

    private func rows(_ url: URL, _ separator: Character = "\t") throws -> [[String]] {
        // The fixtures' texts hold no line breaks where this is used.
        try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        }
    }

    // MARK: Layouts

    @Test func allSevenInOneRunFromTheKitsTables() throws {
        try withTemporaryFolder { folder in
            let data = Self.kits.flatMap { ["--data", Self.benchmarks.appendingPathComponent("tsv/\($0).tsv").path] }
            let run = try model(data + Self.small + ["--output", "out"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let out = folder.appendingPathComponent("out")
            let summary = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: out.appendingPathComponent("summary.json")))
                    as? [String: Any])
            let sets = try #require(summary["sets"] as? [[String: Any]])
            #expect(sets.count == 8)
            for set in sets {
                let readings = try #require(set["readings"] as? [[String: Any]])
                #expect(readings.map { $0["name"] as? String } == ["strict", "reference"])
                let attention = try #require(set["attention"] as? [String: Any])
                #expect(attention["answers"] as? Int == set["questions"] as? Int)
            }
            // One table over all seven, the published rows below ours; MMMU-Pro is the mean of both forms.
            let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("GPT-4o") })
            #expect(
                line.split(separator: " ").map(String.init) == [
                    "GPT-4o", "63.8", "31.2", "-", "70.7", "54.5", "65.1", "56.2", "-",
                ])
            #expect(run.output.contains("Not asked: 1 row without a picture."))
            for name in ["answers.jsonl", "answers.csv", "report.html", "evaluation.sqlite"] {
                #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent(name).path), "\(name)")
            }
            let browser = try Browser()
            for width in [420, 1400] {
                try browser.open(out.appendingPathComponent("report.html"), width: width)
                #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            }
            #expect(browser.complaints == [])
            let text = try browser.evaluate("document.body.innerText") as? String ?? ""
            let count = sets.reduce(0) { $0 + ($1["questions"] as? Int ?? 0) }
            for words in [
                "Every question and answer", "\(count) of \(count) items", "AVAR-Thinker", "HallusionBench by group",
                "Read by reference", "Please select the correct answer from the options above.",
            ] { #expect(text.contains(words), "\(words)") }
            #expect((try browser.evaluate("document.querySelectorAll('main img').length") as? Int ?? 0) > 10)
            // The table that the kit reads: the columns of the file without the pictures, and the answer.
            let given = try rows(Self.benchmarks.appendingPathComponent("tsv/MMStar.tsv"))[0]
            let predicted = try rows(out.appendingPathComponent("predictions/mmstar.tsv"))[0]
            #expect(predicted == given.filter { $0 != "image" } + ["prediction"])
        }
    }

    @Test(arguments: [
        "mathvista", "mathvision", "mathverse", "mmmu", "mmmu-pro", "mmmu-pro-vision", "mmstar",
        "hallusionbench",
    ])
    func everyLayoutOfTheHub(_ name: String) throws {
        let file = Self.benchmarks.appendingPathComponent("parquet/\(name).parquet").path
        let run = try model(["--data", file, "--json"] + Self.small)
        #expect(run.status == 0, "\(run.errors)")
        let sets = try #require(try run.json()["sets"] as? [[String: Any]])
        #expect(sets.map { $0["set"] as? String } == [name])
        #expect((sets[0]["questions"] as? Int ?? 0) > 1)
    }

    @Test func otherCommandsReadTheSameFiles() throws {
        for file in ["tsv/MMStar.tsv", "parquet/mmstar.parquet", "jsonl/MMStar.jsonl", "tsv/MathVista_MINI.tsv"] {
            let data = ["--data", Self.benchmarks.appendingPathComponent(file).path, "--limit", "2"]
            let measured = try Command.run(["vas", "--model", Command.checkpoint.path, "--json"] + data)
            #expect(measured.status == 0, "\(file): \(measured.errors)")
            #expect(try measured.json()["class"] is String)
            let generated = try Command.run(
                ["generate", "--model", Command.checkpoint.path, "--max-new-tokens", "2"] + data)
            #expect(generated.status == 0, "\(file): \(generated.errors)")
            #expect(generated.output.split(separator: "\n").count == 2)
        }
    }

    // MARK: Samples and comparisons

    @Test func severalSamplesAndMoreOfThemLater() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "--benchmark", "microworld", "--limit", "12", "--temperature", "1", "--seed", "3", "--max-new-tokens",
                "6",
                "--json",
            ]
            let two = try model(arguments + ["--samples", "2", "--output", "a"], in: folder)
            #expect(two.status == 0, "\(two.errors)")
            let four = try model(arguments + ["--samples", "4", "--output", "a"], in: folder)
            #expect(four.status == 0 && four.errors.contains("24 of 48 answers are there."), "\(four.errors)")
            let atOnce = try model(arguments + ["--samples", "4", "--output", "b"], in: folder)
            func texts(_ name: String) throws -> [String] {
                try String(contentsOf: folder.appendingPathComponent("\(name)/answers.jsonl"), encoding: .utf8)
                    .split(separator: "\n").map { line in
                        let item = try #require(
                            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                        return
                            "\(item["index"] ?? "") \(item["sample"] ?? "") \(item["seed"] ?? "") \(item["text"] ?? "")"
                    }
            }
            #expect(try texts("a") == texts("b"))
            #expect(try four.json()["sets"] as? NSArray == atOnce.json()["sets"] as? NSArray)
            let set = try #require((try four.json()["sets"] as? [[String: Any]])?.first)
            let reading = try #require((set["readings"] as? [[String: Any]])?.first)
            let repeated = try #require(reading["repeated"] as? [String: Any])
            let passes = try #require(repeated["passes"] as? [[String: Any]])
            #expect(passes.map { $0["k"] as? Int } == [1, 2, 4])
            // The answers of a run are found again from their seeds, and another seed gives others.
            let other = try model(
                arguments + ["--samples", "4", "--output", "c", "--seed", "4"], in: folder)
            #expect(other.status == 0)
            #expect(try texts("c") != texts("a"))
        }
    }

    @Test func twoRunsAreCompared() throws {
        try withTemporaryFolder { folder in
            let arguments = ["--benchmark", "microworld", "--limit", "30", "--max-new-tokens", "6"]
            #expect(try model(arguments + ["--output", "a"], in: folder).status == 0)
            #expect(
                try model(arguments + ["--output", "b", "--suppress", "0.9", "--enhance", "0.9"], in: folder).status
                    == 0)
            let run = try Command.run(["eval", "compare", "a", "b", "--json", "--report", "page.html"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let comparison = try #require(try run.json()["comparison"] as? [String: Any])
            let part = try #require((comparison["parts"] as? [[String: Any]])?.first)
            let difference = try #require(part["difference"] as? [String: Any])
            let test = try #require(part["mc_nemar"] as? [String: Any])
            let changes = try #require(part["changes"] as? [[String: Any]])
            let (only, also) = (try #require(test["only_first"] as? Int), try #require(test["only_second"] as? Int))
            #expect(changes.count == only + also && only + also > 0)
            let expected = Double(also - only) / 30
            #expect(abs((difference["difference"] as? Double ?? 9) - expected) < 1e-12)
            let same = try Command.run(["eval", "compare", "a", "a"], in: folder)
            #expect(same.status == 0 && same.output.contains("0.0"), "\(same.errors)")
            #expect(try Command.run(["eval", "compare", "a", "none"], in: folder).status == 1)
        }
    }

    // MARK: Nothing is lost

    /// What comes of a run, without what differs from run to run: how long things took.
    private func table(_ folder: URL) throws -> [String] {
        try String(contentsOf: folder.appendingPathComponent("answers.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { line in
                var item = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                item["seconds"] = nil
                return String(
                    decoding: try JSONSerialization.data(withJSONObject: item, options: .sortedKeys), as: UTF8.self)
            }
    }

    @Test func killedTwentyTimes() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "--benchmark", "microworld", "--limit", "240", "--style", "reasoning", "--max-new-tokens", "40",
            ]
            let whole = try model(arguments + ["--output", "whole"], in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            let store = folder.appendingPathComponent("out/evaluation.sqlite-wal")
            func size() -> Int { (try? FileManager.default.attributesOfItem(atPath: store.path)[.size] as? Int) ?? 0 }
            var kills = 0
            for _ in 0..<20 {
                _ = try Command.run(
                    ["eval", "--model", Command.checkpoint.path] + arguments + ["--output", "out"], in: folder
                ) { process in
                    // From the first moments on to the middle of answering.
                    let before = size()
                    let target = Int.random(in: 0...2)
                    let start = Date()
                    while process.isRunning, Date().timeIntervalSince(start) < 20, target > 0, size() <= before {
                        usleep(1_000)
                    }
                    usleep(UInt32.random(in: 0...100_000))
                    if process.isRunning { kills += 1 }
                    kill(process.processIdentifier, SIGKILL)
                }
            }
            #expect(kills == 20)
            let last = try model(arguments + ["--output", "out"], in: folder)
            #expect(last.status == 0, "\(last.errors)")
            #expect(last.output == whole.output)
            #expect(
                try table(folder.appendingPathComponent("out")) == table(folder.appendingPathComponent("whole")))
        }
    }

    @Test func interruptedAndResumed() throws {
        try withTemporaryFolder { folder in
            let arguments = ["--benchmark", "microworld", "--limit", "200", "--max-new-tokens", "6"]
            let run = try Command.run(
                ["eval", "--model", Command.checkpoint.path] + arguments + ["--output", "out"], in: folder
            ) { process in
                let store = folder.appendingPathComponent("out/evaluation.sqlite")
                while process.isRunning, !FileManager.default.fileExists(atPath: store.path) { usleep(1_000) }
                usleep(300_000)
                process.interrupt()
            }
            #expect(run.status == 130 && run.output.isEmpty, "\(run.status) \(run.errors)")
            #expect(run.errors.contains("goes on"))
            let again = try model(arguments + ["--output", "out"], in: folder)
            #expect(again.status == 0, "\(again.errors)")
            // Another model, another prompt: not into this folder.
            let other = try model(arguments + ["--output", "out", "--style", "reasoning"], in: folder)
            #expect(other.status == 1 && other.sentence?.contains("--style") == true, "\(other.errors)")
        }
    }

    // MARK: Endpoints

    @Test func anEndpointInTroubleLosesNothing() throws {
        try withTemporaryFolder { folder in
            let server = try ChatServer { question, before in
                let kind = question.text.utf8.reduce(0) { $0 + Int($1) } % 5
                guard before == 0 else { return .answer("The answer is A.", to: question) }
                switch kind {
                case 0: return .status(429, ["Retry-After": "1"])
                case 1: return .hangUp
                case 2: return Behaviour.stream(["half of it"]).cut(after: 300)
                case 3: return .raw("<html>Welcome</html>", type: "text/html")
                default: return .answer("The answer is A.", to: question)
                }
            }
            defer { try? server.stop() }
            let data = ["--data", Self.benchmarks.appendingPathComponent("tsv/MMStar.tsv").path]
            let run = try Command.run(
                ["eval", "--endpoint", server.url, "--model", "tiny", "--output", "out"] + data, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("answers came in") && run.errors.contains("Requests were repeated"))
            #expect(server.questions.allSatisfy { $0.partKinds.contains("image_url") })
            let asked = server.questions.count
            let again = try Command.run(
                ["eval", "--endpoint", server.url, "--model", "tiny", "--output", "out"] + data, in: folder)
            #expect(again.status == 0 && server.questions.count == asked, "\(again.errors)")
            #expect(again.output == run.output)
        }
    }

    @Test func aDeadEndpointEndsInASentenceAndALaterRunGoesOn() throws {
        try withTemporaryFolder { folder in
            let isOpen = Gate()
            let server = try ChatServer { question, _ in
                isOpen.isOpen ? .answer("B", to: question) : .status(401, body: "who are you")
            }
            defer { try? server.stop() }
            let arguments = [
                "eval", "--endpoint", server.url, "--model", "tiny", "--output", "out", "--data",
                Self.benchmarks.appendingPathComponent("tsv/MMStar.tsv").path,
            ]
            let refused = try Command.run(arguments, in: folder)
            #expect(refused.status == 1 && refused.output.isEmpty)
            #expect(refused.errors.contains("does not accept the key (401), saying “who are you”"), "\(refused.errors)")
            isOpen.open()
            let run = try Command.run(arguments, in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    @Test func aJudgeReadsWhatTheRulesCannot() throws {
        try withTemporaryFolder { folder in
            let answers = try ChatServer { question, _ in
                .answer("It looks like the second one to me, but I am not sure at all what it is.", to: question)
            }
            let judge = try ChatServer { question, _ in .answer("A", to: question) }
            defer {
                try? answers.stop()
                try? judge.stop()
            }
            let arguments = [
                "eval", "--endpoint", answers.url, "--model", "tiny", "--output", "out", "--judge", judge.url,
                "--reading", "judge", "--json", "--data",
                Self.benchmarks.appendingPathComponent("tsv/MMStar.tsv").path,
            ]
            let run = try Command.run(arguments, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let judging = try #require(try run.json()["judging"] as? [String: Any])
            let asked = judge.questions.count
            #expect(asked > 0 && judging["replies"] as? Int == asked)
            let set = try #require((try run.json()["sets"] as? [[String: Any]])?.first)
            #expect(
                (set["readings"] as? [[String: Any]])?.map { $0["name"] as? String } == [
                    "strict", "reference", "judge",
                ])
            let again = try Command.run(arguments, in: folder)
            #expect(again.status == 0 && judge.questions.count == asked, "\(again.errors)")
        }
    }

    private final class Gate: Sendable {
        private let state = Mutex(false)
        var isOpen: Bool { state.withLock { $0 } }
        func open() { state.withLock { $0 = true } }
    }

    // MARK: Bad input

    @Test func badInputEndsInOneSentence() throws {
        try withTemporaryFolder { folder in
            let tsv = Self.benchmarks.appendingPathComponent("tsv/MMStar.tsv")
            func sentence(_ arguments: String...) throws -> String? {
                let run = try Command.run(
                    ["eval", "--model", Command.checkpoint.path] + arguments + Self.small, in: folder)
                #expect(run.status == 1 && run.output.isEmpty, "\(run.status): \(run.errors)")
                return run.sentence
            }
            #expect(try sentence("--data", "none.tsv")?.contains("none.tsv") == true)
            try Data("index\tquestion\n1\tWhat?\n".utf8).write(to: folder.appendingPathComponent("few.tsv"))
            #expect(try sentence("--data", "few.tsv", "--benchmark", "mmstar")?.contains("image") == true)
            #expect(try sentence("--data", "few.tsv")?.contains("few.tsv") == true)
            #expect(try sentence("--data", "microworld:moon")?.contains("moon") == true)
            let wrong = Self.benchmarks.appendingPathComponent("wrong/mmstar-image-is-text.parquet").path
            #expect(try sentence("--data", wrong) != nil)
            // A picture that is none: named by its row, left out if wanted.
            let lines = try String(contentsOf: tsv, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            var bad = lines
            var fields = bad[1].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let column = try #require(lines[0].split(separator: "\t").firstIndex(of: "image"))
            fields[column] = Data(repeating: 7, count: 300).base64EncodedString()
            bad[1] = Substring(fields.joined(separator: "\t"))
            try Data(bad.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("MMStar.tsv"))
            #expect(try sentence("--data", "MMStar.tsv")?.contains("Row 1 of") == true)
            let skipped = try Command.run(
                ["eval", "--model", Command.checkpoint.path, "--data", "MMStar.tsv", "--skip-bad"] + Self.small,
                in: folder)
            #expect(skipped.status == 0 && skipped.errors.contains("is left out"), "\(skipped.errors)")
            for arguments in [
                ["--data", tsv.path, "--samples", "2"], ["--data", tsv.path, "--reading", "judge"], [],
                ["--data", tsv.path, "--benchmark", "mmstar", "--benchmark", "mmmu"],
                ["--data", tsv.path, "--limit", "0"], ["--data", tsv.path, "--min-pixels", "9", "--max-pixels", "4"],
            ] {
                #expect(try model(arguments).status == 64, "\(arguments)")
            }
        }
    }
}
