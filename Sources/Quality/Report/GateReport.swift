/// What the gates did with samples, counted.
public struct GateReport: Sendable, Equatable, Codable {
    /// A sample that a gate rejected.
    public struct Example: Sendable, Equatable, Codable {
        /// Which sample.
        public let sample: String
        /// Why, in one sentence.
        public let reason: String
        /// The words at fault.
        public let evidence: String?
    }

    /// What one gate did.
    public struct Row: Sendable, Equatable, Codable {
        /// Which gate.
        public let gate: GateKind
        /// How many samples it looked at.
        public fileprivate(set) var seen = 0
        /// How many of them it let pass.
        public fileprivate(set) var passed = 0
        /// How many it rejected that all gates before it let pass.
        public fileprivate(set) var rejectedFirst = 0
        /// How many it rejected at all.
        public fileprivate(set) var rejected = 0
        /// The first samples that it rejected first, then others.
        public fileprivate(set) var examples: [Example] = []

        enum CodingKeys: String, CodingKey {
            case gate, seen, passed, rejected, examples
            case rejectedFirst = "rejected_first"
        }
    }

    /// The gates in their order.
    public private(set) var rows: [Row]
    /// How many samples there were.
    public private(set) var samples = 0
    /// How many passed every gate.
    public private(set) var accepted = 0
    private let mostExamples: Int

    /// Nothing counted yet.
    /// - Parameters:
    ///   - gates: the gates in their order.
    ///   - examples: the most examples that are kept of each.
    public init(_ gates: [GateKind], examples: Int = 5) {
        rows = gates.map { Row(gate: $0) }
        mostExamples = examples
    }

    enum CodingKeys: String, CodingKey {
        case rows = "gates"
        case samples, accepted
        case mostExamples = "most_examples"
    }

    /// Counts a decision.
    /// - Parameters:
    ///   - decision: what the gates said.
    ///   - sample: about which sample.
    public mutating func count(_ decision: GateDecision, sample: String) {
        samples += 1
        if decision.isAccepted { accepted += 1 }
        let first = decision.rejection?.gate
        for verdict in decision.verdicts {
            guard let place = rows.firstIndex(where: { $0.gate == verdict.gate }) else { continue }
            rows[place].seen += 1
            if verdict.passed {
                rows[place].passed += 1
                continue
            }
            rows[place].rejected += 1
            let example = Example(sample: sample, reason: verdict.reason ?? "", evidence: verdict.evidence)
            if verdict.gate == first {
                rows[place].rejectedFirst += 1
                // Those it rejected first come first, and push others out.
                rows[place].examples.insert(example, at: min(rows[place].rejectedFirst - 1, rows[place].examples.count))
            } else {
                rows[place].examples.append(example)
            }
            if rows[place].examples.count > mostExamples { rows[place].examples.removeLast() }
        }
    }
}
