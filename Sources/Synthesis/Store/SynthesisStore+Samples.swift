import Foundation
import GRDB

extension SynthesisStore {
    /// A sample that is to be worked on.
    struct Claimed: Sendable {
        let id: Int64
        let key: String
        /// Of what it is to be made.
        let fingerprint: String
    }

    /// A sample of the data, as it is noted.
    struct Noted: Sendable {
        let key: String
        let place: String
        let fingerprint: String
        /// Why it is none.
        let problem: String?

        /// How far it is when nothing was made of it.
        var fresh: (state: MadeSample.State, gate: String?) {
            problem == nil ? (.waiting, nil) : (.rejected, Outcome.inputGate)
        }
    }

    /// Notes samples; those that have changed, or whose settings have, are to be made again.
    /// - Parameters:
    ///   - samples: of the data.
    ///   - owner: who notes them, and is alive.
    ///   - lease: its lease, in seconds.
    /// - Throws: ``SynthesisError``: also if another process works with other settings.
    func note(_ samples: [Noted], _ owner: Owner, lease: Double) throws {
        try writeNow { database in
            try signOfLife(owner, lease: lease, database)
            try database.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS present (key TEXT PRIMARY KEY)")
            for sample in samples {
                try database.cachedStatement(sql: "INSERT OR IGNORE INTO present (key) VALUES (?)").execute(
                    arguments: [sample.key])
                try database.cachedStatement(sql: Self.notice).execute(
                    arguments: [
                        sample.key, sample.place, sample.fingerprint, sample.problem == nil ? "waiting" : "rejected",
                        sample.problem == nil ? nil : Outcome.inputGate, sample.problem,
                    ])
            }
        }
    }

    private static let notice = """
        INSERT INTO samples (key, place, fingerprint, state, gate, reason) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET
            place = excluded.place, is_present = 1,
            state = CASE WHEN fingerprint = excluded.fingerprint THEN state ELSE excluded.state END,
            gate = CASE WHEN fingerprint = excluded.fingerprint THEN gate ELSE excluded.gate END,
            reason = CASE WHEN fingerprint = excluded.fingerprint THEN reason ELSE excluded.reason END,
            requests = CASE WHEN fingerprint = excluded.fingerprint THEN requests END,
            verdicts = CASE WHEN fingerprint = excluded.fingerprint THEN verdicts END,
            fingerprint = excluded.fingerprint
        """

    /// How far samples are, as they would stand if they were noted now.
    /// - Parameter samples: of the data.
    /// - Returns: state and gate of each, in their order; nothing is written.
    /// - Throws: ``SynthesisError``.
    func foreseen(_ samples: [Noted]) throws -> [(state: MadeSample.State, gate: String?)] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT fingerprint, state, gate FROM samples WHERE key = ?")
            return try samples.map { sample in
                let row = try Row.fetchOne(statement, arguments: [sample.key])
                guard let row, row["fingerprint"] == sample.fingerprint else { return sample.fresh }
                return (MadeSample.State(rawValue: row["state"]) ?? .waiting, row["gate"])
            }
        }
    }

    /// Sets aside what is in the data no more, once all samples are noted.
    /// - Parameter retriesFailures: whether those are tried again that an endpoint failed to answer.
    /// - Throws: ``SynthesisError``.
    func finishNoting(retriesFailures: Bool) throws {
        try writeNow { database in
            try database.execute(
                sql: "UPDATE samples SET is_present = 0 WHERE key NOT IN (SELECT key FROM present); DROP TABLE present")
            guard retriesFailures else { return }
            try database.execute(
                sql:
                    "UPDATE samples SET state = 'waiting', gate = NULL, reason = NULL WHERE gate = ? AND state = 'rejected'",
                arguments: [Outcome.endpointGate])
        }
    }

    /// Takes samples that nobody works on, and that are to be made with the owner's settings.
    func claim(_ count: Int, for owner: Owner) async throws -> [Claimed] {
        try await grouped { database in
            // The lease may have run out meanwhile: whoever swept the owner away must not find it with new samples.
            try Row.fetchAll(
                database,
                sql: """
                    UPDATE samples SET owner = :owner WHERE id IN (
                        SELECT id FROM samples WHERE state = 'waiting' AND owner IS NULL AND is_present = 1
                            AND substr(fingerprint, 1, 64) = :settings
                        ORDER BY id LIMIT :count)
                    AND EXISTS (SELECT 1 FROM owners WHERE owner = :owner)
                    RETURNING id, key, fingerprint
                    """, arguments: ["owner": owner.name, "count": count, "settings": owner.settings]
            ).map { Claimed(id: $0["id"], key: $0["key"], fingerprint: $0["fingerprint"]) }.sorted { $0.id < $1.id }
        }
    }

    /// How many samples are neither accepted nor rejected, and are to be made with the owner's settings.
    func waitingCount(_ owner: Owner) throws -> Int {
        try read {
            try Int.fetchOne(
                $0,
                sql: """
                    SELECT count(*) FROM samples
                    WHERE state = 'waiting' AND is_present = 1 AND substr(fingerprint, 1, 64) = ?
                    """, arguments: [owner.settings]) ?? 0
        }
    }

    /// Stores what became of a sample, unless it belongs to another process by now, or is to be made of something else.
    /// - Returns: whether it is stored; if not, others may work on the sample.
    func finish(_ sample: Claimed, _ outcome: Outcome, _ owner: Owner) async throws -> Bool {
        let (requests, verdicts) = (try StoredJSON.text(outcome.requests), try StoredJSON.text(outcome.verdicts))
        return try await grouped { database in
            try database.cachedStatement(
                sql: """
                    UPDATE samples SET state = ?, owner = NULL, gate = ?, reason = ?, rounds = ?, requests = ?,
                        verdicts = ?
                    WHERE id = ? AND owner = ? AND fingerprint = ?
                    """
            ).execute(
                arguments: [
                    outcome.rejection == nil ? "accepted" : "rejected", outcome.rejection?.gate,
                    outcome.rejection?.reason, outcome.rounds, requests, verdicts, sample.id, owner.name,
                    sample.fingerprint,
                ])
            if database.changesCount == 1 { return true }
            try Self.giveBack(sample, owner, database)
            return false
        }
    }

    /// Gives a sample back that was not finished.
    func giveBack(_ sample: Claimed, _ owner: Owner) async throws {
        try await grouped { try Self.giveBack(sample, owner, $0) }
    }

    private static func giveBack(_ sample: Claimed, _ owner: Owner, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE samples SET owner = NULL WHERE id = ? AND owner = ?", arguments: [sample.id, owner.name])
    }
}

/// What became of a sample.
struct Outcome: Sendable {
    /// Why a sample was rejected, and by what.
    struct Rejection: Sendable {
        let gate: String
        let reason: String
    }

    /// What rejects samples that lack something.
    static let inputGate = "input"
    /// What rejects samples that an endpoint failed to answer.
    static let endpointGate = "endpoint"
    /// What rejects samples for which a stage gave no reply that can be worked with: named unlike any gate of quality.
    static func malformedGate(_ stage: Stage) -> String { "malformed \(stage.rawValue)" }

    var rejection: Rejection?
    var rounds = 0
    var requests: [MadeRequest] = []
    var verdicts: [GateVerdict] = []
}
