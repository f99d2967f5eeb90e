import Foundation
import QwenVL
import Testing
import Torch

/// How often tokens are drawn, against probabilities computed here, in float64, from the definitions.
///
/// A draw is called wrong where the chi-squared statistic of 100,000 of them has a p-value below 1e-6. The seeds are fixed, so
/// the tests either always pass or always fail; the threshold is so low because a correct sampler should pass with any seed
/// one might put there, and still a temperature that is off by a twentieth is found (`aWrongTemperatureIsFound`).
@Suite struct SamplingFrequencyTests {
    private static let draws = 100_000
    private static let leastPValue = 1e-6
    /// A vocabulary of 40: probabilities at temperature 1 from 0.2 down to 1e-5.
    private static let logits: [Float] = (0..<40).map { Float(($0 * 17) % 40) * -0.25 + ($0 == 9 ? 0.33 : 0) }

    private func softmax(_ scores: [Double]) -> [Double] {
        let top = scores.max() ?? 0
        let weights = scores.map { exp($0 - top) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    private func counts(_ options: SamplingOptions, prompt: [Int] = []) throws -> [Int] {
        let logits = try Tensor(Self.logits)
        var counts = [Int](repeating: 0, count: Self.logits.count)
        // Where repetition is penalised a sampler remembers what it has drawn, so each draw begins anew.
        var sampler = Sampler(options, prompt: prompt)
        for draw in 0..<Self.draws {
            if options.repetitionPenalty != 1 { sampler = Sampler(options, sample: draw, prompt: prompt) }
            counts[try sampler.draw(logits).tokenID] += 1
        }
        return counts
    }

    private func pValue(_ options: SamplingOptions, prompt: [Int] = [], _ probabilities: [Double]) throws -> Double {
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
        return try ChiSquared(counts: counts(options, prompt: prompt), probabilities: probabilities).pValue
    }

    private func scores(temperature: Double) -> [Double] { Self.logits.map { Double($0) / temperature } }

    @Test(arguments: [0.5, 1, 1.7]) func temperature(_ temperature: Double) throws {
        let expected = softmax(scores(temperature: temperature))
        #expect(try pValue(SamplingOptions(temperature: temperature, seed: 1), expected) > Self.leastPValue)
    }

    @Test(arguments: [1, 5, 12]) func topK(_ topK: Int) throws {
        let scores = scores(temperature: 1.3)
        let least = scores.sorted(by: >)[topK - 1]
        let expected = softmax(scores.map { $0 < least ? -.infinity : $0 })
        #expect(expected.count { $0 > 0 } == topK)
        #expect(try pValue(SamplingOptions(temperature: 1.3, topK: topK, seed: 2), expected) > Self.leastPValue)
    }

    @Test(arguments: [0.1, 0.6, 0.95]) func topP(_ topP: Double) throws {
        let whole = softmax(scores(temperature: 1.3))
        // A token is in if those likelier than it do not make up the probability asked for.
        let kept = whole.map { own in whole.filter { $0 > own }.reduce(0, +) < topP ? own : 0 }
        let sum = kept.reduce(0, +)
        #expect(sum >= topP && kept.contains(0))
        let options = SamplingOptions(temperature: 1.3, topP: topP, seed: 3)
        #expect(try pValue(options, kept.map { $0 / sum }) > Self.leastPValue)
    }

    @Test func repetitionPenalty() throws {
        let prompt = [0, 3, 3, 7, 9, 20]
        let expected = softmax(
            Self.logits.enumerated().map { token, logit in
                let x = Double(logit)
                return prompt.contains(token) ? (x < 0 ? x * 1.5 : x / 1.5) : x
            })
        let options = SamplingOptions(temperature: 1, repetitionPenalty: 1.5, seed: 4)
        #expect(try pValue(options, prompt: prompt, expected) > Self.leastPValue)
    }

    @Test func bannedTokensAreNeverDrawn() throws {
        let banned: Set = [0, 7, 39]
        let scores = scores(temperature: 1).enumerated().map { banned.contains($0.offset) ? -.infinity : $0.element }
        let options = SamplingOptions(temperature: 1, seed: 5, bannedTokenIDs: banned)
        #expect(try pValue(options, softmax(scores)) > Self.leastPValue)
        let counts = try counts(options)
        #expect(banned.allSatisfy { counts[$0] == 0 })
    }

    /// The samples of a request begin with neighbouring seeds; their first tokens must be as independent as later ones.
    @Test func firstTokensOfManySamples() throws {
        let logits = try Tensor(Self.logits)
        var counts = [Int](repeating: 0, count: Self.logits.count)
        for sample in 0..<Self.draws {
            var sampler = Sampler(SamplingOptions(temperature: 1), sample: sample)
            counts[try sampler.draw(logits).tokenID] += 1
        }
        let test = ChiSquared(counts: counts, probabilities: softmax(scores(temperature: 1)))
        #expect(test.pValue > Self.leastPValue)
    }

    @Test func aWrongTemperatureIsFound() throws {
        let wrong = softmax(scores(temperature: 1.05))
        #expect(try pValue(SamplingOptions(temperature: 1, seed: 1), wrong) < Self.leastPValue)
        let unlimited = softmax(scores(temperature: 1.3))
        #expect(try pValue(SamplingOptions(temperature: 1.3, topP: 0.95, seed: 3), unlimited) < Self.leastPValue)
        #expect(try pValue(SamplingOptions(temperature: 1.3, topK: 12, seed: 2), unlimited) < Self.leastPValue)
    }

    /// Upper tails by torch.special.gammaincc(degrees / 2, x / 2) in float64.
    @Test(
        arguments: [
            (3.841458821, 1, 0.0499999999908791), (18.30703805, 10, 0.05000000005070136),
            (73.40195837, 39, 0.000706813255088853), (0.5844, 4, 0.9647813266225346),
            (124.8392241, 100, 0.04694398407121041), (95, 39, 1.4213823054804211e-06),
        ])
    func theTestItself(x: Double, degrees: Int, expected: Double) {
        #expect(abs(ChiSquared.upperTail(x, degrees: degrees) - expected) < 1e-8 * expected)
    }
}
