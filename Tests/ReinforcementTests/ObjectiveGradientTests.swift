import Foundation
import Reinforcement
import Testing

/// The gradient by other means than PyTorch's, and what happens at the edges.
@Suite("Gradients of policy objectives")
struct ObjectiveGradientTests {
    let fixture: ObjectiveFixture

    init() throws { fixture = try ObjectiveFixture.read() }

    @Test("Central differences of the loss agree at every token")
    func finiteDifferencesAgree() throws {
        var compared = 0
        for golden in fixture.cases where golden.batch != "ties" {
            let objective = try PolicyObjective(.init(golden.settings))
            let outputs = try fixture.outputs(golden.batch)
            let value = try objective(outputs)
            let scale = try #require(value.gradients.joined().map(abs).max())
            let step = 1e-6
            for (number, output) in outputs.enumerated() {
                for token in output.logProbabilities.indices {
                    var (up, down) = (outputs, outputs)
                    up[number].logProbabilities[token] += step
                    down[number].logProbabilities[token] -= step
                    let (high, low) = (try objective(up), try objective(down))
                    // A difference across a bound's corner is no derivative.
                    guard high.metrics.bounds == low.metrics.bounds else { continue }
                    let difference = (high.loss - low.loss) / (2 * step)
                    #expect(
                        abs(difference - value.gradients[number][token]) <= 1e-6 * max(scale, 1e-3),
                        "\(golden.name), output \(number), token \(token)")
                    compared += 1
                }
            }
        }
        #expect(compared > 2_000)
    }

    @Test("Micro-batches with the counts of the whole update add up to one batch", arguments: [1, 2, 3, 5])
    func microBatchesAddUp(_ size: Int) throws {
        for golden in fixture.cases {
            let objective = try PolicyObjective(.init(golden.settings))
            let outputs = try fixture.outputs(golden.batch)
            let whole = try objective(outputs)
            let parts = stride(from: 0, to: outputs.count, by: size).map {
                Array(outputs[$0..<min($0 + size, outputs.count)])
            }
            let total = parts.map { ObjectiveNormalizer(counting: $0) }.reduce(.init(outputs: 0, tokens: 0), +)
            #expect(total == ObjectiveNormalizer(counting: outputs))
            var loss = 0.0
            var gradients: [[Double]] = []
            var metrics = ObjectiveMetrics()
            for part in parts {
                let value = try objective(part, normalizer: total)
                loss += value.loss
                gradients += value.gradients
                metrics += value.metrics
            }
            #expect(gradients == whole.gradients, "\(golden.name)")  // to the last bit
            #expect(abs(loss - whole.loss) <= 1e-14 * max(abs(whole.loss), 1), "\(golden.name)")
            #expect(
                metrics.bounds == whole.metrics.bounds && metrics.counted == whole.metrics.counted, "\(golden.name)")
            #expect(metrics.largestLogRatio == whole.metrics.largestLogRatio)
            #expect(relativeDifference(metrics.referenceK3.total, whole.metrics.referenceK3.total) <= 1e-13)
            #expect(relativeDifference(metrics.ratio.total, whole.metrics.ratio.total) <= 1e-13)
        }
    }

    @Test("Dividing each micro-batch by its own counts would be another loss")
    func ownCountsAreAnotherLoss() throws {
        let outputs = try fixture.outputs("wide")
        let objective = try PolicyObjective(.dapo)
        let whole = try objective(outputs).loss
        let halves = [Array(outputs[..<3]), Array(outputs[3...])]
        let naive = try halves.map { try objective($0).loss }.reduce(0, +) / 2
        #expect(abs(naive - whole) > 1e-3)
    }

    @Test("At the first update every ratio is 1 and the gradient is that of the plain policy gradient")
    func onPolicyGradientIsThePolicyGradient() throws {
        var output = try fixture.outputs("wide")[0]
        output.logProbabilities = output.sampledLogProbabilities
        for settings in [PolicyObjective.Settings.grpo, .dapo, .drGRPO(length: 20), .gspo] {
            let value = try PolicyObjective(settings)([output])
            let count = Double(output.logProbabilities.count)
            let weight = settings.aggregation == .constantLength(20) ? 1 / 20 : 1 / count
            #expect(
                relativeDifference(value.gradients[0], output.logProbabilities.map { _ in -output.advantage * weight })
                    < 1e-15)
            #expect(value.metrics.ratio.mean == 1 && value.metrics.sampledK3.total == 0)
            #expect(value.metrics.largestLogRatio == 0 && value.metrics.tokenFraction(value.metrics.clippedLow) == 0)
        }
    }

    @Test("A mask of false throughout is as if the output were not there; what it covers is not read")
    func maskedOutputsAreNotThere() throws {
        let outputs = try fixture.outputs("mild")
        var masked = outputs
        let count = outputs[1].logProbabilities.count
        masked[1].mask = [Bool](repeating: false, count: count)
        masked[1].logProbabilities = [Double](repeating: .nan, count: count)
        for golden in fixture.cases where golden.batch == "mild" {
            let objective = try PolicyObjective(.init(golden.settings))
            let found = try objective(masked)
            var rest = outputs
            rest.remove(at: 1)
            let reference = try objective(rest)
            #expect(found.loss == reference.loss && found.metrics == reference.metrics, "\(golden.name)")
            #expect(found.gradients[1] == [Double](repeating: 0, count: count))
            #expect(found.gradients[0] == reference.gradients[0] && found.gradients[2] == reference.gradients[1])
        }
        // As TRL counts them, the same sum is divided by one output more.
        let objective = try PolicyObjective(.grpo)
        let more = try objective(masked, normalizer: ObjectiveNormalizer(outputs: 8, tokens: 1_000))
        #expect(relativeDifference(more.loss * 8 / 7, try objective(masked).loss) < 1e-14)
    }

    @Test("Log ratios of 800 give the clipped value and no gradient where a bound holds, at either level")
    func overflowingRatiosAreClipped() throws {
        for level in PolicyObjective.RatioLevel.allCases {
            let settings = PolicyObjective.Settings(dualClip: 3, ratioLevel: level)
            let objective = try PolicyObjective(settings)
            let good = try objective([output(new: -1, old: -801, advantage: 2)])
            #expect(abs(good.loss + 2.4) < 1e-15 && abs(good.gradients[0][0]) == 0)
            let bad = try objective([output(new: -1, old: -801, advantage: -2)])
            #expect(bad.loss == 6 && bad.gradients == [[0]])
            #expect(bad.metrics.clippedDual.tokens == 1 && bad.metrics.overflows == 2 && bad.metrics.ratio.count == 0)
            #expect(bad.metrics.largestLogRatio == 800 && bad.metrics.sampledK1.total == -800)
            let neither = try objective([output(new: -1, old: -801, advantage: 0)])
            #expect(neither.loss == 0 && neither.gradients == [[0]])
            // The other way the ratio is 0: at a negative advantage the bound holds, at a positive one nothing is left.
            let gone = try objective([
                output(new: -801, old: -1, advantage: -2), output(new: -801, old: -1, advantage: 2),
            ])
            #expect(
                abs(gone.loss - 0.8) < 1e-15 && abs(gone.gradients[0][0]) == 0 && abs(gone.gradients[1][0]) < 1e-300)
            // Watched numbers of it can be written as JSON, which knows no infinity.
            #expect(throws: Never.self) { try JSONEncoder().encode(bad.metrics) }
        }
    }

    @Test("Where no bound holds, an overflow is an error that says where, or is clamped away")
    func overflowsWithoutBoundAreErrors() throws {
        let far = output(new: -1, old: -801, advantage: -2)
        #expect(
            sentence { _ = try PolicyObjective(.grpo)([far]) }
                == "The loss at token 0 of output 0 overflows: its log-probability is -1.0, -801.0 at sampling time, "
                + "at advantage -2.0; set logRatioClamp (20 in verl), or look why the models are so far apart, "
                + "or set dualClip"
        )
        var settings = PolicyObjective.Settings.grpo
        settings.logRatioClamp = 20
        let clamped = try PolicyObjective(settings)([far])
        #expect(abs(clamped.loss - 2 * exp(20.0)) < 1e-6 && clamped.gradients == [[0]])

        settings = PolicyObjective.Settings(klCoefficient: 0.1)
        let lost = output(new: -801, old: -801, reference: -1, advantage: 1)
        #expect(sentence { _ = try PolicyObjective(settings)([lost]) }.contains("-1.0 under the reference"))
        settings.logRatioClamp = 20
        let value = try PolicyObjective(settings)([lost])
        #expect(relativeDifference(value.klLoss, 0.1 * (exp(20.0) - 21)) < 1e-12 && value.gradients == [[-1]])
    }

    @Test("Bad outputs are refused in words, and never give a NaN")
    func badOutputsAreRefused() throws {
        let objective = try PolicyObjective(.init(klCoefficient: 0.1))
        let good = output(new: -1, old: -1, reference: -1, advantage: 1)
        func refusal(_ change: (inout ScoredOutput) -> Void) -> String {
            var bad = good
            change(&bad)
            return sentence { _ = try objective([good, bad]) }
        }
        #expect(
            refusal { $0.logProbabilities = [.nan] }
                == "The log-probability of token 0 in output 1 is nan, no finite number; "
                + "find where it comes from, or leave the output out")
        #expect(
            refusal { $0.sampledLogProbabilities = [-.infinity] }.contains(
                "at sampling time of token 0 in output 1 is -inf"))
        #expect(
            refusal { $0.referenceLogProbabilities = [.infinity] }.contains(
                "under the reference of token 0 in output 1"))
        #expect(refusal { $0.advantage = .nan }.hasPrefix("The advantage of output 1 is nan"))
        #expect(refusal { $0.logProbabilities = [-1e200] }.contains("overflows: it is -1e+200"))
        #expect(
            refusal { $0.sampledLogProbabilities = [-1, -2] }
                == "sampledLogProbabilities of output 1 has 2 elements instead of 1; every token needs one")
        #expect(refusal { $0.referenceLogProbabilities = [] }.hasPrefix("referenceLogProbabilities of output 1 has 0"))
        #expect(refusal { $0.mask = [true, true] }.hasPrefix("mask of output 1 has 2"))
        #expect(
            refusal { $0.referenceLogProbabilities = nil }.hasPrefix(
                "Output 1 has no log-probabilities of the reference"))
        #expect(refusal { $0.logProbabilities = [] }.hasPrefix("Output 1 is empty"))
        #expect(refusal { $0.advantage = 1e307 } == "nothing was thrown")
        #expect(refusal { ($0.advantage, $0.logProbabilities) = (-1e308, [3]) }.contains("overflows"))
        #expect(sentence { _ = try objective([]) }.hasPrefix("The batch of outputs is empty"))
        var masked = good
        masked.mask = [false]
        #expect(
            sentence { _ = try objective([masked]) }.hasPrefix("The part of the update that is not masked is empty"))
        #expect(
            sentence { _ = try objective([good, good], normalizer: .init(outputs: 1, tokens: 5)) }
                == "The whole update is said to hold 1 outputs, and this part of it alone holds 2; "
                + "add up the counts of all parts first")
        #expect(
            sentence { _ = try objective([good, good], normalizer: .init(outputs: 2, tokens: 1)) }.contains("1 tokens"))
    }

    @Test("Settings without a meaning are refused in words")
    func badSettingsAreRefused() {
        func refusal(_ change: (inout PolicyObjective.Settings) -> Void) -> String {
            var settings = PolicyObjective.Settings.grpo
            change(&settings)
            return sentence { _ = try PolicyObjective(settings) }
        }
        #expect(refusal { $0.clipLow = 1.5 } == "clipLow is 1.5; it must be in 0...1")
        #expect(refusal { $0.clipLow = .nan }.hasPrefix("clipLow is nan"))
        #expect(refusal { $0.clipHigh = -0.1 } == "clipHigh is -0.1; it must be finite and at least 0")
        #expect(refusal { $0.dualClip = 1 } == "dualClip is 1.0; it must be finite and above 1")
        #expect(refusal { $0.klCoefficient = -1 }.hasPrefix("klCoefficient is -1.0"))
        #expect(refusal { $0.logRatioClamp = 0 }.hasPrefix("logRatioClamp is 0.0"))
        #expect(refusal { $0.aggregation = .constantLength(0) } == "constantLength is 0; it must be above 0")
    }

    private func output(new: Double, old: Double, reference: Double? = nil, advantage: Double) -> ScoredOutput {
        ScoredOutput(
            logProbabilities: [new], sampledLogProbabilities: [old], referenceLogProbabilities: reference.map { [$0] },
            advantage: advantage)
    }
}

extension ObjectiveMetrics {
    /// What the bounds hold.
    fileprivate var bounds: [Count] { [clippedLow, clippedHigh, clippedDual] }
}
