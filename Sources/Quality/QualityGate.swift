/// A reason for which a sample may be rejected.
public protocol QualityGate: Sendable {
    /// The name under which it is set and counted.
    var kind: GateKind { get }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    func verdict(on sample: SynthesizedSample) -> GateVerdict
}

/// The gates by the names under which they are set and counted.
public enum GateKind: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// One thought and one answer.
    case format
    /// The answer is the known one.
    case answer
    /// Nothing betrays that a description was read.
    case leak
    /// It looks at things that are in the picture.
    case anchors
    /// It checks itself.
    case reflection
    /// It is in the language wanted.
    case language
    /// The thought is neither short nor long.
    case length
    /// It does not run in circles.
    case repetition
    /// It is in no benchmark.
    case contamination
    /// It is not nearly what was kept before.
    case duplicate
}

/// What a gate says of a sample.
public struct GateVerdict: Sendable, Equatable, Codable {
    /// The gate that judged.
    public let gate: GateKind
    /// Whether the sample passes.
    public let passed: Bool
    /// One sentence that says why not; nil if it passes.
    public let reason: String?
    /// The words at fault as they stand in the text, or what was found instead; nil where there are none to show.
    public let evidence: String?

    /// A sample that passes.
    static func pass(_ gate: GateKind) -> GateVerdict {
        GateVerdict(gate: gate, passed: true, reason: nil, evidence: nil)
    }

    /// A sample that does not pass.
    static func rejection(_ gate: GateKind, _ reason: String, evidence: String? = nil) -> GateVerdict {
        GateVerdict(gate: gate, passed: false, reason: reason, evidence: evidence)
    }
}
