/// 1 if the answer is right, else 0: as a careful person reads it (`StrictReading`), unless the mix has another
/// reading.
///
/// It counts `no_answer`, in which no answer was found, and `cut`, which reached the limit of their length.
public struct AccuracyReward: RewardPart {
    /// Under which it is logged.
    public let name: String
    /// By which its values are multiplied.
    public let weight: Double

    /// Pays right answers.
    /// - Parameters:
    ///   - name: under which it is logged.
    ///   - weight: by which its values are multiplied.
    public init(name: String = "accuracy", weight: Double = 1) { (self.name, self.weight) = (name, weight) }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: 1 or 0 for each.
    public func evaluate(_ batch: RewardBatch) -> RewardValues {
        RewardValues(
            batch.judgements.map { $0.isCorrect ? 1 : 0 },
            counts: [
                "no_answer": batch.judgements.count { $0.extracted == nil }, "cut": batch.inputs.count(where: \.isCut),
            ])
    }
}
