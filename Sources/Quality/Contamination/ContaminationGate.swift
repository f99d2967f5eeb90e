import Foundation

/// Neither the question nor the picture stands in a benchmark.
public struct ContaminationGate: QualityGate {
    /// ``GateKind/contamination``, the name under which it is set and counted.
    public var kind: GateKind { .contamination }
    private let index: ContaminationIndex

    /// Judges contamination.
    /// - Parameter index: the questions and pictures of the benchmarks.
    public init(_ index: ContaminationIndex) { self.index = index }

    /// Looks at a sample; a picture that cannot be decoded cannot be judged, so its sample does not pass.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        if let match = index.match(question: sample.exercise.question ?? "") ?? index.match(question: sample.asked) {
            let words = match.words ?? ""
            return .rejection(
                kind, "The question shares words with “\(match.id)” of a benchmark: “\(words)”.", evidence: words)
        }
        guard index.pictureCount > 0, let picture = sample.picture else { return .pass(kind) }
        do {
            let fingerprint = try PictureFingerprint(encoded: picture, name: sample.id)
            guard let match = index.match(picture: fingerprint) else { return .pass(kind) }
            return .rejection(kind, "The picture is that of “\(match.id)” of a benchmark.", evidence: match.id)
        } catch {
            return .rejection(kind, "The picture cannot be compared with benchmarks: \(error.localizedDescription)")
        }
    }
}
