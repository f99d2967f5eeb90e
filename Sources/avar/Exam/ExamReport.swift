import Microworld
import VisualAttention

/// What `avar microworld exam` says in the end: one row for every condition.
struct ExamReport: Encodable {
    /// What came of one condition.
    struct Row: Encodable {
        let condition: ExamCondition
        let total: Proportion
        /// Answers that could be read as answers, in 0...1.
        let readable: Double?
        /// By family; empty for data that have none.
        let families: [String: Proportion]
        /// Of conditions of hints: the same questions as they are.
        let asGiven: Proportion?
        /// Of reversed hints: where the hint misled as given and is right now.
        var nowRight: Direction?
        /// Of reversed hints: where the hint was right as given and misleads now.
        var nowMisleading: Direction?
    }

    /// Some of the questions of a condition.
    struct Direction: Encodable {
        let total: Proportion
        /// The same questions as they are; nil if they were not asked so.
        let asGiven: Proportion?
    }

    /// What is right without looking.
    struct Guesses: Encodable {
        /// The mean of one over the number of candidates.
        let chance: Double
        /// The answer that is most frequent among training questions of the same family and form.
        let likeliest: Proportion
        let chanceByFamily: [String: Double]
        let likeliestByFamily: [String: Proportion]
        /// Questions whose answer is also right for the shuffled picture.
        let sameWhenShuffled: Proportion
    }

    let model: String
    let data: String
    let style: ExamStyle
    let questions: Int
    let rows: [Row]
    let guesses: Guesses?
    let skipped: [SkippedSample]
    /// Whether hints are right less often than a guess.
    private let hasMisleadingHints: Bool

    private enum CodingKeys: String, CodingKey {
        case model, data, style, questions, rows, guesses, skipped
    }

    /// The report of the results of every question that was asked under every condition, in whose order the rows are.
    init(
        model: String, style: ExamStyle, paper: any ExamPaper, conditions: [ExamCondition], numbers: [Int],
        results: [ExamResult], skipped: [SkippedSample]
    ) {
        self.model = model
        self.style = style
        self.skipped = skipped
        data = paper.data.name
        let left = Set(skipped.map(\.line))
        let asked = numbers.filter { !left.contains($0) }
        questions = asked.count
        let plain = Dictionary(
            uniqueKeysWithValues: results.filter { $0.condition == .picture }.map { ($0.line, $0.isRight) })
        let world = (paper as? MicroworldPaper)?.world
        func given(_ results: [ExamResult]) -> Proportion? {
            let given = results.compactMap { plain[$0.line] }
            return given.isEmpty ? nil : Proportion(given)
        }
        rows = conditions.map { condition in
            let own = results.filter { $0.condition == condition }
            var row = Row(
                condition: condition, total: Proportion(own.map(\.isRight)),
                readable: Proportion(own.compactMap(\.isReadable)).accuracy,
                families: Dictionary(grouping: own.filter { $0.family != nil }) { $0.family ?? "" }
                    .mapValues { Proportion($0.map(\.isRight)) },
                asGiven: condition.isOfHints ? given(own) : nil)
            if condition == .hintReversed, let world {
                func direction(from wasRight: Bool) -> Direction {
                    let part = own.filter { world.question($0.line).hint?.isRight == wasRight }
                    return Direction(total: Proportion(part.map(\.isRight)), asGiven: given(part))
                }
                (row.nowRight, row.nowMisleading) = (direction(from: false), direction(from: true))
            }
            return row
        }
        guesses = (paper as? MicroworldPaper).map { Guesses($0, numbers: asked) }
        hasMisleadingHints = world?.questions.split == .hard
    }

    // MARK: Table

    /// The same as tables for people.
    var lines: [String] {
        let head = [
            "\(model): \(questions) questions of \(data), \(style.rawValue) answers", "",
            Self.name("condition") + "  right     of   accuracy      95 % interval   readable",
        ]
        let body = rows.map { row in
            Self.name(row.condition.rawValue) + Self.numbers(row.total)
                + (row.readable.map(\.percent) ?? "-").padded(11)
        }
        return head + body + guessLines + familyLines + notes + skipped.lines
    }

    private static func name(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 17 - text.count))
    }

    private static func numbers(_ share: Proportion) -> String {
        "\(share.right)".padded(7) + "\(share.count)".padded(7) + (share.accuracy?.percent ?? "-").padded(11)
            + share.intervalText.padded(19)
    }

    private var guessLines: [String] {
        guard let guesses else { return [] }
        return [
            Self.name("likeliest answer") + Self.numbers(guesses.likeliest),
            Self.name("chance") + guesses.chance.percent.padded(25),
        ]
    }

    private var familyLines: [String] {
        let families = Family.allCases.map(\.rawValue).filter { name in rows.contains { $0.families[name] != nil } }
        guard !families.isEmpty else { return [] }
        func line(_ name: String, _ shares: (String) -> Double?) -> String {
            Self.name(name) + families.map { (shares($0)?.percent ?? "-").padded(12) }.joined()
        }
        let head = ["", Self.name("by family") + families.map { $0.padded(12) }.joined()]
        let body = rows.map { row in line(row.condition.rawValue) { row.families[$0]?.accuracy } }
        guard let guesses else { return head + body }
        return head + body + [
            line("likeliest answer") { guesses.likeliestByFamily[$0]?.accuracy },
            line("chance") { guesses.chanceByFamily[$0] },
        ]
    }

    /// What one must know to read the numbers, a sentence each.
    var sentences: [String] {
        var notes: [String] = []
        if let guesses, rows.contains(where: { $0.condition == .shuffled }) {
            let same = guesses.sameWhenShuffled
            notes.append(
                "shuffled: \(same.right) of \(same.count) answers are by chance right for the other picture too.")
        }
        if hasMisleadingHints {
            notes.append(
                "Hints of the hard split are right at most half as often as a guess: one who avoids what they suggest does "
                    + "better than chance without looking.")
        }
        for row in rows {
            if let given = row.asGiven {
                notes.append("\(row.condition.rawValue): as they are, the same questions have \(Self.words(given)).")
            }
            for (words, part) in [("misled, now right", row.nowRight), ("were right, now mislead", row.nowMisleading)] {
                guard let part, part.total.count > 0 else { continue }
                let given = part.asGiven.map { ", as they are \(Self.words($0))" } ?? ""
                notes.append("\(row.condition.rawValue), where hints \(words): \(Self.words(part.total))\(given).")
            }
        }
        return notes
    }

    private static func words(_ share: Proportion) -> String {
        "\(share.right) of \(share.count) right (\(share.accuracy?.percent ?? "-"))"
    }

    private var notes: [String] { sentences.isEmpty ? [] : [""] + sentences }
}

extension ExamReport.Guesses {
    /// What is right without looking at the pictures of some questions.
    fileprivate init(_ paper: MicroworldPaper, numbers: [Int]) {
        let source = paper.world.questions
        // Training questions are not counted among themselves.
        let seed = source.split == .train ? source.seed &+ 1 : source.seed
        let likeliest = LikeliestAnswers(QuestionSource(split: .train, seed: seed, families: source.families))
        let questions = numbers.map(paper.world.question)
        func mean(_ questions: [Microworld.Question]) -> Double {
            questions.reduce(0) { $0 + 1 / Double($1.candidates.count) } / Double(max(1, questions.count))
        }
        func guessed(_ questions: [Microworld.Question]) -> Proportion {
            Proportion(questions.map { likeliest.guess($0) == $0.answerText })
        }
        let families = Dictionary(grouping: questions) { $0.family.rawValue }
        chance = mean(questions)
        self.likeliest = guessed(questions)
        chanceByFamily = families.mapValues(mean)
        likeliestByFamily = families.mapValues(guessed)
        sameWhenShuffled = Proportion(numbers.map(paper.isRightWhenShuffled))
    }
}
