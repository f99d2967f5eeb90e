import ChatEndpoints
import Scoring
import Statistics

/// The answers to a set's questions with their verdicts, without their words: what tables and comparisons are made of.
public struct AnsweredSet: Sendable {
    /// An answer, or that there is none.
    public struct Item: Sendable {
        /// The question, and which of its answers.
        public var key: AnswerKey
        /// What its question counts with: its pictures.
        public var cluster: String
        /// What its question's row says, by columns.
        public var columns: [String: String]
        /// Whether it was cut at the greatest number of tokens.
        public var isCut: Bool
        /// Whether there is no answer; that counts as wrong.
        public var isFailed: Bool
        /// What each reading makes of it.
        public var verdicts: [String: Judgement]
        /// Where its tokens look.
        public var attention: AttentionScores?
        /// How many tokens it has.
        public var newTokens: Int?

        /// Whether a reading finds it right.
        public func isRight(_ reading: String) -> Bool { verdicts[reading]?.isCorrect ?? false }
    }

    /// The set that the questions are of.
    public let set: BenchmarkSet
    /// The answers in the order of the questions and samples.
    public private(set) var items: [Item] = []

    /// The answers of a run to a set.
    /// - Parameters:
    ///   - store: the run.
    ///   - set: the set.
    ///   - isCounted: which answers count; all unless given.
    /// - Throws: ``StoreError``.
    public init(
        _ store: EvaluationStore, _ set: BenchmarkSet, only isCounted: (AnswerKey) -> Bool = { _ in true }
    ) throws {
        self.set = set
        var items: [Item] = []
        try store.forEachItem(of: set.rawValue) { item in
            guard isCounted(item.answer.key) else { return }
            let question = item.question
            var columns = Dictionary(
                question.columns.compactMap { column in column.value.map { (column.name, $0) } },
                uniquingKeysWith: { first, _ in first })
            if set.benchmark == .mmmuPro { columns["variant"] = set == .mmmuPro ? "10 options" : "vision" }
            // Long words play no part in tables.
            for name in ["question", "query_cot", "question_for_eval", "solution"] { columns[name] = nil }
            let reply = item.answer.reply
            items.append(
                Item(
                    key: item.answer.key,
                    cluster: question.pictures.isEmpty ? question.key.index : question.pictures.joined(separator: "+"),
                    columns: columns, isCut: reply.map { $0.finish == .length } ?? false, isFailed: reply == nil,
                    verdicts: Dictionary(
                        item.verdicts.map { ($0.reading, $0.judgement) }, uniquingKeysWith: { $1 }),
                    attention: reply?.attention, newTokens: reply?.newTokens))
        }
        self.items = items
    }

    /// How often questions are answered, at most.
    public var samples: Int { (items.map(\.key.sample).max() ?? -1) + 1 }

    /// The readings that have verdicts, the strict one first.
    public var readings: [String] {
        let names = Set(items.flatMap { $0.verdicts.keys })
        let known = [
            EvaluationStore.ReadingName.strict, EvaluationStore.ReadingName.reference,
            EvaluationStore.ReadingName.judge,
        ]
        return known.filter(names.contains) + names.subtracting(known).sorted()
    }

    /// The answers as tables count them, round by round: the first to each question, the second, and so on.
    func rounds(_ reading: String) -> [[ScoredItem]] {
        var rounds = [[ScoredItem]](repeating: [], count: samples)
        for item in items {
            rounds[item.key.sample].append(
                ScoredItem(
                    index: item.key.question.index, benchmark: set.benchmark, isCorrect: item.isRight(reading),
                    isRead: item.verdicts[reading]?.extracted != nil, isCut: item.isCut, columns: item.columns,
                    vas: item.attention?.pooled))
        }
        return rounds
    }

    /// The answers to each question, in the order of the questions.
    func questions() -> [[Item]] {
        var places: [QuestionKey: Int] = [:]
        var questions: [[Item]] = []
        for item in items {
            if let place = places[item.key.question] {
                questions[place].append(item)
            } else {
                places[item.key.question] = questions.count
                questions.append([item])
            }
        }
        return questions
    }
}
