import ArgumentParser

/// `avar microworld`: a small world of drawn scenes.
struct MicroworldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "microworld", abstract: "A small world of drawn scenes, in which looking decides the answer.",
        subcommands: [
            MicroworldMakeCommand.self, MicroworldExamCommand.self, MicroworldOracleCommand.self,
            MicroworldColdStartCommand.self, MicroworldPretrainCommand.self,
        ])
}
