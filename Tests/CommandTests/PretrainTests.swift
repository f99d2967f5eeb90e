import Foundation
import Safetensors
import Testing

/// `avar microworld pretrain`, killed and gone on with.
@Suite struct PretrainTests {
    private static let recipe = """
        seed: 3
        architecture: \(Command.checkpoint.path)
        data:
          hint_rate: 0.6
          phases:
            - steps: 6
              listing: 1
            - steps: 6
              mean_over: answers
              direct: 0.45
              description: 0.1
              reasoning: 0.2
              listing: 0.07
        training:
          batch_size: 4
          micro_batches: 2
          warmup_steps: 4
          threads: 2
          log_every: 3
          save_every: 2
          evaluate_every: 5
          evaluation_count: 7
        """

    private func run(
        _ arguments: String..., in folder: URL, meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Command.run(
            ["microworld", "pretrain", "--config", "recipe.yaml"] + arguments, in: folder, meanwhile: meanwhile)
    }

    private func withRecipe(_ text: String = recipe, _ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try Data(text.utf8).write(to: folder.appendingPathComponent("recipe.yaml"))
            try body(folder)
        }
    }

    /// Waits for a state, and ends the process with a signal.
    private func end(_ process: Process, with number: Int32, after state: String, in folder: URL) throws {
        let file = folder.appendingPathComponent("\(state)/parameters.safetensors").path
        let deadline = Date().addingTimeInterval(120)
        while !FileManager.default.fileExists(atPath: file), process.isRunning, Date() < deadline { usleep(2000) }
        #expect(FileManager.default.fileExists(atPath: file) && process.isRunning, "it was done, or never came there")
        kill(process.processIdentifier, number)
    }

    private func log(_ folder: URL) throws -> [[String: Any]] {
        try String(contentsOf: folder.appendingPathComponent("log.jsonl"), encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func whatWasKilledEndsWithTheSameWeights() throws {
        try withRecipe { folder in
            let whole = try run("--output", "whole", "--json", in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            // Twice by kill -9, once by Ctrl-C, each in the middle of something.
            var status = try run("--output", "broken", in: folder) {
                try end($0, with: SIGKILL, after: "broken/step-4", in: folder)
            }.status
            #expect(status == SIGKILL)
            status = try run("--output", "broken", "--resume", in: folder) {
                try end($0, with: SIGKILL, after: "broken/step-6", in: folder)
            }.status
            #expect(status == SIGKILL)
            status = try run("--output", "broken", "--resume", in: folder) {
                try end($0, with: SIGINT, after: "broken/step-10", in: folder)
            }.status
            #expect(status == 130)
            let rest = try run("--output", "broken", "--resume", in: folder)
            #expect(rest.status == 0, "\(rest.errors)")
            for name in [
                "checkpoint/model.safetensors", "step-12/parameters.safetensors", "step-12/moments.safetensors",
            ] {
                let (one, other) = try (
                    Data(contentsOf: folder.appendingPathComponent("whole/\(name)")),
                    Data(contentsOf: folder.appendingPathComponent("broken/\(name)"))
                )
                #expect(one == other && one.count > 100_000, "\(name)")
            }
            let (one, other) = try (
                log(folder.appendingPathComponent("whole")), log(folder.appendingPathComponent("broken"))
            )
            // Every third step, and those after which the model is evaluated.
            #expect(one.compactMap { $0["step"] as? Int } == [3, 5, 6, 9, 10, 12])
            #expect(other.compactMap { $0["step"] as? Int } == [3, 5, 6, 9, 10, 12])
            for (a, b) in zip(one, other) {
                for key in ["loss", "gradient_norm", "learning_rate", "tokens"] {
                    #expect(a[key] as? Double == b[key] as? Double && a[key] is Double, "\(key)")
                }
                #expect(a["evaluation"] as? [String: Double] == b["evaluation"] as? [String: Double])
            }
            #expect(one.compactMap { $0["evaluation"] as? [String: Double] }.count == 3)
            // The lines of the log are what --json prints.
            #expect(whole.output.split(separator: "\n").count == 6)
            try theCheckpointIsOne(folder)
        }
    }

    /// bfloat16, with everything beside the weights.
    private func theCheckpointIsOne(_ folder: URL) throws {
        let answer = try Command.run(
            "generate", "--model", "whole/checkpoint", "--prompt", "what?", "--max-new-tokens", "2", in: folder)
        #expect(answer.status == 0, "\(answer.errors)")
        let file = try SafetensorsFile(
            contentsOf: folder.appendingPathComponent("whole/checkpoint/model.safetensors"))
        #expect(try file.names.allSatisfy { try file.entry(named: $0).dtype == .bfloat16 })
    }

    @Test func aFolderOfAnotherTrainingIsNotTouched() throws {
        try withRecipe(Self.recipe.replacingOccurrences(of: "- steps: 6", with: "- steps: 2")) { folder in
            #expect(try run("--output", "out", in: folder).status == 0)
            let before = try Data(contentsOf: folder.appendingPathComponent("out/log.jsonl"))
            let again = try run("--output", "out", in: folder)
            #expect(
                again.status == 1 && again.sentence?.contains("--resume goes on with it") == true, "\(again.errors)")
            // A training that is done has nothing left to do.
            #expect(try run("--output", "out", "--resume", in: folder).status == 0)
            #expect(try Data(contentsOf: folder.appendingPathComponent("out/log.jsonl")) == before)
            let other = Self.recipe.replacingOccurrences(of: "seed: 3", with: "seed: 4")
            try Data(other.utf8).write(to: folder.appendingPathComponent("recipe.yaml"))
            let refused = try run("--output", "out", "--resume", in: folder)
            #expect(
                refused.status == 1 && refused.sentence?.contains("a training of another recipe") == true,
                "\(refused.errors)")
            let nothing = try run("--output", "elsewhere", "--resume", in: folder)
            #expect(nothing.status == 1 && nothing.sentence?.contains("no training to go on with") == true)
            try Data("x".utf8).write(to: folder.appendingPathComponent("notes.txt"))
            let foreign = try run("--output", ".", in: folder)
            #expect(foreign.status == 1 && foreign.sentence?.contains("holds no training") == true, "\(foreign.errors)")
        }
    }

    @Test(
        arguments: [
            ("  batch_size: 4", "  batch_sise: 4", "'training.batch_sise' is no setting; the nearest that exists is"),
            ("seed: 3", "seed: x", "line 1: 'seed' must be a whole number"),
            ("listing: 1", "listing: 0", "must have one phase at least"),
            (
                "  batch_size: 4", "  batch_size: 4\n  batch_size: 5",
                "line 15: 'batch_size' stands twice in the section"
            ),
            ("seed: 3", "seed: [3", "it is no YAML"),
            ("  warmup_steps: 4", "  warmup_steps: 13", "'training.warmup_steps' is 13, it must be from 0 to 12"),
            ("  warmup_steps: 4", "  clip_norm: 0", "'training.clip_norm' is 0"),
            ("mean_over: answers", "mean_over: words", "it is tokens or answers"),
            ("listing: 1", "easy_vqa: 1", "must name the folder of easy-VQA"),
            ("  hint_rate: 0.6", "  easy_vqa: nowhere", "nowhere/train.jsonl"),
            ("architecture: ", "architecture: nowhere/", "config.json"),
        ])
    func aBadRecipeIsOneSentence(_ old: String, _ new: String, _ words: String) throws {
        let text = Self.recipe.replacingOccurrences(of: old, with: new)
        #expect(text != Self.recipe)
        try withRecipe(text) { folder in
            let run = try run("--output", "out", in: folder)
            #expect(run.status == 1 && run.sentence?.contains(words) == true, "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
        }
    }
}
