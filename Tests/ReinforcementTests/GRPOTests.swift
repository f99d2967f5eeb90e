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
                "objective: {variant: dapo, kl_coefficient: 0.01}", "trained: {lora: {rank: 4, targets: [q_proj]}}")
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
                end = try training.run(report: { pieces.append(Self.numbers($0)) }, shouldStop: { true })
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
