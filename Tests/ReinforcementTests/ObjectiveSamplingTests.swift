import Reinforcement
import Testing

/// Which groups are kept, and what length costs.
@Suite("Dynamic sampling and overlong shaping")
struct ObjectiveSamplingTests {
    /// Rewards as accuracy + 0.3 visual + 0.1 format.
    private func group(_ outputs: [(accuracy: Double, visual: Double, format: Double)]) -> DynamicSampling.Group {
        DynamicSampling.Group(
            rewards: outputs.map { $0.accuracy + 0.3 * $0.visual + 0.1 * $0.format },
            accuracies: outputs.map(\.accuracy),
            formatRewards: outputs.map { 0.1 * $0.format })
    }

    private var groups: [DynamicSampling.Group] {
        [
            group([(0, 0, 1), (0, 0, 1), (0, 0, 1)]),  // all wrong alike
            group([(1, 5.7, 1), (0, 0, 1), (0, 0, 0)]),  // right and wrong
            group([(0, 0, 1), (0, 0, 0), (0, 0, 1)]),  // format alone
            group([(1, 5.7, 1), (1, 2.1, 1), (1, 3.3, 1)]),  // all right, looked differently
            group([(1, 3.1, 1), (1, 3.1, 0), (1, 3.1, 1)]),  // format alone, all right: differs by rounding too
        ]
    }

    @Test("Each criterion keeps its groups, and all are counted")
    func criteria() throws {
        let expected: [DynamicSampling.Criterion: [Int]] = [
            .none: [0, 1, 2, 3, 4], .rewards: [1, 2, 3, 4], .rewardsBesideFormat: [1, 3], .accuracies: [1],
        ]
        for criterion in DynamicSampling.Criterion.allCases {
            let (kept, counts) = try DynamicSampling(criterion)(groups)
            #expect(kept == expected[criterion], "\(criterion)")
            #expect(counts.groups == 5 && counts.kept == kept.count)
            #expect(counts.equalRewards == 1 && counts.formatOnly == 2 && counts.equalAccuracies == 4)
            var twice = counts
            twice += counts
            #expect(twice.groups == 10 && twice.formatOnly == 4 && twice.kept == 2 * kept.count)
        }
        #expect(DynamicSampling().criterion == .accuracies)
    }

    @Test("A difference smaller than the format's weight is still a difference")
    func smallDifferencesCount() throws {
        let close = group([(1, 1.9, 1), (1, 1.9001, 0)])
        let signal = try DynamicSampling.signal(of: close)
        #expect(!signal.differsByFormatOnly && !signal.hasEqualRewards && signal.hasEqualAccuracies)
    }

    @Test("Groups without a signal are those whose advantages are 0")
    func noSignalIsNoAdvantage() throws {
        for group in groups {
            let advantages = try Advantages()(group.rewards)
            #expect(try DynamicSampling.signal(of: group).hasEqualRewards == advantages.allSatisfy { $0 == 0 })
        }
    }

    @Test("Bad groups are refused in words")
    func badGroupsAreRefused() {
        let sampling = DynamicSampling()
        #expect(sentence { _ = try sampling([]) }.hasPrefix("The batch of groups is empty"))
        let empty = DynamicSampling.Group(rewards: [], accuracies: [], formatRewards: [])
        #expect(sentence { _ = try sampling([groups[0], empty]) }.hasPrefix("Group 1 is empty"))
        let short = DynamicSampling.Group(rewards: [0, 1], accuracies: [1], formatRewards: [0, 0])
        #expect(sentence { _ = try sampling([short]) }.hasPrefix("accuracies of group 0 has 1 elements instead of 2"))
        let bad = DynamicSampling.Group(rewards: [0, .nan], accuracies: [1, 1], formatRewards: [0, 0])
        #expect(sentence { _ = try sampling([bad]) }.hasPrefix("rewards of output 1 in group 0 is nan"))
    }

    @Test("Length costs nothing at first, then ever more, 1 at the limit and beyond (DAPO, equation 13)")
    func overlongShaping() throws {
        let shaping = try OverlongShaping(maximumLength: 20_480, cacheLength: 4_096)
        #expect(shaping(length: 0) == 0 && shaping(length: 16_384) == 0)
        #expect(shaping(length: 16_385) == -1.0 / 4_096 && shaping(length: 18_432) == -0.5)
        #expect(shaping(length: 20_480) == -1 && shaping(length: 20_481) == -1 && shaping(length: .max) == -1)
        // The example of TRL's get_soft_overlong_punishment.
        #expect(try OverlongShaping(maximumLength: 100, cacheLength: 20)(length: 90) == -0.5)
        #expect(try OverlongShaping(maximumLength: 4, cacheLength: 4)(length: 1) == -0.25)
        #expect(
            sentence { _ = try OverlongShaping(maximumLength: 10, cacheLength: 11) }
                == "cacheLength is 11; it must be in 1...10, the maximumLength")
        #expect(sentence { _ = try OverlongShaping(maximumLength: 10, cacheLength: 0) }.hasPrefix("cacheLength is 0"))
        #expect(sentence { _ = try OverlongShaping(maximumLength: 0, cacheLength: 0) }.hasPrefix("maximumLength is 0"))
    }
}
