import ArgumentParser
import ChatEndpoints

/// How answers are read.
struct EvalScoring: ParsableArguments {
    @Option(help: "The reading whose tables are printed: strict, reference, or judge with --judge.")
    var reading = Reading.strict

    @Option(
        help: """
            An OpenAI-compatible server that says what answers mean which the reference cannot read, as VLMEvalKit's judge \
            does; its key is taken from \(EndpointKey.judgeVariables.joined(separator: " or ")). What it said is kept.
            """)
    var judge: String?

    @Option(help: "The judge's model; gpt-4o-mini is VLMEvalKit's.")
    var judgeModel = "gpt-4o-mini"

    @Option(parsing: .unconditional, help: "The seed of the bootstrap intervals.")
    var bootstrapSeed: UInt64 = 0

    /// The readings.
    enum Reading: String, ExpressibleByArgument, CaseIterable, Encodable {
        case strict
        case reference
        case judge
    }

    func validate() throws {
        if reading == .judge, judge == nil { throw ValidationError("--reading judge needs --judge.") }
    }
}
