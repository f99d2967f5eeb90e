import Testing
import Training

/// Bytes by part, counted by hand.
@Suite struct MemoryEstimateTests {
    private func sizes(elementSize: Int = 2, trained: Int = 1000, vision: Bool = true) -> ModelSizes {
        ModelSizes(
            parameters: 3000, trainedParameters: trained, elementSize: elementSize,
            text: ModelSizes.Tower(
                layers: 4, hidden: 8, intermediate: 20, heads: 2, keyValueHeads: 1, headSize: 4, extraColumns: 8),
            vision: vision
                ? ModelSizes.Tower(
                    layers: 2, hidden: 6, intermediate: 10, heads: 3, keyValueHeads: 3, headSize: 2,
                    joinsProjections: true)
                : nil,
            vocabulary: 50, tokens: 100, targets: 30, patches: 40, widenedCount: 256)
    }

    @Test func partsAreCounted() {
        let estimate = MemoryEstimate(sizes(), checkpointing: false)
        #expect(estimate[.weights] == 6000 && estimate[.gradients] == 2000)
        #expect(estimate[.masters] == 4000 && estimate[.moments] == 8000 && estimate[.widened] == 1024)
        #expect(estimate[.logits] == 30 * 50 * (2 + 2 + 4 + 4))
        // A token of a text layer: two norms of 8, attention 6 * 12, its output 8, feed-forward 80, and two sums.
        let text = 2 * 8 * (4 + 2 * 2) + (72 + 8 + 80) * 2 + 8
        // A patch of a vision layer: two norms of 6, attention 12 * 2, joined output 6, projections 12, 40, and three sums.
        let vision = 2 * 6 * (4 + 2 * 2) + (24 + 6 + 12 + 40) * 2 + 12
        // The input of the first layer and the last norm.
        let ends = 100 * (8 * 2 + 8 * 8) + 40 * (6 * 2 + 6 * 8)
        #expect(estimate[.activations] == ends + 4 * 100 * text + 2 * 40 * vision)
        let held = 6000 + 2000 + 4000 + 8000
        #expect(estimate.total == held + estimate[.activations] + estimate[.logits])

        let checkpointed = MemoryEstimate(sizes(), checkpointing: true)
        #expect(
            checkpointed[.activations] == ends + 4 * 100 * 8 * 2 + 100 * text + 2 * 40 * 6 * 2 + 40 * vision)
        #expect(checkpointed.total < estimate.total && checkpointed[.moments] == estimate[.moments])
    }

    @Test func wideParametersHaveNoMasters() {
        let single = MemoryEstimate(sizes(elementSize: 4, vision: false), checkpointing: true)
        #expect(single[.masters] == 0 && single[.widened] == 0 && single[.moments] == 8000)
        #expect(MemoryEstimate(sizes(elementSize: 8), checkpointing: true)[.moments] == 16000)
        // Where the step takes more than a pass, it decides.
        var small = sizes(trained: 1000)
        (small.tokens, small.targets, small.patches, small.widenedCount) = (0, 0, 0, 1 << 20)
        #expect(MemoryEstimate(small, checkpointing: true).total == 6000 + 2000 + 4000 + 8000 + 4000)
    }

    @Test func theTableIsReadable() {
        var large = sizes()
        (large.parameters, large.trainedParameters) = (3 << 30, 1 << 20)
        #expect(
            MemoryEstimate(large, checkpointing: true).table == """
                weights              6144 MiB
                gradients               2 MiB
                master weights          4 MiB
                moments                 8 MiB
                activations             0 MiB
                logits                  0 MiB
                optimizer step          0 MiB
                at most at one time  6158 MiB
                """)
    }
}
