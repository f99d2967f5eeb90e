import ChatEndpoints
import Scoring
import Statistics
import VisualAttention

/// What came of a run for one set: the numbers a paper prints, how sure they are, and where the answers looked.
public struct SetResult: Sendable, Encodable {
    /// What one way of reading answers makes of the run.
    public struct Reading: Sendable, Encodable {
        /// Its name: `strict`, `reference`, or `judge` (the reference with a judge).
        public var name: String
        /// The headline, and rows by what the benchmark divides its questions by.
        public var scores: BenchmarkScores
        /// The share of answers that are right, with its intervals; questions about the same pictures count together.
        ///
        /// Of MMMU it is of the validation questions, as the headline, where there are any.
        public var accuracy: Accuracy
        /// pass@k and the majority, where questions were answered several times.
        public var repeated: RepeatedScores?
    }

    /// An answer of which two readings think differently.
    public struct Difference: Sendable, Encodable, Equatable {
        /// The question's `index`.
        public var index: String
        /// Which of its answers, from 0.
        public var sample: Int
        /// What the strict reading finds.
        public var strict: Judgement?
        /// What the reference finds.
        public var reference: Judgement?
    }

    /// Where the answers' tokens look, the means over answers.
    public struct Attention: Sendable, Encodable {
        /// Answers of which it was measured.
        public var answers: Int
        /// The means of the score's four forms and of the shares.
        public var means: AttentionScores
        /// Whether right answers have another score than wrong ones, by the strict reading and the pooled form, over answers.
        public var outcome: OutcomeCorrelation
    }

    /// The set that was answered.
    public var set: BenchmarkSet
    /// What people call it.
    public var title: String
    /// Questions that have an answer or failed.
    public var questions: Int
    /// Answers that were wanted of each.
    public var samples: Int
    /// What could not be answered; it counts as wrong.
    public var failed: Int
    /// What each reading finds, the strict one first.
    public var readings: [Reading]
    /// The answers that are right in one of the strict reading and the reference and wrong in the other.
    public var differences: [Difference]
    /// Where the answers look; nil if that was not measured.
    public var attention: Attention?

    /// The result of a set.
    /// - Parameters:
    ///   - answers: the answers with their verdicts.
    ///   - bootstrap: how often groups are drawn again, and from which seed.
    /// - Throws: `AggregationError` for a question whose columns do not say where it belongs.
    public init(_ answers: AnsweredSet, bootstrap: Bootstrap = Bootstrap()) throws {
        set = answers.set
        title = answers.set.title
        samples = answers.samples
        failed = answers.items.count(where: \.isFailed)
        let questions = answers.questions()
        self.questions = questions.count
        let items = answers.items
        let counted = Self.reported(items, of: answers.set)
        readings = try answers.readings.map { name in
            Reading(
                name: name,
                scores: try BenchmarkScores(rounds: answers.rounds(name), of: answers.set.benchmark),
                accuracy: try Accuracy(
                    counted.map { $0.isRight(name) }, clusters: counted.map(\.cluster), bootstrap: bootstrap),
                repeated: answers.samples > 1
                    ? RepeatedScores(
                        questions.map { answers in
                            RepeatedAnswers(
                                answers.map { $0.verdicts[name] ?? Judgement(extracted: nil, isCorrect: false) })
                        }) : nil)
        }
        let (strict, reference) = (EvaluationStore.ReadingName.strict, EvaluationStore.ReadingName.reference)
        differences = items.filter { $0.isRight(strict) != $0.isRight(reference) }.map {
            Difference(
                index: $0.key.question.index, sample: $0.key.sample, strict: $0.verdicts[strict],
                reference: $0.verdicts[reference])
        }
        attention = Self.attention(items, bootstrap)
    }

    /// The answers that the headline is of.
    private static func reported(_ items: [AnsweredSet.Item], of set: BenchmarkSet) -> [AnsweredSet.Item] {
        let validation = items.filter { set == .mmmu && $0.columns["split"] == "validation" }
        return validation.isEmpty ? items : validation
    }

    /// What a reading finds.
    /// - Parameter name: of the reading.
    /// - Returns: nil if it has no verdicts.
    public func reading(_ name: String) -> Reading? { readings.first { $0.name == name } }

    private static func attention(_ items: [AnsweredSet.Item], _ bootstrap: Bootstrap) -> Attention? {
        let measured = items.compactMap(\.attention)
        guard !measured.isEmpty else { return nil }
        func mean(_ part: (AttentionScores) -> Double?) -> Double? {
            let values = measured.compactMap(part).filter(\.isFinite)
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        return Attention(
            answers: measured.count,
            means: AttentionScores(
                paper: mean(\.paper), pooled: mean(\.pooled), reward: mean(\.reward), geometric: mean(\.geometric),
                visualShare: mean(\.visualShare), systemShare: mean(\.systemShare)),
            outcome: OutcomeCorrelation(
                scores: items.map { $0.attention?.pooled },
                isRight: items.map { $0.isRight(EvaluationStore.ReadingName.strict) },
                kinds: items.map { $0.columns["category"] ?? "" }, seed: bootstrap.seed))
    }
}
