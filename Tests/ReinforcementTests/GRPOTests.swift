import ChatServer
import Foundation
import Microworld
import QwenVL
import Reinforcement
import Samples
import Testing
import Training

/// Whole trainings of the microworld's checkpoint: what they learn, and that nothing disturbs them.
@Suite(.serialized) struct GRPOTests {
    private struct Setting {
        let folder: URL

        func recipe(_ output: String, _ lines: String...) throws -> ReinforcementRecipe {
            let template = folder.appendingPathComponent("template.txt")
            try Data("{{ content }}\n\(ReasoningPrompt.instruction)".utf8).write(to: template)
            let text =
                """
                model: '\(RolloutTests.checkpoint.path)'
                output: '\(output)'
                seed: 3
                threads: 1
                precision: float32

                """ + lines.joined(separator: "\n") + "\n"
            let file = folder.appendingPathComponent("recipe.yaml")
            try Data(text.utf8).write(to: file)
            return try ReinforcementRecipe(contentsOf: file) { name in
                name == "questions"
                    ? RolloutTests.Questions(count: 64)
                    : name == "held" ? RolloutTests.Questions(count: 16, split: .test) : nil
            }
        }

        func training(_ recipe: ReinforcementRecipe, resumes: Bool = false) throws -> GRPO {
            try GRPO(recipe, source: RolloutTests.checkpoint, settings: "", resumes: resumes)
        }
    }

    private static let data = "data: {train: [{path: questions, count: 64}], prompt_template: template.txt}"
    private static let watched =
        "data: {train: [{path: questions, count: 64}], validation: [{path: held, count: 16}], prompt_template: template.txt}"

    private func withSetting(_ body: (Setting) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(Setting(folder: folder))
    }

    private func weights(_ url: URL) throws -> Data {
        try Data(contentsOf: url.appendingPathComponent("model.safetensors"))
    }

    @Test func aFileThatIsWrittenGivesTheSameTraining() throws {
        try withSetting { setting in
            let recipe = try setting.recipe(
                "out", Self.data, "rollouts: {problems: 2, group_size: 4}",
                "training: {iterations: 3, mini_batches: 2}",
                "rewards: {visual: {form: tanh, bound: 2.5, layers: '0-1,3'}, own: {command: 'cat', weight: 0.5}}",
                "objective: {variant: dapo, kl_coefficient: 0.01, overlong_cache: 64}",
                "trained: {lora: {rank: 4, targets: [q_proj]}}")
            let file = setting.folder.appendingPathComponent("again.yaml")
            try Data(recipe.text.utf8).write(to: file)
            let again = try ReinforcementRecipe(contentsOf: file) { _ in RolloutTests.Questions(count: 64) }
            #expect(again.text == recipe.text, "\(again.text)\n\(recipe.text)")
            #expect(recipe.objective.clipHigh == 0.28 && recipe.dynamicSampling == .accuracies)
            #expect(recipe.visualLayers == [0, 1, 3] && recipe.steps == 6)
        }
    }

    @Test func theFileToBeginWithIsOne() throws {
        try withSetting { setting in
            let data = setting.folder.appendingPathComponent("problems.jsonl")
            try Data("{\"problem\": \"1 + 1?\", \"answer\": \"2\"}\n".utf8).write(to: data)
            let file = setting.folder.appendingPathComponent("first.yaml")
            try Data(ReinforcementRecipe.template.utf8).write(to: file)
            let recipe = try ReinforcementRecipe(contentsOf: file)
            #expect(recipe.iterations == 200 && recipe.visualWeight == 0.3 && recipe.formatWeight == 0.1)
            #expect(recipe.learningRate == 1e-6 && recipe.template == .reasoning)
        }
    }

    /// Updates within a batch, states between them, ended after every update: the weights are those of an undisturbed run.
    @Test func endedAndGoneOnWith() throws {
        try withSetting { setting in
            let lines = [
                Self.watched, "rollouts: {problems: 2, group_size: 4, maximum_new_tokens: 24, keep_every: 1}",
                "training: {iterations: 3, passes_per_batch: 2, mini_batches: 2, learning_rate: 1e-4}",
                "objective: {variant: dapo}", "keeping: {save_every: 1, evaluate_every: 4, keep: 99, models: false}",
            ]
            func recipe(_ output: String) throws -> ReinforcementRecipe {
                try setting.recipe(output, lines[0], lines[1], lines[2], lines[3], lines[4])
            }
            let whole = try setting.training(recipe("whole"))
            var log: [String] = []
            let result = try #require(
                try whole.run(report: { log.append(Self.numbers($0)) }, shouldStop: { false }))
            #expect(log.count == 12)
            var pieces: [String] = []
            var end: URL?
            for number in 0..<12 {
                let training = try setting.training(recipe("pieces"), resumes: number > 0)
                // Asked while answers are drawn too, where a stop would lose this step.
                end = try training.run(
                    report: { pieces.append(Self.numbers($0)) }, shouldStop: { pieces.count > number })
                #expect((end == nil) == (number < 11))
            }
            #expect(pieces == log)
            let other = try #require(end)
            #expect(try weights(result) == weights(other))
            #expect(
                try weights(result)
                    != Data(contentsOf: RolloutTests.checkpoint.appendingPathComponent("model.safetensors")))
        }
    }

    /// A line of the log without what hangs on time and process.
    private static func numbers(_ entry: TrainingLoop.LogEntry) -> String {
        var metrics = entry.metrics ?? [:]
        for name in ["rollout_seconds", "rollout_tokens_per_second"] { metrics[name] = nil }
        let evaluation = (entry.evaluation ?? [:]).sorted { $0.key < $1.key }
        return "\(entry.step) \(entry.loss) \(entry.gradientNorm) \(metrics.sorted { $0.key < $1.key }) \(evaluation)"
    }

    /// Every variant and way of training runs, and what it must show it shows.
    @Test(arguments: [
        ("objective: {variant: gspo, dual_clip: 3}", 1e-3), ("objective: {variant: dr_grpo}", 1e-3),
        ("objective: {variant: dapo, dynamic_sampling: none}", 1e-3), ("trained: {lora: {rank: 4}}", 1e-3),
        ("objective: {overlong_cache: 20, leave_cut_out: true}", 1e-3), ("rollouts_top_p", 1e-3),
        ("objective: {kl_coefficient: 0.05, kl_estimator: k1}", 1e-3), ("checkpointing", 1e-3), ("bfloat16", 0.5),
    ])
    func everyVariantLearns(line: String, mismatch: Double) throws {
        try withSetting { setting in
            let rollouts = "problems: 2, group_size: 6, maximum_new_tokens: 24, keep_every: 0"
            let training = "iterations: 2, mini_batches: 2, learning_rate: 1e-4"
            var lines = [
                Self.data, "rollouts: {\(rollouts)}", "training: {\(training)}",
                "keeping: {save_every: 9, models: false}",
            ]
            switch line {
            case "checkpointing": lines[2] = "training: {\(training), checkpointing: true}"
            case "rollouts_top_p": lines[1] = "rollouts: {\(rollouts), temperature: 0.7}"
            case "bfloat16": break
            default: lines.append(line)
            }
            var recipe = try setting.recipe("out", lines.joined(separator: "\n"))
            if line == "bfloat16" { recipe.precision = .bfloat16 }
            let training_ = try setting.training(recipe)
            var log: [TrainingLoop.LogEntry] = []
            let result = try #require(try training_.run(report: { log.append($0) }, shouldStop: { false }))
            #expect(log.count == 4 && log.allSatisfy { $0.loss.isFinite && $0.gradientNorm.isFinite })
            #expect(log.contains { $0.gradientNorm > 0 })
            for entry in log {
                if let found = entry.metrics?["sampling_mismatch"] { #expect(found < mismatch, "\(found)") }
            }
            #expect(log[0].metrics?["sampling_mismatch"] != nil)
            #expect(result.lastPathComponent == (line.contains("lora") ? "adapter" : "checkpoint"))
            if line.contains("overlong") {
                let part = try #require(log[0].metrics?["reward/overlong"])
                #expect(part < 0 && part >= -1)
                let sum = ["accuracy", "visual", "format", "overlong"].reduce(0.0) {
                    $0 + (log[0].metrics?["reward/\($1)/weighted"] ?? .nan)
                }
                #expect(abs(sum - (log[0].metrics?["reward/total"] ?? .nan)) < 1e-9 * max(1, abs(sum)))
            }
            if line.contains("kl_") { #expect(log[0].metrics?["kl_reference"] ?? 1 < 1e-3) }
        }
    }

    /// However many answers go through the model together, the update is the same.
    @Test func theUpdateDoesNotHangOnItsPasses() throws {
        try withSetting { setting in
            func norms(_ tokens: Int) throws -> [Double] {
                let recipe = try setting.recipe(
                    "out\(tokens)", Self.data,
                    "rollouts: {problems: 3, group_size: 6, maximum_new_tokens: 24, keep_every: 0}",
                    "training: {iterations: 1, passes_per_batch: 2, micro_batch_tokens: \(tokens), learning_rate: 1e-5}",
                    "keeping: {save_every: 9, models: false}")
                var norms: [Double] = []
                _ = try setting.training(recipe).run(
                    report: { norms.append($0.gradientNorm) }, shouldStop: { false })
                return norms
            }
            // All together; a few to a prompt; each alone.
            let (all, some, one) = (try norms(8192), try norms(170), try norms(1))
            #expect(all.count == 2 && all[0] > 0)
            for (first, other) in zip(all + all, some + one) {
                #expect(abs(first - other) < 2e-4 * first, "\(all) \(some) \(one)")
            }
        }
    }

    /// Refills draw further groups of problems that come again, not the same ones.
    @Test func aSmallSetIsDrawnAnewWithinAnIteration() throws {
        try withSetting { setting in
            let recipe = try setting.recipe(
                "out", "data: {train: [{path: questions, count: 3}], prompt_template: template.txt}",
                "rollouts: {problems: 6, group_size: 3, maximum_new_tokens: 24, keep_every: 1}",
                "training: {iterations: 1}", "keeping: {models: false}")
            let training = try setting.training(recipe)
            var kept: [KeptRollout] = []
            training.keep = { kept += $0 }
            _ = try training.run(report: { _ in }, shouldStop: { false })
            #expect(kept.count == 4 * 3 && Set(kept.map(\.problem)).count < 4)
            #expect(Set(kept.map(\.seed)).count == kept.count)
        }
    }

    /// A reward that fails for good, and one that is stopped while it thinks: what was done before is kept.
    @Test func nothingIsLostWithTheStepThatFails() throws {
        try withSetting { setting in
            let (calls, script) = (
                setting.folder.appendingPathComponent("calls"), setting.folder.appendingPathComponent("reward.py")
            )
            func write(_ third: String) throws {
                try Data(
                    """
                    import json, os, sys, time
                    items = json.load(sys.stdin)
                    open('calls', 'a').write('x')
                    if os.path.getsize('calls') >= 3: \(third)
                    print(json.dumps([item["response_length"] / 24 for item in items]))
                    """.utf8
                ).write(to: script)
                try? FileManager.default.removeItem(at: calls)
            }
            func recipe(_ output: String) throws -> ReinforcementRecipe {
                try setting.recipe(
                    output, Self.data, "rollouts: {problems: 2, group_size: 4, maximum_new_tokens: 24, keep_every: 0}",
                    // In the recipe's folder, wherever this process runs.
                    "rewards: {own: {command: python3 reward.py}}", "training: {iterations: 4, learning_rate: 1e-4}",
                    "keeping: {save_every: 50, models: false}")
            }
            try write("pass")
            let whole = try #require(
                try setting.training(recipe("whole")).run(report: { _ in }, shouldStop: { false }))

            try write("sys.exit('no judge today')")
            let notes = Notes()
            /// Where a training of its own, which then gives its folder back, has come.
            func steps(
                resumes: Bool, shouldStop: @escaping () -> Bool = { false }
            ) throws -> (end: URL?, last: Int?, error: (any Error)?) {
                let training = try GRPO(
                    recipe("pieces"), source: RolloutTests.checkpoint, settings: "", resumes: resumes,
                    note: { notes.add($0) })
                do {
                    return (try training.run(report: { _ in }, shouldStop: shouldStop), training.folder.latestStep, nil)
                } catch {
                    return (nil, training.folder.latestStep, error)
                }
            }
            let failed = try steps(resumes: false)
            #expect(failed.error?.localizedDescription.contains("no judge today") == true && failed.last == 2)
            #expect(notes.all.contains { $0.contains("asked again") })

            try write("pass")
            // One call is left before the third: this stops while the second batch's reward, the fourth of all, is thought about.
            try Data(
                """
                import json, os, sys, time
                items = json.load(sys.stdin)
                open('calls', 'a').write('x')
                if os.path.getsize('calls') >= 2: time.sleep(60)
                print(json.dumps([item["response_length"] / 24 for item in items]))
                """.utf8
            ).write(to: script)
            let began = ContinuousClock.now
            let stopped = try steps(resumes: true) { (try? Data(contentsOf: calls))?.count ?? 0 >= 2 }
            #expect(stopped.end == nil && stopped.error == nil && stopped.last == 3)
            #expect(began.duration(to: .now) < .seconds(50))

            try write("pass")
            let result = try #require(try steps(resumes: true).end)
            #expect(try weights(result) == weights(whole))
        }
    }

    private final class Notes: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []
        var all: [String] { lock.withLock { texts } }
        func add(_ text: String) { lock.withLock { texts.append(text) } }
    }

    /// An endpoint that lies in every way, gone without: the weights are those of a training that never asked it.
    @Test func anEndpointThatLiesPoisonsNothing() throws {
        try withSetting { setting in
            let common = [
                Self.data, "rollouts: {problems: 1, group_size: 4, maximum_new_tokens: 16, keep_every: 0}",
                "training: {iterations: 6, learning_rate: 1e-4}", "keeping: {save_every: 9, models: false}",
            ]
            let clean = try #require(
                try setting.training(setting.recipe("clean", common.joined(separator: "\n")))
                    .run(report: { _ in }, shouldStop: { false }))
            let lies: [Behaviour] = [
                RewardEndpointTests.json("[NaN, 1, 1, 1]"), RewardEndpointTests.json("[1, 2, 3]"),
                RewardEndpointTests.json("[1, 2, 7, 1]"), RewardEndpointTests.json("[1, 1e400, 0, 0]"), .status(403),
                .status(404),
            ]
            let server = try ChatServer { _, before in lies[before % lies.count] }
            defer { try? server.stop() }
            let recipe = try setting.recipe(
                "lied", common.joined(separator: "\n"),
                "rewards: {own: {endpoint: '\(server.url)', lowest: 0, highest: 2, on_failure: without_part, timeout: 1, retries: 0}}"
            )
            var failed = 0.0
            let lied = try #require(
                try setting.training(recipe).run(
                    report: { failed += $0.metrics?["reward/own/counts/failed"] ?? 0 }, shouldStop: { false }))
            #expect(failed == 6)
            #expect(try weights(lied) == weights(clean))
        }
    }

    /// A reward that is easy to earn is earned: answers become what is paid for.
    @Test func whatIsPaidForIsLearned() throws {
        try withSetting { setting in
            let script = setting.folder.appendingPathComponent("short.py")
            try Data(
                """
                import json, sys
                print(json.dumps([1 - min(item["response_length"], 32) / 32 for item in json.load(sys.stdin)]))
                """.utf8
            ).write(to: script)
            let recipe = try setting.recipe(
                "short", Self.data, "rollouts: {problems: 4, group_size: 8, maximum_new_tokens: 32, keep_every: 0}",
                "rewards: {accuracy: 0, format: 0, visual: {weight: 0}, own: {command: 'python3 \(script.path)', lowest: 0, highest: 1}}",
                "training: {iterations: 25, learning_rate: 3e-4}", "keeping: {save_every: 100, models: false}")
            let training = try setting.training(recipe)
            var rewards: [Double] = []
            _ = try training.run(
                report: { rewards.append($0.metrics?["reward/own"] ?? .nan) }, shouldStop: { false })
            let (before, after) = (rewards.prefix(3).reduce(0, +) / 3, rewards.suffix(3).reduce(0, +) / 3)
            #expect(after > before + 0.1, "\(rewards)")
        }
    }

    @Test func whatCannotBeIsSaidInASentence() throws {
        try withSetting { setting in
            func problem(_ lines: String...) -> String {
                let text = lines.joined(separator: "\n")
                do {
                    let recipe = try setting.recipe("out", text)
                    _ = try setting.training(recipe)
                } catch {
                    return error.localizedDescription
                }
                return "none"
            }
            let training = "training: {iterations: 1}"
            #expect(problem(Self.data, training, "trained: {lora: {rank: 4, dropout: 0.1}}").contains("dropout"))
            #expect(
                problem(Self.data, training, "rollouts: {maximum_new_tokens: 100000}").contains("maximum_new_tokens"))
            #expect(problem(training).contains("train"))
            #expect(problem(Self.data).contains("iterations"))
            #expect(problem(Self.data, training, "rewards: {visual: {form: clip}}").contains("bound"))
            #expect(problem(Self.data, training, "rewards: {visual: {layers: '9'}}").contains("layer 9"))
            #expect(problem(Self.data, training, "rewards: {own: {weight: 1}}").contains("command"))
            #expect(problem(Self.data, training, "objective: {varient: dapo}").contains("variant"))
            #expect(problem(Self.data, training, "keeping: {best: accuracy}").contains("data.validation"))
            #expect(
                problem(Self.data, training, "rewards: {accuracy: 0, format: 0, visual: {weight: 0}}")
                    .contains("at least one part"))
            #expect(
                problem("data: {train: [{path: none.jsonl}]}", training).contains("none.jsonl"))
        }
    }
}
