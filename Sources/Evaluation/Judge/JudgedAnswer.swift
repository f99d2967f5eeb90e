import Scoring

/// What a judge makes of an answer.
public struct JudgedAnswer: Sendable, Equatable {
    /// How it came about.
    public enum Outcome: Sendable, Equatable {
        /// The judge said something that could be read: also that the answer holds none.
        case judged
        /// The judge said nothing that could be read, however often it was asked.
        case unclear
        /// The judge could not be asked, for this reason; nothing of that is kept, so the next run asks again.
        case unreachable(String)
    }

    /// What was found, and whether it is right; nothing is found where the judge is unclear, and nothing is right by chance.
    public var judgement: Judgement
    /// How it came about.
    public var outcome: Outcome
    /// The judge's words, in the order in which they came.
    public var words: [String]
    /// How many of them were here from before.
    public var cached: Int

    /// What a judge makes of an answer.
    public init(judgement: Judgement, outcome: Outcome, words: [String], cached: Int) {
        self.judgement = judgement
        self.outcome = outcome
        self.words = words
        self.cached = cached
    }

    /// Whether nothing was found in the answer.
    public var isUnparsed: Bool { judgement.extracted == nil }
}

/// How often a judge was needed, and what came of it.
public struct JudgeSummary: Sendable, Equatable, Codable {
    /// Answers that a judge was asked about.
    public var judged = 0
    /// Those that it found to be right.
    public var right = 0
    /// Those in which nothing was found, unclear and unreachable ones included; they are wrong.
    public var unparsed = 0
    /// Those of which the judge said nothing that could be read.
    public var unclear = 0
    /// Those that the judge could not be asked about.
    public var unreachable = 0
    /// Why, the most frequent reason first.
    public var reasons: [FailureCount] = []
    /// Requests that were answered from what was here before.
    public var cached = 0
    /// Requests that the judge answered now.
    public var replies = 0

    private enum CodingKeys: String, CodingKey {
        case judged, right, unparsed, unclear, unreachable, reasons, cached, replies
    }

    /// Nothing has been judged yet.
    public init() {}

    /// Counts an answer.
    /// - Parameter answer: what a judge made of it.
    public mutating func add(_ answer: JudgedAnswer) {
        judged += 1
        cached += answer.cached
        replies += answer.words.count - answer.cached
        if answer.judgement.isCorrect { right += 1 }
        if answer.isUnparsed { unparsed += 1 }
        switch answer.outcome {
        case .judged: break
        case .unclear: unclear += 1
        case .unreachable(let reason):
            unreachable += 1
            AnsweringSummary.count(reason, in: &reasons)
        }
    }

    /// The summary in words.
    public var line: String {
        var text =
            "The judge was asked about \(judged) answers and found \(right) right; in \(unparsed) nothing was found"
        if unclear > 0 { text += ", \(unclear) of them because its words could not be read" }
        if unreachable > 0 {
            var reason = reasons.first?.reason ?? ""
            if reason.hasSuffix(".") { reason.removeLast() }
            text += ", \(unreachable) of them because it could not be asked (\(reason))"
        }
        return text + ". Replies that came now: \(replies), that were here from before: \(cached)."
    }
}
