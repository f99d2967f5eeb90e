import Foundation
import GRDB

/// A sample with everything that was made of it, stage by stage: for reports, for the exported set and its provenance.
public struct MadeSample: Sendable {
    /// How far a sample is.
    public enum State: String, Sendable, Codable {
        /// Not finished.
        case waiting
        /// It came through.
        case accepted
        /// It did not.
        case rejected
    }

    /// What the data call it, or where it lies.
    public let key: String
    /// For messages: `Line 3 of data.jsonl`.
    public let place: String
    /// How far it is.
    public let state: State
    /// What rejected it: a gate, `input`, `endpoint`, or `malformed` and the stage.
    public let gate: String?
    /// Why it was rejected.
    public let reason: String?
    /// How often reasoning and anchors were made.
    public let rounds: Int
    /// Everything that was asked for it and answered, in order.
    public let responses: [StoredResponse]
    /// What the gates said in the last round.
    public let verdicts: [GateVerdict]

    /// The last text of a stage; nil if it was not reached.
    public func text(_ stage: Stage) -> String? { responses.last { $0.stage == stage }?.text }
}

extension SynthesisStore {
    /// Goes through the samples of the data in their order, one at a time.
    /// - Parameters:
    ///   - states: which are wanted; nil for all.
    ///   - gate: only those that this rejected; nil for all.
    ///   - limit: the most that are wanted.
    ///   - body: told each.
    /// - Throws: ``SynthesisError``; what `body` throws.
    public func forEachSample(
        _ states: Set<MadeSample.State>? = nil, rejectedBy gate: String? = nil, limit: Int = .max,
        _ body: (MadeSample) throws -> Void
    ) throws {
        var (last, left) = (Int64.min, limit)
        while left > 0 {
            // A few at a time, so that writers are not kept waiting.
            let page = try read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT * FROM samples WHERE is_present = 1 AND id > :last
                            AND (:gate IS NULL OR gate = :gate) ORDER BY id LIMIT 64
                        """, arguments: ["last": last, "gate": gate]
                ).map { ($0["id"] as Int64, try Self.sample($0, database)) }
            }
            for (id, sample) in page {
                last = id
                guard states?.contains(sample.state) ?? true, left > 0 else { continue }
                left -= 1
                try body(sample)
            }
            if page.count < 64 { return }
        }
    }

    private static func sample(_ row: Row, _ database: Database) throws -> MadeSample {
        let made = try (row["requests"] as String?).map { try StoredJSON.value([MadeRequest].self, $0) } ?? []
        return MadeSample(
            key: row["key"], place: row["place"], state: MadeSample.State(rawValue: row["state"]) ?? .waiting,
            gate: row["gate"], reason: row["reason"], rounds: row["rounds"],
            responses: try made.compactMap { try response($0.hash, database) },
            verdicts: try (row["verdicts"] as String?).map { try StoredJSON.value([GateVerdict].self, $0) } ?? [])
    }
}
