import Foundation
import Testing
import VisualAttention

/// Shares with their intervals, and scores against being right.
@Suite struct OutcomeTests {
    /// Values of statsmodels' `proportion_confint(method="wilson")`, also by hand from the formula.
    @Test(arguments: [
        (8, 10, 0.490_162_471, 0.943_317_85), (0, 10, 0, 0.277_532_8), (10, 10, 0.722_467_2, 1),
        (50, 100, 0.403_831_53, 0.596_168_47),
    ]) func wilson(_ right: Int, _ count: Int, _ low: Double, _ high: Double) throws {
        let share = Proportion(right: right, of: count)
        #expect(try abs(#require(share.low) - low) < 1e-6 && abs(#require(share.high) - high) < 1e-6, "\(share)")
        #expect(share.accuracy == Double(right) / Double(count))
    }

    @Test func ofNothing() {
        let share = Proportion([])
        #expect(share.accuracy == nil && share.low == nil && share.high == nil && share.count == 0)
        #expect(Proportion([true, false, true]) == Proportion(right: 2, of: 3))
    }

    @Test func pointBiserial() throws {
        // r = (mean right - mean wrong) / s sqrt(p q), with s over n.
        let scores: [Double] = [1, 2, 4, 8, 3, 5]
        let isRight = [false, false, true, true, false, true]
        let found = OutcomeCorrelation(
            scores: scores, isRight: isRight, kinds: ["a", "a", "a", "b", "b", "b"])
        let mean = scores.reduce(0, +) / 6
        let deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6).squareRoot()
        let expected = (17.0 / 3 - 2) / deviation * 0.5
        #expect(try abs(#require(found.all.pearson).coefficient - expected) < 1e-12)
        #expect(found.all.meanRight == 17.0 / 3 && found.all.meanWrong == 2 && found.all.right == 3)
        #expect(found.groups.map(\.name) == ["a", "b"] && found.groups.map(\.count) == [3, 3])
        // The ranks of the right are 4, 6 and 5, of 1 to 6.
        #expect(try abs(#require(found.spearman).coefficient - 0.878_310_066) < 1e-8)
        let interval = try #require(found.pearsonInterval)
        #expect(interval.lower < expected && expected < interval.upper)
        #expect(found.spearmanInterval != found.pearsonInterval)
    }

    @Test func withinFamiliesTheTrendTurnsRound() throws {
        // One kind scores high and is easy; within each, more is wrong.
        let scores: [Double] = [1, 2, 3, 4, 11, 12, 13, 14]
        let isRight = [true, false, false, false, true, true, true, false]
        let kinds = ["hard", "hard", "hard", "hard", "easy", "easy", "easy", "easy"]
        let found = OutcomeCorrelation(scores: scores, isRight: isRight, kinds: kinds)
        #expect(try #require(found.all.pearson).coefficient > 0.3)
        #expect(try #require(found.within).coefficient < -0.5)
    }

    @Test func whatIsNotDefinedIsLeftOut() {
        let found = OutcomeCorrelation(
            scores: [1, nil, .nan, 2, 3], isRight: [true, true, false, true, true],
            kinds: ["a", "a", "a", "a", "a"])
        #expect(found.all.count == 3 && found.all.pearson == nil && found.spearman == nil)
        #expect(found.pearsonInterval == nil && found.within == nil && found.all.meanWrong == nil)
    }

    /// The bootstrap of ranks is that of the ranks of every resample: monotone scores give the same.
    @Test func rankIntervalsDoNotKnowTheScale() {
        let x = (0..<30).map { Double($0 % 11) + Double($0) / 100 }
        let y = (0..<30).map { Double(($0 * 7) % 13) }
        let plain = BootstrapInterval(x, y, resamples: 500, ofRanks: true)
        let stretched = BootstrapInterval(x.map { exp($0) }, y, resamples: 500, ofRanks: true)
        #expect(plain != nil && plain == stretched)
        #expect(BootstrapInterval(x.map { exp($0) }, y, resamples: 500) != plain)
    }
}
