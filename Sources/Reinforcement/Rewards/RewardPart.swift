/// A part of the reward: gives every rollout of a batch a number.
public protocol RewardPart: Sendable {
    /// Under which it is logged; no two parts of a mix have the same.
    var name: String { get }
    /// By which its values are multiplied before they are added to those of the other parts.
    var weight: Double { get }
    /// Whether it looks at the form of a response only; groups that differ by nothing else are counted apart.
    var judgesFormOnly: Bool { get }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: one finite value for each of them, in their order.
    /// - Throws: ``RewardError`` if there are none to be had, which ends the training.
    func evaluate(_ batch: RewardBatch) async throws -> RewardValues
}

extension RewardPart {
    /// Looks at more than the form, unless a part says otherwise.
    public var judgesFormOnly: Bool { false }
}

/// What a part of the reward says of a batch, before its weight.
public struct RewardValues: Sendable, Equatable {
    /// One value for each rollout.
    public var values: [Double]
    /// What was counted on the way, such as rollouts without a picture.
    public var counts: [String: Int]
    /// Further numbers of each rollout, which are logged and not paid; nil where a rollout has none.
    public var details: [String: [Double?]]
    /// Why the values say nothing, if the part failed and the batch goes on without it.
    public var failure: String?

    /// What a part of the reward says of a batch.
    public init(
        _ values: [Double], counts: [String: Int] = [:], details: [String: [Double?]] = [:], failure: String? = nil
    ) {
        (self.values, self.counts, self.details, self.failure) = (values, counts, details, failure)
    }
}
