/// Advantages of the outputs of a group over their group, from one reward per output.
///
/// With rewards `r_1 ... r_G` of one prompt (GRPO, arXiv 2402.03300, section 4.1.2):
///
/// `A_i = (r_i - mean(r)) / (std(r) + epsilon)`, `std` with `G - 1` as `torch.std` has it.
///
/// A group whose rewards are all the same number has advantages of exactly 0, whatever its mean rounds to. So has a
/// group of one output, which has nothing to be better than; verl would hand its bare reward on as advantage
/// (`core_algos.py`).
public struct Advantages: Sendable, Equatable {
    /// What the distance from the group's mean is divided by.
    public enum Scale: String, Sendable, Equatable, Codable, CaseIterable {
        /// The standard deviation of the group (GRPO, arXiv 2402.03300; `scale_rewards="group"` in TRL).
        case group
        /// The standard deviation of all rewards of the batch, about the mean of the batch, while each group's own
        /// mean is taken off (arXiv 2508.08221; `scale_rewards="batch"` in TRL).
        case batch
        /// Nothing: `A_i = r_i - mean(r)` (Dr. GRPO, arXiv 2503.20783, section 3.2; `scale_rewards="none"` in TRL).
        case none
    }

    /// What the distance from the group's mean is divided by.
    public var scale: Scale
    /// Added to the standard deviation: 1e-6 as in verl and EasyR1; TRL has 1e-4, the papers have none.
    public var epsilon: Double

    /// A way to compute advantages.
    /// - Parameters:
    ///   - scale: what the distance from the group's mean is divided by.
    ///   - epsilon: added to the standard deviation; finite and above 0.
    /// - Throws: ``ObjectiveError/setting(name:value:expected:)``.
    public init(scale: Scale = .group, epsilon: Double = 1e-6) throws {
        guard epsilon.isFinite, epsilon > 0 else {
            throw ObjectiveError.setting(name: "epsilon", value: "\(epsilon)", expected: "finite and above 0")
        }
        self.scale = scale
        self.epsilon = epsilon
    }

    /// The advantages of one group.
    /// - Parameter rewards: one per output, finite.
    /// - Returns: one advantage per output, in the order of the rewards. With ``Scale/batch`` the group is the batch.
    /// - Throws: ``ObjectiveError`` for no rewards, rewards that are not finite, or so far apart that they overflow.
    public func callAsFunction(_ rewards: [Double]) throws -> [Double] {
        try callAsFunction([rewards])[0]
    }

    /// The advantages of a batch of groups, each over its own group.
    /// - Parameter groups: the rewards of each group, one per output, finite. Groups may be of different sizes.
    /// - Returns: one advantage per output, in the order of the rewards.
    /// - Throws: ``ObjectiveError`` for no groups, groups without rewards, rewards that are not finite, or so far
    ///   apart that they overflow.
    public func callAsFunction(_ groups: [[Double]]) throws -> [[Double]] {
        guard !groups.isEmpty else { throw ObjectiveError.empty("The batch of groups") }
        for (number, rewards) in groups.enumerated() {
            guard !rewards.isEmpty else { throw ObjectiveError.empty("Group \(number)") }
            for (output, reward) in rewards.enumerated() {
                try ObjectiveError.requireFinite(reward, "The reward of output \(output) in group \(number)")
            }
        }
        let batchDeviation = scale == .batch ? Self.standardDeviation(Array(groups.joined())) : 0
        return try groups.enumerated().map { number, rewards in
            guard !Self.areEqual(rewards) else { return rewards.map { _ in 0 } }
            let divisor =
                switch scale {
                case .group: Self.standardDeviation(rewards) + epsilon
                case .batch: batchDeviation + epsilon
                case .none: 1.0
                }
            let mean = Self.mean(rewards)
            return try rewards.map { reward in
                let advantage = (reward - mean) / divisor
                guard advantage.isFinite, divisor.isFinite else {
                    throw ObjectiveError.overflow(
                        place: "An advantage in group \(number)",
                        cause: "the rewards reach from \(rewards.min() ?? 0) to \(rewards.max() ?? 0)",
                        remedy: "bound the rewards")
                }
                return advantage
            }
        }
    }

    /// Whether all numbers are the same number.
    static func areEqual(_ values: [Double]) -> Bool {
        values.allSatisfy { $0 == values[0] }
    }

    /// The mean, of at least one number.
    static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    /// The standard deviation with one less than the count, in two passes; 0 for a single number.
    static func standardDeviation(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let mean = mean(values)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }
}
