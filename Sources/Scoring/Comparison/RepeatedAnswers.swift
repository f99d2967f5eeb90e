/// Several answers of one model to one question.
public struct RepeatedAnswers: Sendable, Equatable, Codable {
    /// What was found in them, in the order in which they were drawn.
    public let judgements: [Judgement]

    /// Several answers to one question.
    /// - Parameter judgements: what was found in them, in the order in which they were drawn.
    public init(_ judgements: [Judgement]) { self.judgements = judgements }

    /// How many of the answers are right.
    public var right: Int { judgements.count(where: \.isCorrect) }

    /// The share that is right; nil of none.
    public var meanAccuracy: Double? {
        judgements.isEmpty ? nil : Double(right) / Double(judgements.count)
    }

    /// The probability that at least one of `k` answers is right, from `n` of which `c` are: `1 - C(n-c, k) / C(n, k)`, which is right on
    /// average (Chen et al., 2021).
    /// - Parameter k: answers.
    /// - Returns: in 0...1; nil if there are fewer than `k` answers, or `k` is not positive.
    public func pass(at k: Int) -> Double? {
        let count = judgements.count, wrong = count - right
        guard k > 0, k <= count else { return nil }
        guard wrong >= k else { return 1 }
        // C(n-c, k) / C(n, k) as a product, none of whose factors is large.
        return 1 - (0..<k).reduce(1.0) { $0 * Double(wrong - $1) / Double(count - $1) }
    }

    /// The answer that was given most often; of several, the one that was given first.
    ///
    /// Answers in which nothing was found have no vote.
    /// - Parameter isSame: whether two answers, as they were understood, are the same.
    /// - Returns: what was found in its first occurrence; nil if nothing was found in any.
    public func majority(isSame: (String, String) -> Bool = { $0 == $1 }) -> Judgement? {
        var votes: [(first: Judgement, answer: String, count: Int)] = []
        for judgement in judgements {
            guard let answer = judgement.extracted else { continue }
            if let place = votes.firstIndex(where: { isSame($0.answer, answer) }) {
                votes[place].count += 1
            } else {
                votes.append((judgement, answer, 1))
            }
        }
        guard let most = votes.map(\.count).max() else { return nil }
        return votes.first { $0.count == most }?.first
    }
}

/// Several answers of one model to each of many questions.
public struct RepeatedScores: Sendable, Equatable, Codable {
    /// Questions that have answers.
    public let questions: Int
    /// The fewest answers that one of them has.
    public let fewestAnswers: Int
    /// The mean over the questions of the share of right answers.
    public let meanAccuracy: Double
    /// The share of questions whose most frequent answer is right.
    public let majorityAccuracy: Double
    /// pass@k for k = 1, 2, 4, 8 and on, and for the fewest answers, in ascending order.
    public let passes: [Pass]

    /// The probability that one of k answers is right.
    public struct Pass: Sendable, Equatable, Codable {
        /// How many answers one of which is to be right.
        public let k: Int
        /// The mean of the probability over the questions.
        public let probability: Double
    }

    /// The scores of some questions; nil if none has an answer.
    /// - Parameters:
    ///   - questions: the answers to each; those without any are left out.
    ///   - isSame: whether two answers, as they were understood, are the same.
    public init?(_ questions: [RepeatedAnswers], isSame: (String, String) -> Bool = { $0 == $1 }) {
        let answered = questions.filter { !$0.judgements.isEmpty }
        guard let fewest = answered.map(\.judgements.count).min() else { return nil }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        self.questions = answered.count
        fewestAnswers = fewest
        meanAccuracy = mean(answered.compactMap(\.meanAccuracy))
        majorityAccuracy = mean(answered.map { $0.majority(isSame: isSame)?.isCorrect == true ? 1 : 0 })
        let powers = (0..<20).map { 1 << $0 }.filter { $0 < fewest }
        passes = (powers + [fewest]).map { k in Pass(k: k, probability: mean(answered.compactMap { $0.pass(at: k) })) }
    }
}
