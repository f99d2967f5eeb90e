import ArgumentParser
import ColdStart
import Foundation

/// `avar sft`: a cold start.
struct SFTCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sft",
        abstract: "Fine-tunes a checkpoint on conversations, with attention guided to the picture.",
        discussion: """
            Everything stands in a file of settings; --init prints one with every setting explained. All samples are checked before \
            the first step. The folder that the settings name is given a state every so many steps, log.jsonl, TensorBoard events, \
            report.html, the settings with all defaults filled in, and in the end the folder checkpoint, or with trained.lora the \
            folder adapter, which PEFT loads. After Ctrl-C (exit status 130) or kill -9 the same command with --resume goes on from \
            the last state, and ends with the weights of an undisturbed run, bit for bit.
            """)

    @Option(help: "The file of settings.")
    var config: String?

    @Flag(help: "Go on with the training that is in the folder.")
    var resume = false

    @Flag(name: .customLong("init"), help: "Print a file of settings to begin with.")
    var isInit = false

    @Flag(help: "Check settings and data, print what would be done and the memory it takes, and end.")
    var dryRun = false

    @Flag(help: "Print each line of the log as JSON.")
    var json = false

    func validate() throws {
        if (config == nil) != isInit { throw ValidationError("Give --config FILE.yaml, or --init for such a file.") }
    }

    func run() throws {
        guard let config else { return Output.write(ColdStartRecipe.template) }
        let recipe = try ColdStartRecipe(contentsOf: URL(fileURLWithPath: config))
        let source = try ModelFolder.find(recipe.model, revision: nil)
        let run = try ColdStartRun(recipe, source: source, resumes: resume, isDry: dryRun, json: json)
        if dryRun { return }
        guard let result = try run.run() else {
            Output.note("Stopped; the same command with --resume goes on.")
            throw ExitCode(130)
        }
        if !json { Output.line(result.path) }
    }
}
