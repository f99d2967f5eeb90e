import ArgumentParser
import Foundation
import Pretraining
import Training

/// `avar microworld pretrain`: a small checkpoint from nothing.
struct MicroworldPretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain", abstract: "Trains a small Qwen2.5-VL from nothing on the microworld.",
        discussion: """
            The recipe names a folder with config.json, tokenizer.json and the other files of a checkpoint, the mixture of tasks and \
            the numbers of the training. OUTPUT is given a state every so many steps, log.jsonl, and in the end the folder \
            checkpoint, in bfloat16, which transformers reads too. After Ctrl-C (exit status 130) or kill -9 the same command with \
            --resume goes on from the last state, and ends with the weights of an undisturbed run, bit for bit.
            """)

    @Option(help: "The recipe, a YAML file; Checkpoints/microworld/recipe.yaml is that of the checkpoint there.")
    var config: String

    @Option(help: "The folder for states, log and checkpoint.")
    var output: String

    @Flag(help: "Go on with the training that is in the folder.")
    var resume = false

    @Flag(help: "Print each line of the log as JSON.")
    var json = false

    func run() throws {
        let file = URL(fileURLWithPath: config)
        let recipe = try PretrainingRecipe(contentsOf: file)
        let training = try Pretraining(
            recipe, settings: try settings(file, recipe), folder: URL(fileURLWithPath: output, isDirectory: true),
            resumes: resume)
        let interrupt = Interrupt()
        defer { interrupt.end() }
        Output.note("\(training.model.parameters.parameterCount) parameters, \(recipe.loop.steps) steps")
        if let step = training.folder.latestStep { Output.note("going on from step \(step)") }
        let checkpoint = try training.run(
            report: { try json ? Output.json($0) : Output.line(line($0, of: recipe.loop.steps)) },
            shouldStop: { interrupt.isRequested })
        guard let checkpoint else {
            Output.note("Stopped; the same command with --resume goes on.")
            throw ExitCode(130)
        }
        if !json { Output.line(checkpoint.path) }
    }

    private func line(_ entry: TrainingLoop.LogEntry, of steps: Int) -> String {
        var text =
            "step \(entry.step) of \(steps)  loss \(entry.loss.fixed(4))  gradient \(entry.gradientNorm.fixed(2))  "
            + "rate \(String(format: "%.2e", entry.learningRate))  "
            + "\((Double(entry.tokens) / max(entry.seconds, 1e-9)).fixed(0)) answer tokens per second"
        if let found = entry.evaluation {
            text +=
                "\n  "
                + found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.percent)" }.joined(separator: ", ")
        }
        return text
    }

    /// Everything that decides the numbers: a folder of other settings is not gone on with.
    private func settings(_ file: URL, _ recipe: PretrainingRecipe) throws -> String {
        var lines = ["recipe \(try Fingerprint.file(file))"]
        for name in ["config.json", "tokenizer.json", "preprocessor_config.json"] {
            lines.append("\(name) \(try Fingerprint.file(recipe.architecture.appendingPathComponent(name)))")
        }
        if let set = recipe.easyVQA {
            lines.append("train.jsonl \(try Fingerprint.file(set.appendingPathComponent("train.jsonl")))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
