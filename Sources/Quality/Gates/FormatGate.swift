import Scoring

/// Exactly one thought and one answer: the rule by which reinforcement pays the form (`ResponseForm`).
public struct FormatGate: QualityGate {
    /// ``GateKind/format``, the name under which it is set and counted.
    public var kind: GateKind { .format }

    /// Judges the form.
    public init() {}

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        guard let fault = ResponseForm.fault(in: sample.text) else { return .pass(kind) }
        return .rejection(
            kind, "The text is not <think>…</think><answer>…</answer>: \(Self.words(fault)).", evidence: fault.rawValue)
    }

    private static func words(_ fault: ResponseForm.Fault) -> String {
        switch fault {
        case .nothing: "it says nothing"
        case .noThought: "it has no thought"
        case .severalThoughts: "a tag of thoughts stands in it more than once"
        case .thoughtNotOpened: "a thought is closed that was not opened"
        case .thoughtNotClosed: "its thought is not closed"
        case .noAnswer: "it has no answer"
        case .severalAnswers: "a tag of answers stands in it more than once"
        case .answerNotOpened: "an answer is closed that was not opened"
        case .answerNotClosed: "its answer is not closed"
        case .nested: "one block begins within the other"
        case .wrongOrder: "the answer stands before the thought"
        case .textOutside: "there is text outside the two blocks"
        case .emptyThought: "its thought is empty"
        case .emptyAnswer: "its answer is empty"
        }
    }
}
