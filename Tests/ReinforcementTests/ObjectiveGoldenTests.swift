import Foundation
import Reinforcement
import Testing

/// Objectives beside PyTorch's autograd in float64 (Tests/Fixtures/reinforcement/make_objective.py).
@Suite("Policy objectives beside PyTorch")
struct ObjectiveGoldenTests {
    let fixture: ObjectiveFixture

    init() throws { fixture = try ObjectiveFixture.read() }

    @Test("Loss, gradients and metrics of every variant agree, with a reference and without")
    func everyVariantAgrees() throws {
        #expect(fixture.cases.count == 76)
        for golden in fixture.cases {
            let objective = try PolicyObjective(.init(golden.settings))
            let value = try objective(fixture.outputs(golden.batch, withReference: golden.uses_reference))
            #expect(relativeDifference(value.loss, golden.loss) <= 1e-9, "\(golden.name)")
            #expect(relativeDifference(value.policyLoss, golden.policy_loss) <= 1e-9, "\(golden.name)")
            #expect(relativeDifference(value.klLoss, golden.kl_loss) <= 1e-9, "\(golden.name)")
            // Over the batch, and each output by itself.
            #expect(relativeDifference(value.gradients, golden.gradients) <= 1e-9, "\(golden.name)")
            for (found, reference) in zip(value.gradients, golden.gradients) {
                #expect(relativeDifference(found, reference) <= 1e-9, "\(golden.name)")
            }
            #expect(
                ObjectiveNormalizer(counting: try fixture.outputs(golden.batch))
                    == ObjectiveNormalizer(outputs: golden.outputs, tokens: golden.tokens))
        }
    }

    @Test("Clip counts are the definitions', and sums agree")
    func metricsAgree() throws {
        for golden in fixture.cases {
            let objective = try PolicyObjective(.init(golden.settings))
            let found = try objective(fixture.outputs(golden.batch)).metrics
            let reference = golden.metrics
            #expect(found.counted.tokens == reference.tokens, "\(golden.name)")
            #expect(found.counted.outputs == reference.outputs, "\(golden.name)")
            #expect([found.clippedLow.tokens, found.clippedLow.outputs] == reference.low, "\(golden.name)")
            #expect([found.clippedHigh.tokens, found.clippedHigh.outputs] == reference.high, "\(golden.name)")
            #expect([found.clippedDual.tokens, found.clippedDual.outputs] == reference.dual, "\(golden.name)")
            #expect(
                found.ratio.count == reference.ratios && found.sampledK3.count == reference.tokens, "\(golden.name)")
            let sums = [
                found.ratio.total, found.largestLogRatio, found.largestOutputLogRatio, found.sampledK1.total,
                found.sampledK3.total, found.referenceK1.total, found.referenceK3.total,
            ]
            let references = [
                reference.ratio, reference.largest, reference.largest_output, reference.sampled_k1,
                reference.sampled_k3, reference.reference_k1, reference.reference_k3,
            ]
            // Against the largest of them: sums of k3 near 0 are what is left of numbers near 1 in the reference.
            #expect(relativeDifference(sums, references) <= 1e-12, "\(golden.name)")
            #expect(found.overflows == 0)
        }
    }

    @Test("The presets are the variants of the fixture", arguments: PolicyObjective.Preset.allCases)
    func presetsAreTheVariants(_ preset: PolicyObjective.Preset) throws {
        let golden = try #require(fixture.cases.first { $0.name == "\(preset.rawValue), mild" })
        #expect(
            try PolicyObjective.Settings(golden.settings)
                == (preset.settings(maximumLength: 10) as PolicyObjective.Settings))
        #expect(preset.advantageScale == (preset == .drGRPO ? .none : .group))
        #expect(PolicyObjective.Preset.grpo.settings(maximumLength: 10) == PolicyObjective.Settings())
    }

    @Test("Without a reference its metrics are of nothing, and nothing else changes")
    func referenceIsOnlyWatchedAtCoefficientZero() throws {
        let objective = try PolicyObjective(.dapo)
        let with = try objective(fixture.outputs("wide"))
        let without = try objective(fixture.outputs("wide", withReference: false))
        #expect(with.loss == without.loss && with.gradients == without.gradients)
        #expect(without.metrics.referenceK1.count == 0 && without.metrics.referenceK3.mean == nil)
        #expect(with.metrics.referenceK3.count == with.metrics.counted.tokens)
    }
}

/// Advantages beside `torch.std` (make_objective.py).
@Suite("Advantages")
struct ObjectiveAdvantageTests {
    struct Fixture: Decodable {
        struct Case: Decodable {
            var groups: [[Double]]
            var scale: Advantages.Scale
            var epsilon: Double
            var advantages: [[Double]]
        }

        var cases: [Case]
    }

    @Test("Advantages of groups of several sizes agree with torch.std, by each scale")
    func agreeWithTorch() throws {
        let data = try Data(contentsOf: ObjectiveFixture.folder.appendingPathComponent("advantages.json"))
        let cases = try JSONDecoder().decode(Fixture.self, from: data).cases
        #expect(cases.count == 6)
        for golden in cases {
            let found = try Advantages(scale: golden.scale, epsilon: golden.epsilon)(golden.groups)
            #expect(found.map(\.count) == golden.advantages.map(\.count))
            for (found, reference) in zip(found, golden.advantages) {
                #expect(relativeDifference(found, reference) <= 1e-9, "\(golden.scale), \(reference)")
            }
        }
    }

    @Test("A group of equal rewards has advantages of exactly 0 by each scale", arguments: Advantages.Scale.allCases)
    func equalRewardsHaveNone(_ scale: Advantages.Scale) throws {
        // The mean of three times 0.1 is not 0.1 in float64.
        #expect((0.1 + 0.1 + 0.1) / 3 != 0.1)
        let found = try Advantages(scale: scale)([[0.1, 0.1, 0.1], [7.3], [0, 1]])
        #expect(found[0] == [0, 0, 0] && found[1] == [0])
        #expect(found[2][0] < 0 && found[2][1] == -found[2][0])
    }

    @Test("By hand: rewards 0 and 1 lie 1 / sqrt(2) deviations from their mean")
    func byHand() throws {
        let found = try Advantages()([0, 1])
        #expect(abs(found[1] - 0.5 / (0.5.squareRoot() + 1e-6)) < 1e-15)
        #expect(try Advantages(scale: .none)([0, 1, 5]) == [-2, -1, 3])
    }

    @Test("Rewards that are no numbers, no rewards and senseless settings are refused in words")
    func badRewardsAreRefused() throws {
        let advantages = try Advantages()
        #expect(
            sentence { _ = try advantages([[0, 1], [2, .nan]]) }
                == "The reward of output 1 in group 1 is nan, no finite number; "
                + "find where it comes from, or leave the output out"
        )
        #expect(sentence { _ = try advantages([0, -.infinity]) }.contains("is -inf, no finite number"))
        #expect(sentence { _ = try advantages([[1], []]) }.hasPrefix("Group 1 is empty"))
        #expect(sentence { _ = try advantages([[Double]]()) }.hasPrefix("The batch of groups is empty"))
        #expect(
            sentence { _ = try advantages([1e300, -1e300]) }.contains("reach from -1e+300 to 1e+300; bound the rewards")
        )
        #expect(sentence { _ = try Advantages(epsilon: 0) } == "epsilon is 0.0; it must be finite and above 0")
    }
}
