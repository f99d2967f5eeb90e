import ArgumentParser
import Foundation
import Reinforcement

/// `avar grpo`: a reinforcement.
struct GRPOCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grpo",
        abstract: "Trains a checkpoint by GRPO, with a reward for looking at the picture.",
        discussion: """
            Everything stands in a file of settings; --init prints one with every setting explained. Answers are drawn by the model \
            that is trained, in groups that share one reading of the prompt; their log-probabilities and their attention are \
            recorded while they are drawn. The folder that the settings name is given a state every so many updates, log.jsonl, \
            TensorBoard events, rollouts.jsonl, report.html, and in the end the folder checkpoint, or with trained.lora the folder \
            adapter. After Ctrl-C (exit status 130) or kill -9 the same command with --resume goes on from the last state, and ends \
            with the weights of an undisturbed run, bit for bit, as long as rewards of your own say the same again.
            """)

    @Option(help: "The file of settings.")
    var config: String?

    @Flag(help: "Go on with the training that is in the folder.")
    var resume = false

    @Flag(name: .customLong("init"), help: "Print a file of settings to begin with.")
    var isInit = false

    @Flag(help: "Print each line of the log as JSON.")
    var json = false

    func validate() throws {
        if (config == nil) != isInit { throw ValidationError("Give --config FILE.yaml, or --init for such a file.") }
    }

    func run() throws {
        guard let config else { return Output.write(ReinforcementRecipe.template) }
        let recipe = try ReinforcementRun.recipe(URL(fileURLWithPath: config))
        let source = try ModelFolder.find(recipe.model, revision: nil)
        let run = try ReinforcementRun(recipe, source: source, resumes: resume, json: json)
        guard let result = try run.run() else {
            Output.note("Stopped; the same command with --resume goes on.")
            throw ExitCode(130)
        }
        if !json { Output.line(result.path) }
    }
}
