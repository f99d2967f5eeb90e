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
              direct: 1
              description: 1
              reasoning: 1
        training:
          batch_size: 4
          micro_batches: 2
          warmup_steps: 4
          threads: 1
          log_every: 1
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
        #expect(process.isRunning, "it was done before it could be stopped")
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
                try end($0, with: SIGINT, after: "broken/step-8", in: folder)
            }.status
            #expect(status == 130)
            let rest = try run("--output", "broken", "--resume", in: folder)
            #expect(rest.status == 0, "\(rest.errors)")
            for name in ["checkpoint/model.safetensors", "step-12/parameters.safetensors", "step-12/moments.safetensors"] {
                let (one, other) = try (
                    Data(contentsOf: folder.appendingPathComponent("whole/\(name)")),
                    Data(contentsOf: folder.appendingPathComponent("broken/\(name)"))
                )
                #expect(one == other && one.count > 100_000, "\(name)")
            }
            let (one, other) = try (
                log(folder.appendingPathComponent("whole")), log(folder.appendingPathComponent("broken"))
            )
            #expect(one.compactMap { $0["step"] as? Int } == Array(1...12))
            #expect(other.compactMap { $0["step"] as? Int } == Array(1...12))
            for (a, b) in zip(one, other) {
                for key in ["loss", "gradient_norm", "learning_rate"] {
                    #expect(a[key] as? Double == b[key] as? Double && a[key] is Double, "\(key)")
                }
                #expect(a["evaluation"] as? [String: Double] == b["evaluation"] as? [String: Double])
            }
            #expect(one.compactMap { $0["evaluation"] as? [String: Double] }.count == 3)
            // The lines of the log are what --json prints.
            #expect(whole.output.split(separator: "\n").count == 12)
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
        try withRecipe(Self.recipe.replacingOccurrences(of: "steps: 6", with: "steps: 1")) { folder in
            #expect(try run("--output", "out", in: folder).status == 0)
            let before = try Data(contentsOf: folder.appendingPathComponent("out/log.jsonl"))
            let again = try run("--output", "out", in: folder)
            #expect(again.status == 1 && again.sentence?.contains("--resume goes on with it") == true, "\(again.errors)")
            // A training that is done has nothing left to do.
            #expect(try run("--output", "out", "--resume", in: folder).status == 0)
            #expect(try Data(contentsOf: folder.appendingPathComponent("out/log.jsonl")) == before)
            let other = Self.recipe.replacingOccurrences(of: "seed: 3", with: "seed: 4")
            try Data(other.utf8).write(to: folder.appendingPathComponent("recipe.yaml"))
            let refused = try run("--output", "out", "--resume", in: folder)
            #expect(refused.status == 1 && refused.sentence?.contains("other settings") == true, "\(refused.errors)")
            try Data("x".utf8).write(to: folder.appendingPathComponent("notes.txt"))
            let foreign = try run("--output", ".", in: folder)
            #expect(foreign.status == 1 && foreign.sentence?.contains("holds no training") == true, "\(foreign.errors)")
        }
    }

    @Test(
        arguments: [
            ("  batch_size: 4", "  batch_sise: 4", "'training.batch_sise' is no setting; the nearest that exists is"),
            ("seed: 3", "seed: x", "line 1: 'seed' must be a whole number"),
            ("listing: 1", "listing: 0", "must have at least one phase"),
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
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/log.jsonl").path))
        }
    }
}
