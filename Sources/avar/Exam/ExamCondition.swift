import ArgumentParser

/// How a question is put: as it is, or with something taken from it or changed.
enum ExamCondition: String, Codable, CaseIterable, Sendable {
    /// As it is.
    case picture
    /// With the picture of another question.
    case shuffled
    /// Without any picture.
    case blind
    /// Without the hint that it has.
    case hintRemoved = "hint-removed"
    /// With a hint that misleads where it was right, and the other way round.
    case hintReversed = "hint-reversed"
    /// With a hint that is right.
    case hintRight = "hint-right"
    /// With a hint that misleads.
    case hintWrong = "hint-wrong"

    /// Whether only questions with a hint are put so.
    var isOfHints: Bool { [.hintRemoved, .hintReversed, .hintRight, .hintWrong].contains(self) }
}

/// Conditions with commas between them, each once, or all.
struct ConditionList: ExpressibleByArgument {
    /// In the order in which they are shown; nil for all that the data allow.
    let values: [ExamCondition]?

    static let all = ConditionList(values: nil)

    private init(values: [ExamCondition]?) { self.values = values }

    init?(argument: String) {
        if argument == "all" {
            self = .all
            return
        }
        guard let values = [ExamCondition](commaSeparated: argument) else { return nil }
        self.init(values: ExamCondition.allCases.filter(values.contains))
    }

    var defaultValueDescription: String { "all" }
}

/// Whether a model answers at once or thinks first.
enum ExamStyle: String, Codable, CaseIterable, ExpressibleByArgument {
    case direct
    case reasoning

    /// The most tokens of an answer unless they are given.
    var maxNewTokens: Int {
        switch self {
        case .direct: 24
        case .reasoning: 160
        }
    }
}
