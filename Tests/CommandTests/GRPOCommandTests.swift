import ChatServer
import Foundation
import HeadlessBrowser
import Testing

/// `avar grpo`: a reinforcement from its file of settings to its page.
@Suite(.serialized) struct GRPOCommandTests {
    private func recipe(_ folder: URL, _ lines: String..., output: String = "out") throws {
        let text =
            """
            model: '\(Command.checkpoint.path)'
            output: '\(output)'
            precision: float32
            threads: 1

            """ + lines.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: folder.appendingPathComponent("grpo.yaml"))
    }

    private func run(_ folder: URL, _ arguments: String..., meanwhile: (Process) throws -> Void = { _ in }) throws
        -> Command.Outcome
    {
        try Command.run(["grpo", "--config", "grpo.yaml"] + arguments, in: folder, meanwhile: meanwhile)
    }

    private static let data =
        "data: {train: [{path: 'microworld:train', count: 40}], validation: [{path: 'microworld:test', count: 8}]}"

    @Test func fromTheFileToThePage() throws {
        try withTemporaryFolder { folder in
            #expect(try Command.run("grpo", "--init").output.contains("group_size: 8"))
            try recipe(
                folder, Self.data, "rollouts: {problems: 2, group_size: 4, maximum_new_tokens: 40, keep_every: 1}",
                "training: {iterations: 3, mini_batches: 2, learning_rate: 1e-5}",
                "objective: {kl_coefficient: 0.01}", "keeping: {save_every: 2, evaluate_every: 3}")
            let outcome = try run(folder, "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = try outcome.output.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(lines.compactMap { $0["step"] as? Int } == [1, 2, 3, 4, 5, 6])
            let metrics = try #require(lines[0]["metrics"] as? [String: Double])
            for name in [
                "reward/total", "reward/accuracy", "reward/visual", "reward/format", "groups/without_signal", "entropy",
                "clipped_low", "kl_reference", "sampling_mismatch", "length", "vas", "rollout_tokens_per_second",
            ] { #expect(metrics[name]?.isFinite == true, "\(name)") }
            #expect((metrics["sampling_mismatch"] ?? 1) < 1e-3)
            let out = folder.appendingPathComponent("out")
            for name in [
                "checkpoint/model.safetensors", "rollouts.jsonl", "configuration.yaml", "log.jsonl", "tensorboard",
            ] {
                #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent(name).path), "\(name)")
            }
            let kept = try String(contentsOf: out.appendingPathComponent("rollouts.jsonl"), encoding: .utf8)
            #expect(kept.split(separator: "\n").count == 3 * 2 * 4)
            // A score without bound is kept too when the training is gone on with.
            let place = out.appendingPathComponent("rollouts.jsonl")
            let unbounded = try #require(kept.firstRange(of: /"vas":[0-9.e+-]+/))
            let marked = kept.replacingCharacters(in: unbounded, with: "\"vas\":\"Infinity\"")
            try Data(marked.utf8).write(to: place)
            #expect(try run(folder, "--resume").status == 0)
            #expect(try String(contentsOf: place, encoding: .utf8) == marked)
            let browser = try Browser()
            for width in [420, 1400] {
                try browser.open(out.appendingPathComponent("report.html"), width: width)
                #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            }
            #expect(browser.complaints == [])
            let text = try browser.evaluate("document.body.innerText") as? String ?? ""
            for words in ["Share of the variance within groups", "24 of 24 items", "Drawn and computed", "advantage"] {
                #expect(text.contains(words), "\(words)")
            }
            // What was trained answers.
            let answer = try Command.run(
                "generate", "--model", out.appendingPathComponent("checkpoint").path, "--prompt", "hello",
                "--max-new-tokens", "2")
            #expect(answer.status == 0, "\(answer.errors)")
        }
    }

    @Test func killedAndGoneOnWith() throws {
        try withTemporaryFolder { folder in
            let lines = [
                Self.data, "rollouts: {problems: 2, group_size: 4, maximum_new_tokens: 24, keep_every: 1}",
                "training: {iterations: 8, passes_per_batch: 2, learning_rate: 1e-5}",
                "keeping: {save_every: 3, evaluate_every: 5, keep: 3, models: false}",
            ]
            try recipe(folder, lines[0], lines[1], lines[2], lines[3], output: "whole")
            #expect(try run(folder).status == 0)
            try recipe(folder, lines[0], lines[1], lines[2], lines[3])
            let log = folder.appendingPathComponent("out/log.jsonl")
            func count() -> Int {
                (try? Data(contentsOf: log))?.split(separator: UInt8(ascii: "\n")).count ?? 0
            }
            var kills = 0
            for _ in 0..<20
            where !FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/checkpoint").path) {
                let before = count()
                let settings = folder.appendingPathComponent("out/settings.txt")
                let isThere = FileManager.default.fileExists(atPath: settings.path)
                let arguments = ["grpo", "--config", "grpo.yaml"] + (isThere ? ["--resume"] : [])
                let outcome = try Command.run(arguments, in: folder) { process in
                    let start = Date()
                    while process.isRunning, count() <= before, Date().timeIntervalSince(start) < 30 { usleep(2_000) }
                    usleep(UInt32.random(in: 0...400_000))
                    if process.isRunning { kills += 1 }
                    kill(process.processIdentifier, SIGKILL)
                }
                #expect(outcome.status == SIGKILL || outcome.status == 0, "\(outcome.errors)")
            }
            #expect(kills > 2)
            let last = try run(folder, "--resume")
            #expect(last.status == 0, "\(last.errors)")
            func file(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
            #expect(try file("out/checkpoint/model.safetensors") == file("whole/checkpoint/model.safetensors"))
            #expect(try file("out/rollouts.jsonl") == file("whole/rollouts.jsonl"))
        }
    }

    /// A reward that fails ends the training in a sentence, and nothing of it reaches the weights; or, if wanted, is gone without.
    @Test func aRewardThatLiesPoisonsNothing() throws {
        try withTemporaryFolder { folder in
            func lines(_ onFailure: String, _ command: String) -> [String] {
                [
                    Self.data, "rollouts: {problems: 1, group_size: 4, maximum_new_tokens: 12, keep_every: 0}",
                    "training: {iterations: 2}", "keeping: {evaluate_every: 0}",
                    "rewards: {own: {command: '\(command)', timeout: 5, on_failure: \(onFailure)}}",
                ]
            }
            for (number, (command, words)) in [
                ("echo [NaN, 1, 1, 1]", "NaN"), ("echo [1]", "1 value for 4 rollouts"), ("exit 3", "status 3"),
                ("echo nonsense", "nonsense"), ("sleep 60", "longer than 5 s"),
            ].enumerated() {
                let own = lines("stop", command)
                try recipe(folder, own[0], own[1], own[2], own[3], own[4], output: "bad\(number)")
                let outcome = try run(folder)
                #expect(outcome.status == 1 && outcome.errors.contains(words), "\(command): \(outcome.errors)")
                #expect(
                    !FileManager.default.fileExists(
                        atPath: folder.appendingPathComponent("bad\(number)/checkpoint").path))
            }
            let own = lines("without_part", "echo nonsense")
            try recipe(folder, own[0], own[1], own[2], own[3], own[4])
            let outcome = try run(folder, "--json")
            #expect(outcome.status == 0 && outcome.errors.contains("goes on without it"), "\(outcome.errors)")
        }
    }

    @Test func badInputEndsInOneSentence() throws {
        try withTemporaryFolder { (folder: URL) throws in
            func sentence(_ lines: String...) throws -> String {
                try recipe(folder, lines.joined(separator: "\n"))
                let outcome = try run(folder)
                #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome.status): \(outcome.errors)")
                return outcome.sentence ?? "several: \(outcome.errors)"
            }
            let training = "training: {iterations: 1}"
            #expect(try sentence("data: {train: [{path: 'microworld:train'}]}", training).contains("count"))
            #expect(try sentence("data: {train: [{path: none.jsonl}]}", training).contains("none.jsonl"))
            #expect(try sentence(Self.data, training, "rollouts: {groups: 3}").contains("group_size"))
            #expect(try sentence(Self.data, training, "rewards: {visual: {layers: '7'}}").contains("layer 7"))
            #expect(try sentence("data: {train: [{path: 'microworld:moon', count: 3}]}", training).contains("moon"))
            #expect(try Command.run(["grpo"], in: folder).status == 64)
        }
    }
}
