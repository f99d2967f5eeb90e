import Scoring

/// The final answer agrees with the known one: read and compared as the evaluation does (`StrictReading`).
public struct AnswerGate: QualityGate {
    /// ``GateKind/answer``, the name under which it is set and counted.
    public var kind: GateKind { .answer }
    private let reading: any AnswerReading

    /// Judges the answer.
    /// - Parameter reading: how answers are read and compared.
    public init(reading: any AnswerReading = StrictReading()) { self.reading = reading }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        let judgement = reading.judgement(on: sample.text, for: sample.exercise)
        if judgement.isCorrect { return .pass(kind) }
        let known = Excerpt.of(sample.exercise.answer, limit: 80)
        guard let found = judgement.extracted else {
            return .rejection(kind, "No answer was found in the text; the known one is “\(known)”.")
        }
        let answer = Excerpt.of(found, limit: 80)
        return .rejection(kind, "The answer is “\(answer)”, the known one “\(known)”.", evidence: answer)
    }
}
