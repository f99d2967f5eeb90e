import ArgumentParser
import Reproduction

/// The command.
@main
struct Avar: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "avar",
        abstract: "Measures how much a vision-language model looks at the picture.",
        discussion:
            "Runs Qwen2.5-VL checkpoints in the Hugging Face layout. Results go to standard output, progress and "
            + "notes to standard error; the exit status is 0 on success, 1 on failure, 64 on wrong usage, 130 "
            + "after Ctrl-C in work that the same command goes on with.",
        version: version,
        subcommands: [
            DoctorCommand.self, GenerateCommand.self, VASCommand.self, SweepCommand.self, CorrelateCommand.self,
            BenchCommand.self, BenchPicturesCommand.self, ConvertCommand.self, SFTCommand.self, GRPOCommand.self,
            EvalCommand.self, SynthesizeCommand.self, ServeCommand.self, ReproduceCommand.self, ReportCommand.self,
            MergeCommand.self, DemoCommand.self, MicroworldCommand.self, TokenizeCommand.self,
        ])

    /// The version, as in CHANGELOG.md.
    static let version = "0.1.0"

    /// Runs the command that the arguments name.
    static func main() {
        Installation.useFont()
        Lifeline.tie()
        main(nil)
    }
}
