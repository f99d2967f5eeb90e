import Reinforcement
import Testing

/// The sum of the parts, and what groups have to learn from.
@Suite struct RewardMixTests {
    @Test func sharesOfTheVarianceAreAsNumpyHasThem() async throws {
        let golden = try RewardVisualTests.Golden.read().mix
        let mix = try RewardMix(golden.parts.map { FixedReward($0.name, weight: $0.weight, $0.values) })
        let report = try await mix.evaluate(
            golden.groups.enumerated().map { RewardMade.rollout($1, $0) })
        #expect(isClose(report.totals, golden.totals))
        for (part, wanted) in zip(report.parts, golden.parts) {
            #expect(part.raw == wanted.values && part.weighted == wanted.values.map { $0 * wanted.weight })
        }
        let statistics = report.statistics
        #expect(isClose(statistics.groups.map(\.standardDeviation), golden.deviation))
        #expect(statistics.groups.map { $0.shares == nil } == golden.shares.map { $0 == nil })
        for (group, shares) in zip(statistics.groups, golden.shares) {
            #expect(isClose(group.shares ?? [], shares ?? []))
            #expect(group.shares.map { abs($0.reduce(0, +) - 1) < 1e-12 } ?? true)
        }
        #expect(isClose(try #require(statistics.meanShares), golden.mean_shares))
        #expect(isClose(try #require(statistics.pooledShares), golden.pooled_shares))
    }

    @Test func thePublishedMixIsAccuracyAndThreeTenthsVisualAndATenthFormat() async throws {
        let masses = VisualMasses(layers: 1, tokens: 1, image: [0.5], system: [0.25])
        let report = try await RewardMix.published.evaluate([
            RewardMade.rollout(0, 0, masses: masses),
            RewardMade.rollout(0, 1, isRight: false, masses: masses),
            RewardMade.rollout(0, 2, isFormed: false, masses: masses),
            RewardMade.rollout(0, 3, isRight: false, isFormed: false, masses: masses),
        ])
        #expect(report.parts.map(\.name) == ["accuracy", "visual", "format"])
        #expect(isClose(report.totals, [1 + 0.6 + 0.1, 0.1, 1 + 0.6, 0], within: 1e-5))
        #expect(report.parts.map(\.raw[0].rounded) == [1, 2, 1])
        #expect(report.failures.isEmpty && report.statistics.groups.map(\.signal) == [.full])
    }

    @Test func groupsThatDifferByFormAloneAreCountedApart() async throws {
        // Group 7: format only. 2: nothing. 5: accuracy too. 3: one rollout. 4: parts that outweigh each other.
        let rows: [(group: Int, accuracy: Double, format: Double, other: Double)] = [
            (7, 1, 1, 0), (2, 1, 1, 0), (5, 1, 1, 0), (7, 1, 0, 0), (2, 1, 1, 0), (5, 0, 0, 0), (3, 1, 0, 0),
            (4, 1, 1, 0), (4, 0, 1, 2),
        ]
        let mix = try RewardMix([
            FixedReward("accuracy", rows.map(\.accuracy)),
            FixedReward("format", weight: 0.1, judgesFormOnly: true, rows.map(\.format)),
            FixedReward("other", weight: 0.5, rows.map(\.other)),
            FixedReward("unpaid", weight: 0, rows.indices.map { Double($0) }),
        ])
        let report = try await mix.evaluate(rows.enumerated().map { RewardMade.rollout($1.group, $0) })
        let groups = report.statistics.groups
        #expect(groups.map(\.number) == [7, 2, 5, 3, 4] && groups.map(\.count) == [2, 2, 2, 1, 2])
        #expect(groups.map(\.signal) == [.formOnly, .none, .full, .none, .none])
        #expect(
            isClose(groups[0].shares ?? [], [0, 1, 0, 0]) && groups[1].shares == nil && groups[3].standardDeviation == 0
        )
        #expect(abs(groups[0].standardDeviation - 0.1 / 2.0.squareRoot()) < 1e-15 && groups[0].mean == 1.05)
        let numbers = Dictionary(uniqueKeysWithValues: report.numbers.map { ($0.name, $0.value) })
        #expect(numbers["groups/without_signal"] == 0.6 && numbers["groups/form_only"] == 0.2)
    }

    @Test func everythingIsLoggedByName() async throws {
        func masses(_ image: Float) -> VisualMasses {
            VisualMasses(layers: 1, tokens: 1, image: [image], system: [0.25])
        }
        let report = try await RewardMix.published.evaluate([
            RewardMade.rollout(0, 0, masses: masses(0.5)),
            RewardMade.rollout(0, 1, isRight: false, isFormed: false, masses: masses(0.25)),
            RewardMade.rollout(1, 0, isRight: false), RewardMade.rollout(1, 1, isRight: false),
        ])
        let numbers = Dictionary(uniqueKeysWithValues: report.numbers.map { ($0.name, $0.value) })
        func expect(_ name: String, _ value: Double) {
            #expect(abs((numbers[name] ?? .nan) - value) < 1e-5, "\(name): \(numbers[name].map { "\($0)" } ?? "none")")
        }
        expect("reward/total", (1.7 + 0.2) / 4)
        expect("reward/accuracy", 0.25)
        expect("reward/visual", 0.5)
        expect("reward/visual/weighted", 0.15)
        expect("reward/visual/details/ratio", 1.5)
        expect("reward/visual/details/ratio/right", 2)
        expect("reward/visual/details/ratio/wrong", 1)
        expect("reward/visual/counts/no_picture", 2)
        expect("reward/format/counts/no_thought", 1)
        expect("reward/accuracy/variance_share", 1 / 1.7)
        expect("reward/visual/variance_share", 0.6 / 1.7)
        expect("reward/format/variance_share_pooled", 0.1 / 1.7)
        expect("groups/standard_deviation", 1.7 / 2.0.squareRoot() / 2)
        expect("groups/without_signal", 0.5)
        expect("groups/form_only", 0)
        #expect(report.numbers.allSatisfy { $0.value.isFinite })
        #expect(Set(report.numbers.map(\.name)).count == report.numbers.count)
    }

    @Test func whatHasNoValueIsLeftOut() async throws {
        let report = try await RewardMix.published.evaluate([RewardMade.rollout(), RewardMade.rollout(0, 1)])
        let names = Set(report.numbers.map(\.name))
        #expect(!names.contains { $0.contains("variance_share") } && !names.contains("reward/visual/details/ratio"))
        #expect(try await RewardMix.published.evaluate([]).totals.isEmpty)
    }

    /// What parts may say that cannot be used.
    static let lies: [([Double], String)] = [
        ([1], "it gave 1 value for 2 rollouts"), ([1, 2, 3], "it gave 3 values for 2 rollouts"),
        ([0, .nan], "the value of sample 1 of group 0 is nan"),
        ([.infinity, 0], "the value of sample 0 of group 0 is inf"),
        ([0, -.infinity], "the value of sample 1 of group 0 is -inf"),
        ([1e300, 0], "the value of sample 0 of group 0 is 1e+300"),
    ]

    @Test(arguments: lies) func noPartPoisonsAnUpdate(values: [Double], problem: String) async throws {
        let mix = try RewardMix([AccuracyReward(), FixedReward("mine", values)])
        await expectReward("The reward 'mine' cannot be used: \(problem).") {
            try await mix.evaluate([RewardMade.rollout(), RewardMade.rollout(0, 1)])
        }
    }

    @Test func detailsOfAnotherLengthAreRefused() async throws {
        var part = FixedReward("mine", [0])
        part.result.details = ["a": []]
        let mix = try RewardMix([part])
        await expectReward("The reward 'mine' cannot be used: it gave 0 numbers for 1 rollout (a).") {
            try await mix.evaluate([RewardMade.rollout()])
        }
    }

    @Test func mixesThatCannotBeMeantAreRefused() async throws {
        await expectReward("A reward needs at least one part.") { try RewardMix([]) }
        await expectReward("Two parts of the reward are called 'a'; rename one.") {
            try RewardMix([FixedReward("a", []), FixedReward("a", [])])
        }
        await expectReward("The weight of the reward 'a' is nan; give a number.") {
            try RewardMix([FixedReward("a", weight: .nan, [])])
        }
        await expectReward("A part of the reward has no name.") { try RewardMix([FixedReward("", [])]) }
    }
}

extension Double {
    fileprivate var rounded: Double { (self * 1000).rounded() / 1000 }
}
