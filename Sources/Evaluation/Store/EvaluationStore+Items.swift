import GRDB

/// An answer with its question and what readings make of it.
public struct StoredItem: Sendable, Equatable {
    /// The question as it was put.
    public var question: StoredQuestion
    /// One of its answers, or why there is none.
    public var answer: StoredAnswer
    /// What readings make of it, in the order of their names.
    public var verdicts: [StoredVerdict]

    /// An answer with its question and verdicts.
    public init(question: StoredQuestion, answer: StoredAnswer, verdicts: [StoredVerdict] = []) {
        (self.question, self.answer, self.verdicts) = (question, answer, verdicts)
    }
}

/// How many answers there are, of what kind, and what they cost.
public struct AnswerCounts: Sendable, Equatable, Codable {
    /// Questions that were noted.
    public var questions = 0
    /// Answers, cut ones included.
    public var answered = 0
    /// Answers that were cut at the greatest number of tokens.
    public var cut = 0
    /// What could not be answered.
    public var failed = 0
    /// Tokens of prompts, as far as they are known.
    public var promptTokens = 0
    /// Tokens of answers, as far as they are known.
    public var newTokens = 0
    /// The time of all answers together, in seconds.
    public var seconds = 0.0

    /// None so far.
    public init() {}
}

extension EvaluationStore {
    /// Goes through all answers and failures, in the order of the questions, a few at a time in memory.
    /// - Parameters:
    ///   - benchmark: the name of a set; nil for all.
    ///   - body: is given each; it may use the store, and what it stores meanwhile is not lost.
    /// - Throws: ``StoreError``, or what `body` throws.
    public func forEachItem(of benchmark: String? = nil, _ body: (StoredItem) throws -> Void) throws {
        var last: (question: Int64, sample: Int) = (-1, -1)
        while true {
            // Not one cursor over everything: while it lasted, the store could do nothing else.
            let page = try read { try Self.page($0, after: last, of: benchmark) }
            for item in page.items { try body(item) }
            guard let end = page.end else { return }
            last = end
        }
    }

    private static func page(
        _ database: Database, after last: (question: Int64, sample: Int), of benchmark: String?
    ) throws -> (items: [StoredItem], end: (question: Int64, sample: Int)?) {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT \(questionColumns), \(answerColumns) FROM answers JOIN questions ON questions.id = question
                WHERE (question, sample) > (:question, :sample) AND (:benchmark IS NULL OR benchmark = :benchmark)
                ORDER BY question, sample LIMIT 100
                """,
            arguments: ["question": last.question, "sample": last.sample, "benchmark": benchmark])
        var end: (question: Int64, sample: Int)?
        let items = try rows.map { row in
            let question = try question(row), id = try row.decode(Int64.self, forColumn: "id")
            let answer = try answer(row, to: question.key)
            end = (id, answer.key.sample)
            return StoredItem(
                question: question, answer: answer,
                verdicts: try verdicts(on: answer.key, question: id, database))
        }
        return (items, end)
    }

    /// How many answers there are.
    /// - Parameter benchmark: the name of a set; nil for all.
    /// - Returns: the counts.
    /// - Throws: ``StoreError``.
    public func counts(of benchmark: String? = nil) throws -> AnswerCounts {
        try read { database in
            var counts = AnswerCounts()
            counts.questions =
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM questions WHERE :benchmark IS NULL OR benchmark = :benchmark",
                    arguments: ["benchmark": benchmark]) ?? 0
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT count(text) AS answered, count(error) AS failed,
                            coalesce(sum(finish = 'length'), 0) AS cut,
                            coalesce(sum(prompt_tokens), 0) AS prompt_tokens,
                            coalesce(sum(new_tokens), 0) AS new_tokens, total(seconds) AS seconds
                        FROM answers JOIN questions ON questions.id = question
                        WHERE :benchmark IS NULL OR benchmark = :benchmark
                        """, arguments: ["benchmark": benchmark])
            else { return counts }
            counts.answered = try row.decode(Int.self, forColumn: "answered")
            counts.failed = try row.decode(Int.self, forColumn: "failed")
            counts.cut = try row.decode(Int.self, forColumn: "cut")
            counts.promptTokens = try row.decode(Int.self, forColumn: "prompt_tokens")
            counts.newTokens = try row.decode(Int.self, forColumn: "new_tokens")
            counts.seconds = try row.decode(Double.self, forColumn: "seconds")
            return counts
        }
    }

    /// Why what could not be answered could not, and how often.
    /// - Parameter benchmark: the name of a set; nil for all.
    /// - Returns: each reason once, the most frequent first.
    /// - Throws: ``StoreError``.
    public func failures(of benchmark: String? = nil) throws -> [FailureCount] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT error, count(*) AS count FROM answers JOIN questions ON questions.id = question
                    WHERE error IS NOT NULL AND (:benchmark IS NULL OR benchmark = :benchmark)
                    GROUP BY error ORDER BY count(*) DESC, error
                    """, arguments: ["benchmark": benchmark]
            ).map {
                FailureCount(
                    reason: try $0.decode(String.self, forColumn: "error"),
                    count: try $0.decode(Int.self, forColumn: "count"))
            }
        }
    }
}

/// How often something failed for one reason.
public struct FailureCount: Sendable, Equatable, Codable {
    /// Why there was no answer, in words.
    public var reason: String
    /// How often.
    public var count: Int

    /// How often something failed for one reason.
    public init(reason: String, count: Int) { (self.reason, self.count) = (reason, count) }
}
