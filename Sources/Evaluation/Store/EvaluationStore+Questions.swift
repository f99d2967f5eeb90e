import Foundation
import GRDB
import Scoring

extension EvaluationStore {
    /// Notes questions, in one transaction; what is there already must be the same.
    /// - Parameter questions: in the order of their file.
    /// - Throws: ``StoreError/otherQuestion(path:index:difference:)`` if one was put differently before, or another ``StoreError``.
    public func add(_ questions: [StoredQuestion]) throws {
        try write { database in
            for question in questions { try self.add(question, database) }
        }
    }

    private func add(_ question: StoredQuestion, _ database: Database) throws {
        if let earlier = try Self.question(question.key, database)?.question {
            guard earlier != question else { return }
            throw StoreError.otherQuestion(
                path: url.path, index: question.key.index, difference: Self.difference(earlier, question))
        }
        try database.execute(
            sql: """
                INSERT INTO questions (benchmark, "index", prompt, pictures, exercise, columns)
                VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?)
                """,
            arguments: [
                question.key.benchmark, question.key.index, WholeText(question.prompt),
                try StoredJSON.text(question.pictures), try StoredJSON.text(question.exercise),
                try StoredJSON.text(question.columns),
            ])
    }

    private static func difference(_ earlier: StoredQuestion, _ now: StoredQuestion) -> String {
        if earlier.prompt != now.prompt { return "another prompt" }
        if earlier.pictures != now.pictures { return "other pictures" }
        return earlier.exercise == now.exercise ? "other columns" : "another answer"
    }

    /// A question.
    /// - Parameter key: which.
    /// - Returns: the question; nil if there is none.
    /// - Throws: ``StoreError``.
    public func question(_ key: QuestionKey) throws -> StoredQuestion? {
        try read { try Self.question(key, $0)?.question }
    }

    /// The names of the sets that there are questions of, in the order in which they were noted.
    /// - Returns: each name once.
    /// - Throws: ``StoreError``.
    public func benchmarks() throws -> [String] {
        try read {
            try String.fetchAll(
                $0, sql: "SELECT benchmark FROM questions GROUP BY benchmark ORDER BY min(id)")
        }
    }

    /// The names of the columns of a set's questions, in the order of their file.
    func columnNames(of benchmark: String) throws -> [String] {
        let layouts = try read {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT names FROM (
                        SELECT id, (SELECT json_group_array(value ->> '$.name') FROM json_each(columns)) AS names
                        FROM questions WHERE benchmark = ?)
                    GROUP BY names ORDER BY min(id)
                    """, arguments: [benchmark])
        }
        var names: [String] = []
        for layout in layouts {
            for name in try StoredJSON.value([String].self, layout) where !names.contains(name) { names.append(name) }
        }
        return names
    }

    // MARK: Rows

    /// The columns of a question's row.
    static let questionColumns = """
        questions.id, benchmark, "index", CAST(prompt AS BLOB) AS prompt, pictures, exercise, columns
        """

    static func question(_ key: QuestionKey, _ database: Database) throws -> (id: Int64, question: StoredQuestion)? {
        try Row.fetchOne(
            database, sql: "SELECT \(questionColumns) FROM questions WHERE benchmark = ? AND \"index\" = ?",
            arguments: [key.benchmark, key.index]
        ).map { (try $0.decode(Int64.self, forColumn: "id"), try question($0)) }
    }

    static func question(_ row: Row) throws -> StoredQuestion {
        StoredQuestion(
            key: QuestionKey(
                benchmark: try row.decode(String.self, forColumn: "benchmark"),
                index: try row.decode(String.self, forColumn: "index")),
            prompt: try row.decode(WholeText.self, forColumn: "prompt").text,
            pictures: try StoredJSON.value([String].self, row.decode(String.self, forColumn: "pictures")),
            exercise: try StoredJSON.value(Exercise.self, row.decode(String.self, forColumn: "exercise")),
            columns: try StoredJSON.value(
                [StoredQuestion.Column].self, row.decode(String.self, forColumn: "columns")))
    }

    /// The row of a question that must be there.
    func id(of key: QuestionKey, _ database: Database) throws -> Int64 {
        guard
            let id = try Int64.fetchOne(
                database, sql: "SELECT id FROM questions WHERE benchmark = ? AND \"index\" = ?",
                arguments: [key.benchmark, key.index])
        else { throw StoreError.unknownQuestion(path: url.path, key: key) }
        return id
    }
}
