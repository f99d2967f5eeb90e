import ChatEndpoints
import Foundation
import GRDB

extension EvaluationStore {
    /// Stores an answer, which is on disk when this returns.
    /// - Parameter answer: to a question that is there; it takes the place of a failure, never that of an answer.
    /// - Throws: ``StoreError``.
    public func add(_ answer: StoredAnswer) throws { try add([answer]) }

    /// Stores answers that came together, in one transaction: all of them or none.
    /// - Parameter answers: to questions that are there; they take the place of failures, never that of answers.
    /// - Throws: ``StoreError/answeredTwice(path:key:)``, ``StoreError/unknownQuestion(path:key:)`` or another ``StoreError``.
    public func add(_ answers: [StoredAnswer]) throws {
        try write { database in
            for answer in answers { try self.add(answer, database) }
        }
    }

    private func add(_ answer: StoredAnswer, _ database: Database) throws {
        let question = try id(of: answer.key.question, database)
        let isThere = try Bool.fetchOne(
            database, sql: "SELECT error IS NULL FROM answers WHERE question = ? AND sample = ?",
            arguments: [question, answer.key.sample])
        if isThere == true { throw StoreError.answeredTwice(path: url.path, key: answer.key) }
        if isThere == false {
            for table in ["verdicts", "answers"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE question = ? AND sample = ?",
                    arguments: [question, answer.key.sample])
            }
        }
        let reply = answer.reply
        var error: String?
        if case .failed(let reason) = answer.outcome { error = reason }
        try database.execute(
            sql: """
                INSERT INTO answers
                    (question, sample, text, finish, prompt_tokens, new_tokens, seconds, seed, attention, token_scores, error)
                VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                question, answer.key.sample, reply.map { WholeText($0.text) }, reply?.finish.word,
                reply?.promptTokens, reply?.newTokens, answer.seconds, answer.seed,
                try reply?.attention.map { try StoredJSON.text($0) },
                reply?.tokenScores.map { StoredFloats.data($0) }, error,
            ])
    }

    /// An answer.
    /// - Parameter key: which.
    /// - Returns: the answer, or the failure; nil if there is neither.
    /// - Throws: ``StoreError``.
    public func answer(_ key: AnswerKey) throws -> StoredAnswer? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT \(Self.answerColumns) FROM answers JOIN questions ON questions.id = question
                    WHERE benchmark = ? AND "index" = ? AND sample = ?
                    """, arguments: [key.question.benchmark, key.question.index, key.sample]
            ).map { try Self.answer($0, to: key.question) }
        }
    }

    /// The answers that are still to be found, in the order of the questions.
    /// - Parameters:
    ///   - benchmark: the name of the set.
    ///   - samples: how often each question is answered.
    ///   - retriesFailures: whether what could not be answered is tried again.
    /// - Returns: their keys.
    /// - Throws: ``StoreError``.
    public func pending(of benchmark: String, samples: Int = 1, retriesFailures: Bool = true) throws -> [AnswerKey] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :samples)
                    SELECT "index", n FROM questions JOIN numbers
                    LEFT JOIN answers ON question = id AND sample = n
                    WHERE benchmark = :benchmark AND n < :samples
                        AND (question IS NULL OR error IS NOT NULL AND :retries)
                    ORDER BY id, n
                    """,
                arguments: ["samples": samples, "benchmark": benchmark, "retries": retriesFailures]
            ).map { row in
                AnswerKey(
                    QuestionKey(benchmark: benchmark, index: try row.decode(String.self, forColumn: "index")),
                    sample: try row.decode(Int.self, forColumn: "n"))
            }
        }
    }

    // MARK: Rows

    /// The columns of an answer's row.
    static let answerColumns = """
        sample, CAST(text AS BLOB) AS text, finish, prompt_tokens, new_tokens, seconds, seed, attention, token_scores,
        error
        """

    static func answer(_ row: Row, to question: QuestionKey) throws -> StoredAnswer {
        let key = AnswerKey(question, sample: try row.decode(Int.self, forColumn: "sample"))
        let seconds = try row.decode(Double.self, forColumn: "seconds")
        let seed = try row.decode(Int64?.self, forColumn: "seed")
        if let error = try row.decode(String?.self, forColumn: "error") {
            return StoredAnswer(key, .failed(error), seconds: seconds, seed: seed)
        }
        let reply = AnswerReply(
            text: try row.decode(WholeText.self, forColumn: "text").text,
            finish: FinishReason(word: try row.decode(String.self, forColumn: "finish")),
            promptTokens: try row.decode(Int?.self, forColumn: "prompt_tokens"),
            newTokens: try row.decode(Int?.self, forColumn: "new_tokens"),
            attention: try row.decode(String?.self, forColumn: "attention").map {
                try StoredJSON.value(AttentionScores.self, $0)
            },
            tokenScores: try row.decode(Data?.self, forColumn: "token_scores").map { StoredFloats.values($0) })
        return StoredAnswer(key, .answered(reply), seconds: seconds, seed: seed)
    }
}
