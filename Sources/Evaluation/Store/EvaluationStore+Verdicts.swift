import Foundation
import GRDB
import Scoring

extension EvaluationStore {
    /// Stores what readings make of answers, in one transaction, in place of what the same readings made of them before.
    /// - Parameter verdicts: on answers that are there.
    /// - Throws: ``StoreError``.
    public func add(_ verdicts: [StoredVerdict]) throws {
        try write { database in
            for verdict in verdicts {
                let question = try self.id(of: verdict.key.question, database)
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO verdicts (question, sample, reading, extracted, correct)
                        VALUES (?, ?, ?, CAST(? AS TEXT), ?)
                        """,
                    arguments: [
                        question, verdict.key.sample, verdict.reading,
                        verdict.judgement.extracted.map { WholeText($0) }, verdict.judgement.isCorrect,
                    ])
            }
        }
    }

    /// What a judge said to a request before.
    /// - Parameter digest: of everything that is asked.
    /// - Returns: its reply; nil if it was not asked.
    /// - Throws: ``StoreError``.
    public func judgeReply(_ digest: String) throws -> JudgeReply? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT \(Self.judgeColumns) FROM judge_replies WHERE digest = ?",
                arguments: [digest]
            ).map { try Self.judgeReply($0) }
        }
    }

    /// Everything that a judge said, in the order in which it came.
    /// - Returns: the replies.
    /// - Throws: ``StoreError``.
    public func judgeReplies() throws -> [JudgeReply] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT \(Self.judgeColumns) FROM judge_replies ORDER BY rowid").map {
                try Self.judgeReply($0)
            }
        }
    }

    /// Stores what a judge said; an earlier reply to the same request stays.
    /// - Parameter reply: the reply.
    /// - Throws: ``StoreError``.
    public func add(_ reply: JudgeReply) throws {
        try write { database in
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO judge_replies (digest, model, words, tries, seconds, time)
                    VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?)
                    """,
                arguments: [
                    reply.digest, reply.model, WholeText(reply.words), reply.tries, reply.seconds,
                    Int64(reply.time.timeIntervalSince1970),
                ])
        }
    }

    private static let judgeColumns = "digest, model, CAST(words AS BLOB) AS words, tries, seconds, time"

    private static func judgeReply(_ row: Row) throws -> JudgeReply {
        JudgeReply(
            digest: try row.decode(String.self, forColumn: "digest"),
            model: try row.decode(String.self, forColumn: "model"),
            words: try row.decode(WholeText.self, forColumn: "words").text,
            tries: try row.decode(Int.self, forColumn: "tries"),
            seconds: try row.decode(Double.self, forColumn: "seconds"),
            time: Date(timeIntervalSince1970: TimeInterval(try row.decode(Int64.self, forColumn: "time"))))
    }

    static func verdicts(
        on answer: AnswerKey, question: Int64, _ database: Database
    ) throws -> [StoredVerdict] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT reading, CAST(extracted AS BLOB) AS extracted, correct FROM verdicts
                WHERE question = ? AND sample = ? ORDER BY reading
                """, arguments: [question, answer.sample]
        ).map { row in
            StoredVerdict(
                answer, reading: try row.decode(String.self, forColumn: "reading"),
                Judgement(
                    extracted: try row.decode(WholeText?.self, forColumn: "extracted")?.text,
                    isCorrect: try row.decode(Bool.self, forColumn: "correct")))
        }
    }
}
