import Foundation
import Testing
import VisualAttention

/// The bootstrap against what can be said without drawing.
@Suite struct BootstrapTests {
    /// Of two samples a mean is 0, 1/2 or 1 in 1/4, 1/2 and 1/4 of the cases.
    @Test func quantilesOfASmallCase() throws {
        let bootstrap = Bootstrap()
        #expect(bootstrap.resamples >= 2_000)
        let wide = try #require(bootstrap.interval(ofMeanOf: [0, 1]))
        #expect(wide.low == 0 && wide.high == 1)
        let narrow = try #require(bootstrap.interval(ofMeanOf: [0, 1], confidence: 0.4))
        #expect(narrow.low == 0.5 && narrow.high == 0.5)
    }

    /// Of many samples the interval is that of the normal distribution.
    @Test(arguments: [0, 1, 7] as [UInt64])
    func manySamplesFollowTheNormalDistribution(seed: UInt64) throws {
        let values = (0..<400).map { sin(Double($0) * 1.7) + Double($0 % 5) }
        let mean = values.reduce(0, +) / 400
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400).squareRoot()
        let expected = 1.96 * deviation / 20
        let interval = try #require(Bootstrap(seed: seed).interval(ofMeanOf: values))
        #expect(abs(mean - interval.low - expected) < 0.06 * expected)
        #expect(abs(interval.high - mean - expected) < 0.06 * expected)
    }

    @Test func theSeedDecides() throws {
        let values = (0..<50).map { sin(Double($0 * $0)) }
        func low(_ seed: UInt64) -> Double? { Bootstrap(seed: seed).interval(ofMeanOf: values)?.low }
        #expect(low(3) == low(3) && low(3) != low(4))
    }

    @Test func oneSampleSaysNothing() {
        #expect(Bootstrap().interval(ofMeanOf: [1]) == nil && Bootstrap().interval(ofMeanOf: []) == nil)
        let same = Bootstrap().interval(ofMeanOf: [2, 2, 2])
        #expect(same?.low == 2 && same?.high == 2)
    }
}
