import Foundation

/// What a gate says of a sample.
public struct GateVerdict: Codable, Sendable, Equatable {
    /// The gate's name, as in the settings.
    public var gate: String
    /// Whether the sample may pass.
    public var passed: Bool
    /// Why not, or what was found.
    public var reason: String
    /// The words of the sample that show it.
    public var evidence: [String]

    /// What a gate says of a sample.
    public init(gate: String, passed: Bool, reason: String = "", evidence: [String] = []) {
        (self.gate, self.passed, self.reason, self.evidence) = (gate, passed, reason, evidence)
    }
}

/// A sample that has come through the stages, as a judge sees it.
public struct CandidateSample: Sendable {
    /// What the data call it.
    public let id: String
    /// The words of the question.
    public let question: String
    /// The known answer.
    public let answer: String
    /// The options with their letters; none if the answer is free.
    public let options: [String]
    /// What the first stage wrote.
    public let description: String
    /// What the second stage wrote.
    public let reasoning: String
    /// What the third stage wrote, which is to be learned: `<think>…</think><answer>…</answer>`.
    public let response: String
    /// Reads the first picture: the bytes of its file.
    public let picture: @Sendable () throws -> Data
}

/// Decides which samples are good.
public protocol SampleJudge: Sendable {
    /// Changes with everything that decides: samples are judged again when it does.
    var fingerprint: String { get }

    /// Judges a sample; called by many tasks at once.
    /// - Parameter sample: has come through all stages.
    /// - Returns: what each gate says; the first that a sample does not pass rejects it.
    /// - Throws: what keeps the judge from judging, which ends the run.
    func verdicts(on sample: CandidateSample) async throws -> [GateVerdict]
}

/// Lets every sample pass.
public struct NoJudge: SampleJudge {
    /// Lets every sample pass.
    public init() {}
    /// Never changes.
    public var fingerprint: String { "none" }
    /// Nothing to say.
    public func verdicts(on sample: CandidateSample) -> [GateVerdict] { [] }
}
