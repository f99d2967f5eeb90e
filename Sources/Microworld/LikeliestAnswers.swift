/// What is answered without looking by who knows how often every answer is right.
public struct LikeliestAnswers: Sendable {
    private var counts: [String: [String: Int]] = [:]

    /// Counts the answers of some questions by family and form.
    /// - Parameters:
    ///   - source: the questions, usually of the training split.
    ///   - count: how many of them.
    public init(_ source: QuestionSource, count: Int = 3000) {
        for index in 0..<count {
            let question = source.question(index)
            counts[Self.key(question), default: [:]][question.answerText, default: 0] += 1
        }
    }

    /// The answer that was right most often in questions of the same form, of options the one among them.
    /// - Parameter question: is not looked at beyond its form and options.
    /// - Returns: the answer in words.
    public func guess(_ question: Question) -> String {
        let known = counts[Self.key(question)] ?? [:]
        let choice = question.options.isEmpty ? known.keys.sorted() : question.options.sorted()
        // Sorted, so that a tie falls the same way every time.
        return choice.max { (known[$0] ?? 0) < (known[$1] ?? 0) } ?? question.candidates[0]
    }

    private static func key(_ question: Question) -> String {
        "\(question.family.rawValue) \(question.query.form) \(question.options.isEmpty)"
    }
}
