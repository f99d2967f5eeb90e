import ArgumentParser
import Foundation
import Scoring

/// `avar eval`: benchmarks answered, scored and compared.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Answers benchmarks, scores the answers and compares runs.",
        subcommands: [EvalRunCommand.self, EvalScoreCommand.self, EvalCompareCommand.self],
        defaultSubcommand: EvalRunCommand.self)
}

/// `avar eval score`: a reading beside answers of which it is known how they should be read.
struct EvalScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Reads answers of which it is known how they should be read, without a model.",
        discussion: """
            The file has a JSON object a line: benchmark, kind (multiple_choice, free_form, yes_no), prediction, choices, answer, \
            expected_correct, and if wanted answer_type, precision, unit, expected_extracted and note. The reading strict understands what \
            is meant as the answer and compares it by its meaning; reference does what VLMEvalKit does without its judge, bug for bug, so \
            that tables can be compared, and accepts wrong answers as it does. Of a vector without expected_extracted only the verdict counts.
            """)

    /// A way to read answers.
    enum Reading: String, ExpressibleByArgument, CaseIterable {
        case strict
        case reference

        var reading: any AnswerReading {
            switch self {
            case .strict: StrictReading()
            case .reference: ReferenceReading()
            }
        }
    }

    @Option(help: "The file of answers.")
    var vectors: String

    @Option(help: "How answers are read.")
    var reading = Reading.strict

    @Flag(help: "Print one line of JSON: total, agree, and the vectors on which they do not.")
    var json = false

    func run() throws {
        let found = try ScoringVectors(contentsOf: URL(fileURLWithPath: vectors)).outcome(of: reading.reading)
        if json { return try Output.json(found) }
        Output.line("\(found.agree) of \(found.total) answers are read as they should be (\(reading.rawValue))")
        for other in found.disagree {
            let text = other.prediction.count > 60 ? other.prediction.prefix(57) + "..." : other.prediction[...]
            Output.line(
                "line \(other.line), \(other.benchmark): \(String(text).debugDescription) was read as "
                    + "\(other.extracted?.debugDescription ?? "nothing") and found \(other.correct ? "right" : "wrong")"
            )
        }
    }
}
