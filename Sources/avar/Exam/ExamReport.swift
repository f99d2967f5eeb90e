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
        rows = conditions.map { condition in
            let own = results.filter { $0.condition == condition }
            let given = own.compactMap { plain[$0.line] }
            return Row(
                condition: condition, total: Proportion(own.map(\.isRight)),
                readable: Proportion(own.map(\.isReadable)).accuracy,
                families: Dictionary(grouping: own.filter { $0.family != nil }) { $0.family ?? "" }
                    .mapValues { Proportion($0.map(\.isRight)) },
                asGiven: condition.isOfHints && !given.isEmpty ? Proportion(given) : nil)
        }
        guesses = (paper as? MicroworldPaper).map { Guesses($0, numbers: asked) }
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
        return head + body + guessLines + familyLines + notes + leftOut
    }

    private static func name(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 17 - text.count))
    }

    private static func numbers(_ share: Proportion) -> String {
        let interval = share.low.flatMap { low in share.high.map { "\(low.percent) to \($0.percent)" } } ?? "-"
        return "\(share.right)".padded(7) + "\(share.count)".padded(7) + (share.accuracy?.percent ?? "-").padded(11)
            + interval.padded(19)
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
        for row in rows {
            guard let given = row.asGiven, let accuracy = given.accuracy else { continue }
            notes.append(
                "\(row.condition.rawValue): as they are, the same questions have \(given.right) of \(given.count) right "
                    + "(\(accuracy.percent)).")
        }
        return notes
    }

    private var notes: [String] { sentences.isEmpty ? [] : [""] + sentences }

    private var leftOut: [String] {
        guard !skipped.isEmpty else { return [] }
        return [""] + skipped.prefix(20).map { "line \($0.line) is left out: \($0.reason)" }
            + (skipped.count > 20 ? ["and \(skipped.count - 20) more"] : [])
    }
}

extension ExamReport.Guesses {
    /// What is right without looking at the pictures of some questions.
    fileprivate init(_ paper: MicroworldPaper, numbers: [Int]) {
        let source = paper.world.questions
        let likeliest = LikeliestAnswers(
            QuestionSource(split: .train, seed: source.seed, families: source.families))
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
