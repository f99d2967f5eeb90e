import ArgumentParser
import Microworld

/// Which questions are drawn: the same for every subcommand that draws some.
struct QuestionOptions: ParsableArguments {
    @Option(name: .customLong("split"), help: "The split: \(Split.allCases.map(\.rawValue).joined(separator: ", ")).")
    var givenSplit: Split?

    @Option(name: .customLong("count"), parsing: .unconditional, help: "How many questions.")
    var givenCount: Int?

    @Option(help: "What decides everything that is drawn by chance.")
    var seed: UInt64 = 0

    @Option(help: "The families with commas between them: \(Family.allCases.map(\.rawValue).joined(separator: ", ")).")
    var families = FamilyList(values: Family.allCases)

    @Option(help: "Which questions carry a hint: none, some (half of them) or all.")
    var hints = HintUse.some

    @Option(parsing: .unconditional, help: "How often a hint is right, 0 to 1 (default: as often as a guess).")
    var hintRate: Double?

    func validate() throws {
        if let count = givenCount, count < 1 { throw ValidationError("--count must be at least 1, got \(count).") }
        if let hintRate, !(0...1).contains(hintRate) {
            throw ValidationError("--hint-rate must be between 0 and 1, got \(hintRate).")
        }
    }

    /// Refuses options without split or count, which have no default where questions are made.
    func requireSplitAndCount() throws {
        if givenSplit == nil { throw ValidationError("Missing expected argument '--split <split>'") }
        if givenCount == nil { throw ValidationError("Missing expected argument '--count <count>'") }
    }

    /// The split.
    var split: Split { givenSplit ?? .train }

    /// How many questions.
    var count: Int { givenCount ?? 2000 }

    /// The questions that the options name.
    var source: QuestionSource {
        QuestionSource(split: split, seed: seed, families: families.values, hints: hints, hintRate: hintRate)
    }
}

extension Split: ExpressibleByArgument {}
extension HintUse: ExpressibleByArgument {}

/// Families with commas between them, each once.
struct FamilyList: ExpressibleByArgument {
    let values: [Family]

    init(values: [Family]) { self.values = values }

    init?(argument: String) {
        guard let values = [Family](commaSeparated: argument) else { return nil }
        self.values = values
    }

    var defaultValueDescription: String { values.map(\.rawValue).joined(separator: ",") }
}
