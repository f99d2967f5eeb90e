/// What an answer loses as it comes near the limit of its length (``OverlongShaping``; DAPO, arXiv 2503.14476, equation 13).
public struct OverlongReward: RewardPart {
    /// Under which it is logged.
    public let name = "overlong"
    /// By which its values are multiplied.
    public let weight: Double
    /// From which length on, and how much.
    public let shaping: OverlongShaping

    /// Punishes long answers.
    /// - Parameters:
    ///   - shaping: from which length on, and how much.
    ///   - weight: by which its values are multiplied.
    public init(_ shaping: OverlongShaping, weight: Double = 1) { (self.shaping, self.weight) = (shaping, weight) }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: one value in -1...0 for each, and how many are punished (`punished`).
    public func evaluate(_ batch: RewardBatch) -> RewardValues {
        let values = batch.inputs.map { shaping(length: $0.responseLength) }
        return RewardValues(values, counts: ["punished": values.count { $0 < 0 }])
    }
}
