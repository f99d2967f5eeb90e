import Foundation
import GRDB

/// How far a synthesis is, in numbers.
public struct Funnel: Codable, Sendable, Equatable {
    /// What a stage has taken.
    public struct StageTotals: Codable, Sendable, Equatable {
        /// The stage whose requests are counted.
        public var stage: Stage
        /// Requests that were sent, repetitions included.
        public var requests = 0
        /// Requests without an answer.
        public var failures = 0
        /// Answers, each of which is stored.
        public var answers = 0
        /// Tokens of the prompts.
        public var promptTokens = 0
        /// Tokens of the answers.
        public var newTokens = 0
        /// In the currency of the prices.
        public var cost = 0.0
        /// How long the answers took together, in seconds.
        public var seconds = 0.0
        /// Samples that have at least one answer of this stage that could be worked with, or were ended by it.
        public var samples = 0
    }

    /// What a gate has done to the samples that came to the judge, in their last round.
    public struct GateTotals: Codable, Sendable, Equatable {
        /// The gate's name, as in the settings.
        public var gate: String
        /// Samples that passed it.
        public var passed = 0
        /// Samples that did not.
        public var failed = 0
        /// The names of a few that did not.
        public var examples: [String] = []
    }

    /// All samples of the data.
    public var samples = 0
    /// Samples that are not finished.
    public var waiting = 0
    /// Samples that came through.
    public var accepted = 0
    /// Samples that did not.
    public var rejected = 0
    /// Rejected samples by what rejected them: a gate, `input`, a stage, or `endpoint`.
    public var rejectedBy: [String: Int] = [:]
    /// Accepted samples by how many rounds they took.
    public var acceptedByRounds: [Int: Int] = [:]
    /// What each stage has taken, in their order.
    public var stages: [StageTotals] = []
    /// What each gate has done.
    public var gates: [GateTotals] = []
    /// In the currency of the prices.
    public var cost: Double { stages.reduce(0) { $0 + $1.cost } }
}

extension SynthesisStore {
    /// How far everything is.
    /// - Returns: counts, costs and times.
    /// - Throws: ``SynthesisError``.
    public func funnel() throws -> Funnel {
        try read { database in
            var funnel = Funnel()
            var gates: [String: Funnel.GateTotals] = [:]
            var order: [String] = []
            var reached: [Stage: Int] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT key, state, gate, rounds, requests, verdicts FROM samples WHERE is_present = 1 ORDER BY id"
            )
            while let row = try rows.next() {
                funnel.samples += 1
                switch row["state"] as String {
                case "accepted":
                    funnel.accepted += 1
                    funnel.acceptedByRounds[row["rounds"], default: 0] += 1
                case "rejected":
                    funnel.rejected += 1
                    funnel.rejectedBy[row["gate"] ?? "", default: 0] += 1
                default: funnel.waiting += 1
                }
                if let text = row["requests"] as String? {
                    let made = try StoredJSON.value([MadeRequest].self, text)
                    for stage in Set(made.map(\.stage)) { reached[stage, default: 0] += 1 }
                }
                guard let text = row["verdicts"] as String? else { continue }
                for verdict in try StoredJSON.value([GateVerdict].self, text) {
                    if gates[verdict.gate] == nil { order.append(verdict.gate) }
                    var totals = gates[verdict.gate] ?? Funnel.GateTotals(gate: verdict.gate)
                    totals.passed += verdict.passed ? 1 : 0
                    totals.failed += verdict.passed ? 0 : 1
                    if !verdict.passed, totals.examples.count < 10 { totals.examples.append(row["key"]) }
                    gates[verdict.gate] = totals
                }
            }
            funnel.gates = order.compactMap { gates[$0] }
            funnel.stages = try Self.stageTotals(database).map { totals in
                var totals = totals
                totals.samples = reached[totals.stage] ?? 0
                return totals
            }
            return funnel
        }
    }

    /// What has been spent on this store by all runs.
    /// - Returns: requests, tokens and cost.
    /// - Throws: ``SynthesisError``.
    public func spent() throws -> SpentTotals {
        try read { database in
            try Self.stageTotals(database).reduce(into: SpentTotals()) { spent, stage in
                spent.requests += stage.requests
                spent.tokens += stage.promptTokens + stage.newTokens
                spent.cost += stage.cost
            }
        }
    }

    private static func stageTotals(_ database: Database) throws -> [Funnel.StageTotals] {
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM totals")
        return Stage.allCases.map { stage in
            guard let row = rows.first(where: { $0["stage"] == stage.rawValue }) else { return .init(stage: stage) }
            return .init(
                stage: stage, requests: row["requests"], failures: row["failures"], answers: row["answers"],
                promptTokens: row["prompt_tokens"], newTokens: row["new_tokens"], cost: row["cost"],
                seconds: row["seconds"])
        }
    }
}
