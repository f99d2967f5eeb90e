import Testing
import Training

/// Which samples a step takes, and into which passes they are cut.
@Suite struct BatchPlanTests {
    /// Between 5 and 60 tokens, no two neighbours alike.
    private static let lengths = (0..<103).map { 5 + ($0 * 37) % 56 }

    private func plan(
        _ grouping: BatchPlan.Grouping, layout: BatchPlan.Layout = .padded, duration: BatchPlan.Duration = .epochs(3),
        tokens: Int? = 150, most: Int? = nil, seed: UInt64 = 1
    ) throws -> BatchPlan {
        try BatchPlan(
            lengths: Self.lengths,
            BatchPlan.Settings(
                batchSize: 8, duration: duration, layout: layout, grouping: grouping, microBatchTokens: tokens,
                maximumMicroBatchSize: most, seed: seed))
    }

    private static let groupings: [BatchPlan.Grouping] = [.none, .step, .megabatch(steps: 5)]

    @Test(arguments: groupings, BatchPlan.Layout.allCases)
    func everySampleComesOnceAnEpoch(_ grouping: BatchPlan.Grouping, _ layout: BatchPlan.Layout) throws {
        let plan = try plan(grouping, layout: layout)
        // 103 is no multiple of 8: steps go over the ends of epochs, and the last has what is left.
        #expect(plan.stepCount == 39)
        var counts = [Int](repeating: 0, count: Self.lengths.count)
        for step in 0..<plan.stepCount {
            let passes = plan.microBatches(step: step)
            #expect(passes.flatMap(\.samples).sorted() == plan.samples(step: step).sorted())
            #expect(passes.reduce(0) { $0 + $1.samples.count } == (step == 38 ? 309 - 38 * 8 : 8))
            for sample in passes.flatMap(\.samples) { counts[sample] += 1 }
            for pass in passes {
                let own = pass.samples.map { Self.lengths[$0] }
                #expect(pass.filledTokens == own.reduce(0, +) && pass.tokens <= 150)
                #expect(pass.tokens == (layout == .packed ? pass.filledTokens : own.count * (own.max() ?? 0)))
            }
        }
        #expect(counts.allSatisfy { $0 == 3 })
    }

    /// Any step, asked for first, alone or backwards, is the same: nothing but its number decides it.
    @Test(arguments: groupings)
    func aStepIsDecidedByItsNumber(_ grouping: BatchPlan.Grouping) throws {
        let first = try plan(grouping)
        let inOrder = (0..<first.stepCount).map { first.microBatches(step: $0) }
        let second = try plan(grouping)
        for step in [38, 0, 20, 12, 13, 25, 1] { #expect(second.microBatches(step: step) == inOrder[step]) }
        let other = try plan(grouping, seed: 2)
        #expect((0..<39).contains { other.microBatches(step: $0) != inOrder[$0] })
        // Epochs have orders of their own.
        if grouping == .none {
            let samples = inOrder.flatMap { $0.flatMap(\.samples) }
            #expect(Array(samples[0..<103]) != Array(samples[103..<206]))
        }
    }

    @Test func groupingLeavesLittlePadding() throws {
        let shares = try Self.groupings.map { try plan($0).statistics().paddingShare }
        #expect(shares[0] > 0.2 && shares[1] < 0.7 * shares[0] && shares[2] < 0.4 * shares[1], "\(shares)")
        #expect(try plan(.step, layout: .packed).statistics().paddingShare == 0)
        let passes = try [BatchPlan.Layout.padded, .packed].map { layout in
            try plan(.step, layout: layout).statistics().microBatches
        }
        // Rows are well filled: close to what the tokens need.
        let needed = Double(3 * Self.lengths.reduce(0, +)) / 150
        #expect(passes[1] < passes[0] && Double(passes[1]) < 1.35 * needed, "\(passes) \(needed)")
    }

    @Test func windowsHoldStepsOfLikeLengthInAnOrderDrawnByChance() throws {
        let plan = try plan(.megabatch(steps: 5))
        var falling = 0
        for window in 0..<7 {
            let steps = (window * 5..<window * 5 + 5).map { plan.samples(step: $0).map { Self.lengths[$0] } }
            // Sorted by their lengths, steps do not overlap.
            let sorted = steps.sorted { ($0.max() ?? 0) > ($1.max() ?? 0) }
            for (longer, shorter) in zip(sorted, sorted.dropFirst()) {
                #expect((longer.min() ?? 0) >= (shorter.max() ?? 0))
            }
            if steps == sorted { falling += 1 }
        }
        #expect(falling < 3)
    }

    @Test func theLongestPassIsFound() throws {
        let plan = try plan(.step, most: 4)
        let found = plan.statistics()
        let passes = (0..<plan.stepCount).map { plan.microBatches(step: $0) }
        let longest = try #require(passes.joined().map(\.tokens).max())
        let step = try #require(passes.firstIndex { $0.contains { $0.tokens == longest } })
        #expect(found.longest?.tokens == longest && found.longestStep == step)
        #expect(passes.joined().allSatisfy { $0.samples.count <= 4 })
        #expect(plan.statistics(of: 2..<3).samples == 8 && found.samples == 309)
    }

    @Test func anOrderMayBeGiven() throws {
        let settings = BatchPlan.Settings(batchSize: 3, duration: .steps(4), grouping: .none)
        let plan = try BatchPlan(lengths: [4, 2, 9], settings) { $0 / 2 % 3 }
        #expect((0..<4).map { plan.samples(step: $0) } == [[0, 0, 1], [1, 2, 2], [0, 0, 1], [1, 2, 2]])
        #expect(plan.microBatches(step: 1).map(\.tokens) == [27] && plan.epochs(before: 2) == 2)
    }

    @Test(
        arguments: [
            ([], 8, nil, "there is none"), ([3], 0, nil, "a step must have one at least, not 0"),
            (
                [3, 9, 5], 8, 8,
                "sample 1, counted from 0, has 9 tokens, and a pass may have 8; leave it out, or allow more"
            ),
        ] as [([Int], Int, Int?, String)])
    func whatCannotBeIsSaid(_ lengths: [Int], _ size: Int, _ tokens: Int?, _ problem: String) {
        #expect(throws: TrainingError.batches(problem)) {
            try BatchPlan(
                lengths: lengths,
                BatchPlan.Settings(batchSize: size, duration: .steps(1), microBatchTokens: tokens))
        }
    }

    /// A million positions are counted in seconds, and a step far in costs the order of an epoch.
    @Test func longTrainingsArePlannedQuickly() throws {
        let plan = try BatchPlan(
            lengths: (0..<50_000).map { 100 + $0 % 900 },
            BatchPlan.Settings(
                batchSize: 512, duration: .epochs(20), grouping: .megabatch(steps: 20), microBatchTokens: 16384))
        let began = ContinuousClock.now
        #expect(plan.statistics().samples == 1_000_000)
        #expect(began.duration(to: .now) < .seconds(30))
    }
}
