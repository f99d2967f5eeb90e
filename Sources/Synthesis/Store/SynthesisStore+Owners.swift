import Foundation
import GRDB

/// Who works on which sample. A process gives a sign of life several times in its lease; the samples of one that has
/// not done so for a whole lease, or that is surely gone, are free.
extension SynthesisStore {
    /// Says that a process works here, and frees what those left that are gone.
    /// - Returns: how many processes are alive, this one included.
    /// - Throws: ``SynthesisError/occupied(path:)`` if another works with other settings, and then says nothing.
    @discardableResult
    func signOfLife(_ owner: Owner, lease: Double) throws -> Int {
        try writeNow { try signOfLife(owner, lease: lease, $0) }
    }

    /// The same in a transaction that does more.
    @discardableResult
    func signOfLife(_ owner: Owner, lease: Double, _ database: Database) throws -> Int {
        try database.execute(
            sql: """
                INSERT INTO owners (owner, pid, started, boot, seen, lease, settings) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (owner) DO UPDATE SET seen = excluded.seen
                """,
            arguments: [owner.name, owner.pid, owner.started, owner.boot, Self.now, lease, owner.settings])
        let alive = try Self.sweep(database)
        let others = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM owners WHERE settings <> ?", arguments: [owner.settings])
        guard others == 0 else { throw SynthesisError.occupied(path: url.path) }
        return alive
    }

    /// Frees the samples and requests of those that are gone.
    /// - Returns: how many are left.
    private static func sweep(_ database: Database) throws -> Int {
        var alive = 0
        for row in try Row.fetchAll(database, sql: "SELECT * FROM owners") {
            let isLate = row["seen"] + row["lease"] < now
            guard isLate || Owner.isGone(pid: row["pid"], started: row["started"], boot: row["boot"]) else {
                alive += 1
                continue
            }
            try leave(row["owner"], database)
        }
        // One that was asleep for so long that it was swept away, and then died, has left what no owner stands for.
        try database.execute(
            sql: """
                DELETE FROM asking WHERE owner NOT IN (SELECT owner FROM owners);
                UPDATE samples SET owner = NULL
                WHERE state = 'waiting' AND owner IS NOT NULL AND owner NOT IN (SELECT owner FROM owners)
                """)
        return alive
    }

    private static func leave(_ owner: String, _ database: Database) throws {
        try database.execute(sql: "UPDATE samples SET owner = NULL WHERE owner = ?", arguments: [owner])
        try database.execute(sql: "DELETE FROM asking WHERE owner = ?", arguments: [owner])
        try database.execute(sql: "DELETE FROM owners WHERE owner = ?", arguments: [owner])
    }

    /// Frees everything that a process holds.
    func leave(_ owner: Owner) throws { try writeNow { try Self.leave(owner.name, $0) } }

    static var now: Double { Date().timeIntervalSince1970 }
}
