import ChatEndpoints
import Foundation
import GRDB

extension SynthesisStore {
    /// What there is of a request.
    enum Known: Sendable {
        /// It was answered before.
        case answered(StoredResponse)
        /// Nobody asks it; now the caller does.
        case mine
        /// Somebody asks it at this moment.
        case others
    }

    /// Looks for an answer, and says that it is going to be asked for if there is none.
    func begin(_ hash: String, _ owner: Owner) async throws -> Known {
        try await grouped { database in
            if let found = try Self.response(hash, database) { return .answered(found) }
            try database.cachedStatement(sql: "INSERT OR IGNORE INTO asking (hash, owner) VALUES (?, ?)").execute(
                arguments: [hash, owner.name])
            return database.changesCount == 1 ? .mine : .others
        }
    }

    /// Stores an answer, which is on disk when this returns.
    func commit(_ response: StoredResponse, _ owner: Owner) async throws {
        try await grouped { database in
            try database.cachedStatement(sql: Self.insertion).execute(
                arguments: [
                    response.hash, response.stage.rawValue, response.model, response.attempt, response.request,
                    WholeText(response.text), response.finish.word, response.promptTokens, response.newTokens,
                    response.isCounted, response.cost, response.tries, response.seconds, Int(Self.now * 1000),
                ])
            // Paid is paid, also where another process was faster.
            try database.cachedStatement(sql: Self.addition).execute(
                arguments: [
                    response.promptTokens, response.newTokens, response.cost, response.seconds,
                    response.stage.rawValue,
                ])
            try Self.release(response.hash, owner, database)
        }
    }

    /// Counts a try that failed.
    func countFailure(of stage: Stage) async throws {
        try await grouped { database in
            try database.execute(
                sql: "UPDATE totals SET requests = requests + 1, failures = failures + 1 WHERE stage = ?",
                arguments: [stage.rawValue])
        }
    }

    /// Says that a request is not asked any more.
    func release(_ hash: String, _ owner: Owner) async throws {
        try await grouped { try Self.release(hash, owner, $0) }
    }

    /// An answer.
    /// - Parameter hash: of the request.
    /// - Returns: nil if there is none.
    /// - Throws: ``SynthesisError``.
    public func response(_ hash: String) throws -> StoredResponse? { try read { try Self.response(hash, $0) } }

    private static func release(_ hash: String, _ owner: Owner, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM asking WHERE hash = ? AND owner = ?").execute(
            arguments: [hash, owner.name])
    }

    private static let insertion = """
        INSERT OR IGNORE INTO responses
            (hash, stage, model, attempt, request, text, finish, prompt_tokens, new_tokens, is_counted, cost, tries,
             seconds, time)
        VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let addition = """
        UPDATE totals SET requests = requests + 1, answers = answers + 1, prompt_tokens = prompt_tokens + ?,
            new_tokens = new_tokens + ?, cost = cost + ?, seconds = seconds + ?
        WHERE stage = ?
        """

    static func response(_ hash: String, _ database: Database) throws -> StoredResponse? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT hash, stage, model, attempt, request, CAST(text AS BLOB) AS text, finish, prompt_tokens,
                    new_tokens, is_counted, cost, tries, seconds
                FROM responses WHERE hash = ?
                """)
        return try Row.fetchOne(statement, arguments: [hash]).map { row in
            let word: String = try row.decode(forColumn: "stage")
            guard let stage = Stage(rawValue: word) else { throw RowError.stage(word) }
            return StoredResponse(
                hash: try row.decode(forColumn: "hash"), stage: stage, model: try row.decode(forColumn: "model"),
                attempt: try row.decode(forColumn: "attempt"), request: try row.decode(forColumn: "request"),
                text: try row.decode(WholeText.self, forColumn: "text").text,
                finish: FinishReason(word: try row.decode(forColumn: "finish")),
                promptTokens: try row.decode(forColumn: "prompt_tokens"),
                newTokens: try row.decode(forColumn: "new_tokens"),
                isCounted: try row.decode(forColumn: "is_counted"), cost: try row.decode(forColumn: "cost"),
                tries: try row.decode(forColumn: "tries"), seconds: try row.decode(forColumn: "seconds"))
        }
    }

    /// What a record says that none of ours does.
    enum RowError: Error, LocalizedError {
        case stage(String)

        var errorDescription: String? {
            switch self {
            case .stage(let word): "The store holds an answer of a stage “\(word)”, which does not exist."
            }
        }
    }
}
