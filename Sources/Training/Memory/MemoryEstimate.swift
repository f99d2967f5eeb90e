/// How much memory a training will take, by part, before its first step.
///
/// Plain arithmetic on the sizes of a model and of its longest pass (``ModelSizes``). What is held all the time is exact; what a pass
/// keeps for its backward pass is counted tensor by tensor as the layers make them. Passes of the small checkpoint took 7 to 9 % more
/// than that in float32 and 15 to 18 % more in bfloat16, where tensors are large; up to a quarter more where they are small.
public struct MemoryEstimate: Sendable, Equatable {
    /// A use of memory.
    public enum Part: String, Sendable, CaseIterable {
        /// All parameters of the model.
        case weights
        /// Gradients of the parameters that are trained, in their type.
        case gradients
        /// Their copies in float32, where they are narrower.
        case masters = "master weights"
        /// Two float32 numbers (float64 for float64) for each of them.
        case moments
        /// What the layers keep for the backward pass.
        case activations
        /// Logits of the rows that have a target, their log-probabilities and the gradient of both.
        case logits
        /// Gradients widened to float32 while a step is made, some at a time.
        case widened = "optimizer step"
    }

    /// What each part takes at its greatest, in bytes.
    public let bytes: [Part: Int]

    /// An estimate.
    /// - Parameters:
    ///   - sizes: of the model and of its longest pass.
    ///   - checkpointing: true if only the input of every layer is kept, and the layer made once more in the backward pass.
    public init(_ sizes: ModelSizes, checkpointing: Bool) {
        let (trained, size) = (sizes.trainedParameters, sizes.elementSize)
        let isNarrow = size < 4
        bytes = [
            .weights: sizes.parameters * size,
            .gradients: trained * size,
            .masters: isNarrow ? trained * 4 : 0,
            .moments: 2 * trained * max(size, 4),
            .activations: sizes.activationBytes(checkpointing: checkpointing),
            .logits: sizes.logitBytes,
            .widened: isNarrow ? min(trained, sizes.widenedCount) * 4 : 0,
        ]
    }

    /// The most that is held at one time: activations and logits are gone when the optimizer makes its step.
    public var total: Int {
        let passing = self[.activations] + self[.logits]
        return self[.weights] + self[.gradients] + self[.masters] + self[.moments] + max(passing, self[.widened])
    }

    /// Bytes of a part.
    /// - Parameter part: the part.
    public subscript(part: Part) -> Int { bytes[part] ?? 0 }

    /// The parts line by line in MiB, those of nothing left out, and the total.
    public var table: String {
        let lines =
            Part.allCases.filter { self[$0] > 0 }.map { ($0.rawValue, self[$0]) } + [("at most at one time", total)]
        let names = lines.map(\.0.count).max() ?? 0
        let numbers = lines.map { String(($0.1 + (1 << 19)) >> 20) }
        let digits = numbers.map(\.count).max() ?? 0
        func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
        return zip(lines, numbers).map { line, number in
            line.0 + blanks(names - line.0.count + 2 + digits - number.count) + number + " MiB"
        }.joined(separator: "\n")
    }
}
