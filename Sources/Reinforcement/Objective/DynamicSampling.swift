/// Which groups teach something.
///
/// A group of equal rewards has advantages of 0, so no gradient: it only makes the batch smaller. DAPO (arXiv
/// 2503.14476, section 3.2, `0 < |{i : o_i is right}| < G`) samples more prompts until the batch is full of groups
/// that are neither all right nor all wrong. Here groups are told apart and counted; sampling more is the trainer's.
public struct DynamicSampling: Sendable, Equatable {
    /// Which groups are left out.
    public enum Criterion: String, Sendable, Equatable, Codable, CaseIterable {
        /// None; they are counted only.
        case none
        /// Those of equal rewards (`filter_groups.metric: seq_reward` in verl).
        case rewards
        /// Those whose rewards are equal once the format part is taken off.
        case rewardsBesideFormat = "rewards_beside_format"
        /// Those of equal accuracies, as DAPO does (`filter_groups.metric: acc` in verl). A visual reward can differ
        /// among right answers; such groups are left out too.
        case accuracies
    }

    /// The rewards of a group, one number per output in each part.
    public struct Group: Sendable, Equatable {
        /// What advantages are computed from.
        public var rewards: [Double]
        /// The accuracy of each output, weight or none.
        public var accuracies: [Double]
        /// What the format adds to each of ``rewards``, its weight included.
        public var formatRewards: [Double]

        /// The rewards of a group.
        /// - Parameters:
        ///   - rewards: what advantages are computed from, one per output.
        ///   - accuracies: the accuracy of each output.
        ///   - formatRewards: what the format adds to each reward, its weight included.
        public init(rewards: [Double], accuracies: [Double], formatRewards: [Double]) {
            self.rewards = rewards
            self.accuracies = accuracies
            self.formatRewards = formatRewards
        }
    }

    /// What a group has to teach.
    public struct Signal: Sendable, Equatable, Codable {
        /// All rewards are the same: advantages of 0.
        public var hasEqualRewards: Bool
        /// All accuracies are the same.
        public var hasEqualAccuracies: Bool
        /// Rewards differ, and only by their format parts.
        public var differsByFormatOnly: Bool
    }

    /// How many groups there were of each kind.
    public struct Counts: Sendable, Equatable, Codable {
        /// Groups that were looked at, kept or not.
        public var groups = 0
        /// Groups that teach something by the criterion, and take part in the update.
        public var kept = 0
        /// Groups of equal rewards, without a signal.
        public var equalRewards = 0
        /// Groups of equal accuracies, with or without a signal from other parts.
        public var equalAccuracies = 0
        /// Groups whose rewards differ by their format parts only; among ``equalRewards`` none of them is.
        public var formatOnly = 0

        /// The counts of nothing.
        public init() {}

        /// Adds the counts of other groups.
        public static func += (left: inout Counts, right: Counts) {
            left.groups += right.groups
            left.kept += right.kept
            left.equalRewards += right.equalRewards
            left.equalAccuracies += right.equalAccuracies
            left.formatOnly += right.formatOnly
        }
    }

    /// Which groups are left out.
    public var criterion: Criterion

    /// A choice of groups.
    /// - Parameter criterion: which are left out.
    public init(_ criterion: Criterion = .accuracies) {
        self.criterion = criterion
    }

    /// The groups to keep, and how many there were of each kind.
    /// - Parameter groups: at least one.
    /// - Returns: the places of the groups that are kept, ascending, and the counts.
    /// - Throws: ``ObjectiveError`` for no groups, empty ones, lengths that differ, or numbers that are not finite.
    public func callAsFunction(_ groups: [Group]) throws -> (kept: [Int], counts: Counts) {
        guard !groups.isEmpty else { throw ObjectiveError.empty("The batch of groups") }
        var kept: [Int] = []
        var counts = Counts()
        for (number, group) in groups.enumerated() {
            let signal = try Self.signal(of: group, number: number)
            counts.groups += 1
            counts.equalRewards += signal.hasEqualRewards ? 1 : 0
            counts.equalAccuracies += signal.hasEqualAccuracies ? 1 : 0
            counts.formatOnly += signal.differsByFormatOnly ? 1 : 0
            if keeps(signal) { kept.append(number) }
        }
        counts.kept = kept.count
        return (kept, counts)
    }

    /// Whether a group is kept.
    /// - Parameter signal: what the group has to teach.
    /// - Returns: false for one that is left out.
    public func keeps(_ signal: Signal) -> Bool {
        switch criterion {
        case .none: true
        case .rewards: !signal.hasEqualRewards
        case .rewardsBesideFormat: !signal.hasEqualRewards && !signal.differsByFormatOnly
        case .accuracies: !signal.hasEqualAccuracies
        }
    }

    /// What a group has to teach.
    ///
    /// Rewards count as equal beside their format parts if they differ by no more than rounding, 1e-9 of the largest
    /// of them.
    /// - Parameters:
    ///   - group: the rewards.
    ///   - number: which group it is, for messages.
    /// - Returns: the signal.
    /// - Throws: ``ObjectiveError`` for an empty group, lengths that differ, or numbers that are not finite.
    public static func signal(of group: Group, number: Int = 0) throws -> Signal {
        let count = group.rewards.count
        guard count > 0 else { throw ObjectiveError.empty("Group \(number)") }
        for (name, values) in [
            ("rewards", group.rewards), ("accuracies", group.accuracies), ("formatRewards", group.formatRewards),
        ] {
            guard values.count == count else {
                throw ObjectiveError.lengths(place: "\(name) of group \(number)", expected: count, got: values.count)
            }
            for (output, value) in values.enumerated() {
                try ObjectiveError.requireFinite(value, "\(name) of output \(output) in group \(number)")
            }
        }
        let hasEqualRewards = Advantages.areEqual(group.rewards)
        let rest = zip(group.rewards, group.formatRewards).map { $0 - $1 }
        let magnitude = zip(group.rewards, group.formatRewards).map { max(abs($0), abs($1)) }.max() ?? 0
        let spread = (rest.max() ?? 0) - (rest.min() ?? 0)
        return Signal(
            hasEqualRewards: hasEqualRewards,
            hasEqualAccuracies: Advantages.areEqual(group.accuracies),
            differsByFormatOnly: !hasEqualRewards && spread <= 1e-9 * magnitude)
    }
}
