import Foundation
import HeadlessBrowser
import Testing

/// `avar sft`: trained, killed, gone on with, watched, and refused.
@Suite struct SFTTests {
    private static func recipe(_ extra: String = "", training: String = "", data: String = "data/anchored.jsonl")
        -> String
    {
        """
        model: \(Command.checkpoint.path)
        output: run
        seed: 3
        threads: 2
        precision: float32
        data:
          train:
            - path: \(data)
          evaluation:
            - path: data/multimodal.jsonl
          evaluation_count: 3
        training:
          steps: 6
          batch_size: 4
          micro_batch_size: 3
          learning_rate: 1e-3
        \(training)
        keeping:
          log_every: 1
          save_every: 2
          evaluate_every: 3
          keep: 1
        \(extra)
        """
    }

    /// A folder with conversations of both forms and a recipe.
    private func withRecipe(_ text: String = recipe(), _ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for (form, count) in [("anchored", "12"), ("multimodal", "5"), ("text", "5")] {
                let made = try Command.run(
                    "microworld", "cold-start", "--split", "train", "--count", count, "--form", form, "--output",
                    "data",
                    in: folder)
                #expect(made.status == 0, "\(made.errors)")
            }
            try write(text, in: folder)
            try body(folder)
        }
    }

    private func write(_ text: String, in folder: URL) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent("recipe.yaml"))
    }

    private func sft(
        _ arguments: String..., in folder: URL, meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Command.run(["sft", "--config", "recipe.yaml"] + arguments, in: folder, meanwhile: meanwhile)
    }

    /// The lines of the log, without what the clock and the machine say.
    private func log(_ folder: URL, of run: String = "run") throws -> [NSDictionary] {
        let file = folder.appendingPathComponent("\(run)/log.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            var entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for name in ["seconds", "seconds_left", "resident_mebibytes", "live_tensors"] {
                entry.removeValue(forKey: name)
            }
            return entry as NSDictionary
        }
    }

    private func weights(_ folder: URL, of run: String = "run") throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("\(run)/checkpoint/model.safetensors"))
    }

    /// Waits for a state.
    private func wait(for state: String, in folder: URL, _ process: Process) {
        let place = folder.appendingPathComponent("run/\(state)").path
        let deadline = Date().addingTimeInterval(120)
        while !FileManager.default.fileExists(atPath: place), process.isRunning, Date() < deadline { usleep(1000) }
        #expect(FileManager.default.fileExists(atPath: place), "\(state) never came")
    }

    @Test(.timeLimit(.minutes(5))) func killedAndStoppedItEndsAsUndisturbed() throws {
        try withRecipe { folder in
            let killed = try sft(in: folder) { process in
                wait(for: "step-2", in: folder, process)
                kill(process.processIdentifier, SIGKILL)
            }
            #expect(killed.status == SIGKILL, "\(killed.errors)")
            let refused = try sft(in: folder)
            #expect(refused.status == 1 && refused.errors.contains("--resume goes on with it"), "\(refused.errors)")
            let stopped = try sft("--resume", in: folder) { process in
                wait(for: "step-4", in: folder, process)
                process.interrupt()
            }
            // It may have been done before the signal came.
            #expect([0, 130].contains(stopped.status), "\(stopped.errors)")
            let resumed = try sft("--resume", in: folder)
            #expect(resumed.status == 0 && resumed.errors.contains("going on from step"), "\(resumed.errors)")
            #expect(resumed.output.hasSuffix("run/checkpoint\n"))

            try write(Self.recipe().replacing("output: run", with: "output: whole"), in: folder)
            let whole = try sft("--json", in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            #expect(try weights(folder) == weights(folder, of: "whole"))
            #expect(try log(folder) == log(folder, of: "whole"))

            // Other settings are not gone on with.
            try write(Self.recipe().replacing("seed: 3", with: "seed: 4"), in: folder)
            let other = try sft("--resume", in: folder)
            #expect(other.status == 1 && other.errors.contains("a training of another seed"), "\(other.errors)")
        }
    }

    @Test(.timeLimit(.minutes(4))) func whatIsLeftToBeLookedAt() throws {
        try withRecipe { folder in
            let run = try sft("--json", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let lines = try run.output.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(lines.compactMap { $0["step"] as? Int } == Array(1...6))
            let metrics = try #require(lines[5]["metrics"] as? [String: Double])
            for name in [
                "language_loss", "enhance", "suppress", "vas_pooled", "image_share", "system_share", "text_share",
                "saturated_heads", "input_tokens",
            ] { #expect(metrics[name] != nil, "\(name)") }
            // What is made small is the sum of its three parts, with the paper's weights.
            let (language, enhance, suppress) = (
                try #require(metrics["language_loss"]), try #require(metrics["enhance"]),
                try #require(metrics["suppress"])
            )
            let loss = try #require(lines[5]["loss"] as? Double)
            #expect(abs(loss - (language + 0.15 * enhance + 0.15 * suppress)) < 1e-6 * (1 + abs(loss)))
            #expect(lines.compactMap { $0["live_tensors"] as? Int }.count == 6)
            let evaluations = lines.compactMap { $0["evaluation"] as? [String: Double] }
            #expect(evaluations.count == 2 && evaluations.allSatisfy { $0["loss"] != nil && $0["vas_pooled"] != nil })
            for part in ["memory, estimated", "12 samples", "moments"] { #expect(run.errors.contains(part), "\(part)") }

            let output = folder.appendingPathComponent("run")
            let names = try FileManager.default.contentsOfDirectory(atPath: output.path)
            #expect(names.count { $0.hasPrefix("step-") } <= 2, "\(names)")
            #expect(names.contains("best") && !names.contains { $0.hasPrefix(".") }, "\(names)")
            let events = try FileManager.default.contentsOfDirectory(
                atPath: output.appendingPathComponent("tensorboard").path)
            #expect(events.count == 1 && events[0].contains("tfevents"))

            // The settings that were kept say the same again.
            let kept = try String(contentsOf: output.appendingPathComponent("configuration.yaml"), encoding: .utf8)
            try write(kept, in: folder)
            #expect(try sft("--resume", in: folder).status == 0)
            #expect(
                try String(contentsOf: output.appendingPathComponent("configuration.yaml"), encoding: .utf8) == kept)

            let browser = try Browser()
            try browser.open(output.appendingPathComponent("report.html"), width: 1200)
            #expect(browser.complaints == [])
            let text = try browser.evaluate("document.body.textContent") as? String ?? ""
            for words in [
                "Cold start", "Visual Attention Score", "Share of attention", "Held-out samples", "micro_batch_size",
            ] {
                #expect(text.localizedCaseInsensitiveContains(words), "\(words)")
            }
            // The result is a checkpoint like any other.
            let asked = try Command.run(
                "microworld", "exam", "--model", "run/checkpoint", "--count", "3", "--style", "reasoning", in: folder)
            #expect(asked.status == 0, "\(asked.errors)")
        }
    }

    @Test(.timeLimit(.minutes(4))) func adaptersMixturesAndTokensOfTheirOwn() throws {
        try withRecipe { folder in
            let mixture = """
                data/dataset_info.json
                      name: microworld_anchored
                      weight: 0.6
                    - path: data/text.jsonl
                      weight: 0.4
                """
            try write(
                Self.recipe("trained:\n  lora:\n    rank: 4\n", data: mixture).replacing("steps: 6", with: "steps: 2"),
                in: folder)
            let run = try sft(in: folder)
            #expect(run.status == 0 && run.output.hasSuffix("run/adapter\n"), "\(run.errors)")
            #expect(run.errors.contains("by adapters") && run.errors.contains("17 samples"), "\(run.errors)")
            let merged = try Command.run(
                "merge", "--model", Command.checkpoint.path, "--adapter", "run/adapter", "--output", "merged",
                in: folder)
            #expect(merged.status == 0, "\(merged.errors)")

            try write(
                Self.recipe(
                    "new_special_tokens: [<look>, </look>]\n", training: "  checkpointing: true\n  layout: padded"
                )
                .replacing("output: run", with: "output: tokens").replacing("steps: 6", with: "steps: 2"),
                in: folder)
            let tokens = try sft(in: folder)
            #expect(tokens.status == 0, "\(tokens.errors)")
            try Data("<look></look>".utf8).write(to: folder.appendingPathComponent("text"))
            let counted = try Command.run(
                "tokenize", "--tokenizer", "tokens/checkpoint/tokenizer.json", "--input", "text", "--output", "ids",
                in: folder)
            #expect(counted.status == 0, "\(counted.errors)")
            let ids = try Data(contentsOf: folder.appendingPathComponent("ids"))
            #expect(ids.count == 3 * 4 && ids[..<4] != ids[4..<8])
        }
    }

    @Test func theTemplateIsARecipeAndADryRunLeavesNothing() throws {
        try withRecipe { folder in
            let template = try Command.run("sft", "--init", in: folder)
            #expect(template.status == 0)
            let filled = template.output.replacing("Qwen/Qwen2.5-VL-7B-Instruct", with: Command.checkpoint.path)
                .replacing("cold-start.json", with: "data/anchored.jsonl")
                .replacing("  # evaluation: ", with: "  evaluation: [{path: data/multimodal.jsonl}] # ")
            #expect(filled.contains("multimodal") && filled.contains("anchored"))
            try write(filled, in: folder)
            let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            let dry = try sft("--dry-run", in: folder)
            #expect(dry.status == 0 && dry.errors.contains("at most at one time"), "\(dry.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
            // What is commented out are settings that exist, with values that they may have.
            let setting = /^( *)# ([a-z_0-9]+: .*)$/
            let needsMore = [
                "name", "evaluation", "lora", "weight", "layers", "heads", "rank", "alpha", "dropout", "targets",
                "excluded",
            ]
            var count = 0
            let all = filled.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
                guard let found = line.wholeMatch(of: setting),
                    !needsMore.contains(where: { found.2.hasPrefix($0 + ":") }),
                    !found.1.isEmpty || !found.2.hasPrefix("new_"), found.1.count <= 2
                else { return String(line) }
                count += 1
                return String(found.1) + String(found.2)
            }
            #expect(count > 40)
            try write(all.joined(separator: "\n"), in: folder)
            let whole = try sft("--dry-run", in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
        }
    }

    /// Makes a weight of the last norm not a number.
    private func breakNorm(_ file: URL) throws {
        var data = try Data(contentsOf: file)
        let length = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let header = try #require(
            try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]])
        let place = try #require((header["model.norm.weight"]?["data_offsets"] as? [Int])?.first)
        // bfloat16, the low byte first.
        data.replaceSubrange(8 + length + place..<8 + length + place + 2, with: [0xC0, 0x7F])
        try data.write(to: file)
    }

    @Test func aLossThatIsNoNumberStopsOrIsSkipped() throws {
        let wild = Self.recipe().replacing(Command.checkpoint.path, with: "broken")
        try withRecipe(wild) { folder in
            let broken = folder.appendingPathComponent("broken")
            try FileManager.default.copyItem(at: Command.checkpoint, to: broken)
            try breakNorm(broken.appendingPathComponent("model.safetensors"))
            let run = try sft(in: folder)
            #expect(run.status == 1, "\(run.errors)")
            // It says of which sample.
            #expect(
                run.errors.contains("the losses of Line ") && run.errors.contains("anchored.jsonl of step 1"),
                "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run/checkpoint").path))
            try write(
                wild.replacing("output: run", with: "output: other")
                    .replacing("batch_size: 4", with: "batch_size: 4\n  skip_not_finite: 3"), in: folder)
            let skipping = try sft(in: folder)
            #expect(
                skipping.status == 1 && skipping.errors.contains("3 steps in a row were skipped"), "\(skipping.errors)")
        }
    }

    @Test func badInputEndsInOneSentence() throws {
        try withRecipe { folder in
            func sentence(_ text: String, _ arguments: String...) throws -> String {
                try write(text, in: folder)
                let run = try Command.run(["sft", "--config", "recipe.yaml"] + arguments, in: folder)
                #expect(run.status == 1 && run.output.isEmpty, "\(run.output)")
                #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run").path))
                return try #require(run.sentence, "\(run.errors)")
            }
            let plain = Self.recipe()
            let unknown = try sentence(plain.replacing("batch_size: 4", with: "bach_size: 4"))
            #expect(unknown.contains("bach_size") && unknown.contains("batch_size"), "\(unknown)")
            #expect(try sentence(plain.replacing("data/anchored", with: "data/absent")).contains("absent.jsonl"))
            #expect(try sentence(plain, "--resume").contains("no training to go on with"))
            #expect(
                try sentence(plain.replacing(Command.checkpoint.path, with: folder.path)).contains("config.json"))

            // What is wrong with a sample is said with its file and line, before the first step.
            let file = folder.appendingPathComponent("data/anchored.jsonl")
            var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            lines[4] = lines[4].replacing("<image>", with: "<image><image>")
            lines[7] = lines[7].replacing("images/train", with: "images/gone")
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let bad = try sentence(plain)
            #expect(bad.hasPrefix("Line 5 of ") && bad.contains("anchored.jsonl: "), "\(bad)")
            try write(plain.replacing("  train:", with: "  on_bad_sample: skip\n  train:"), in: folder)
            let skipping = try sft("--dry-run", in: folder)
            #expect(skipping.status == 0 && skipping.errors.contains("10 samples"), "\(skipping.errors)")
            #expect(
                skipping.errors.contains("out: Line 5 of") && skipping.errors.contains("out: Line 8 of"),
                "\(skipping.errors)")
            // One too long is left out and counted, and none that is left is an error.
            try write(
                plain.replacing("  train:", with: "  on_bad_sample: skip\n  maximum_tokens: 150\n  train:"), in: folder)
            let short = try sft("--dry-run", in: folder)
            #expect(short.errors.contains("samples of more than 150 tokens"), "\(short.errors)")
        }
    }
}
