import Foundation
import Scoring
import Statistics
import Testing

/// Comparisons beside what scipy and statsmodels say (Tests/Fixtures/scoring/make_comparison.py).
@Suite struct ComparisonTests {
    private struct Goldens: Decodable {
        struct Test: Decodable {
            let onlyFirst, onlySecond: Int
            let exact, midP: Double
        }
        struct Interval: Decodable {
            let right, count: Int
            let low, high: Double
        }
        struct Pair: Decodable {
            struct Resamples: Decodable {
                let mean, standardError: Double
                let quantiles: [Double]
            }
            let first, second: [Double]
            let clusters: [String]
            let difference, standardError: Double
            let bootstrap: Resamples
        }
        struct Detectable: Decodable {
            let discordant, count: Int
            let difference: Double?
        }
        struct Unpaired: Decodable {
            let accuracy: Double
            let count: Int
            let difference: Double
        }
        struct Pass: Decodable {
            let answers, right, k: Int
            let probability: Double
        }
        let mcnemar: [Test]
        let wilson: [Interval]
        let paired: [Pair]
        let detectable: [Detectable]
        let unpaired: [Unpaired]
        let passes: [Pass]
    }

    private static func goldens() throws -> Goldens {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/scoring/comparison.json")
        return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
    }

    private func isClose(_ found: Double?, _ expected: Double, _ tolerance: Double = 1e-9) -> Bool {
        found.map { abs($0 - expected) <= tolerance * max(1e-3, abs(expected)) } ?? false
    }

    @Test func mcNemarGivesTheExactAndTheMidPValue() throws {
        let cases = try Self.goldens().mcnemar
        #expect(cases.count > 8)
        for test in cases {
            let found = McNemar(onlyFirst: test.onlyFirst, onlySecond: test.onlySecond)
            #expect(isClose(found.exact, test.exact) && isClose(found.midP, test.midP), "\(test) \(found)")
        }
        let verdicts = try McNemar([true, true, false, false, true], [true, false, true, true, true])
        #expect(verdicts.onlyFirst == 1 && verdicts.onlySecond == 2)
        #expect(throws: ComparisonError.lengths(name: "second", count: 1, expected: 2)) {
            try McNemar([true, false], [true])
        }
    }

    @Test func anAccuracyHasWilsonsInterval() throws {
        for interval in try Self.goldens().wilson {
            let verdicts = (0..<interval.count).map { $0 < interval.right }
            let found = try Accuracy(verdicts, bootstrap: Bootstrap(resamples: 50))
            #expect(isClose(found.share.low, interval.low, 1e-8) && isClose(found.share.high, interval.high, 1e-8))
            #expect(found.clusters == interval.count)
        }
    }

    @Test func questionsAboutOnePictureCountTogether() throws {
        // Ten pictures with four questions each, all right or all wrong: as good as ten questions.
        let verdicts = (0..<40).map { $0 / 4 % 2 == 0 }
        let apart = try Accuracy(verdicts)
        let together = try Accuracy(verdicts, clusters: verdicts.indices.map { "picture \($0 / 4)" })
        #expect(together.clusters == 10 && apart.clusters == 40)
        #expect(isClose(together.standardError, (0.25 / 9).squareRoot()))
        #expect(isClose(apart.standardError, (0.25 / 39).squareRoot()))
        let wide = try #require(together.interval), narrow = try #require(apart.interval)
        #expect(isClose(wide.standardError, (0.25 / 10).squareRoot(), 0.05))
        #expect(wide.high - wide.low > 1.7 * (narrow.high - narrow.low))
        let one = try Accuracy([true, false], clusters: ["a", "a"])
        #expect(one.standardError == nil && one.interval == nil)
        #expect(throws: ComparisonError.lengths(name: "clusters", count: 1, expected: 2)) {
            try Accuracy([true, false], clusters: ["a"])
        }
    }

    @Test func pairedDifferencesAgreeWithARegressionAndWithEveryResample() throws {
        for pair in try Self.goldens().paired {
            let found = try PairedDifference(
                first: pair.first, second: pair.second, clusters: pair.clusters, bootstrap: Bootstrap(resamples: 40_000)
            )
            #expect(isClose(found.difference, pair.difference) && isClose(found.standardError, pair.standardError))
            #expect(isClose(found.high, pair.difference + 1.959963984540054 * pair.standardError))
            let interval = try #require(found.interval)
            #expect(isClose(interval.standardError, pair.bootstrap.standardError, 0.02))
            let width = pair.bootstrap.quantiles[1] - pair.bootstrap.quantiles[0]
            #expect(abs(interval.low - pair.bootstrap.quantiles[0]) < 0.03 * width)
            #expect(abs(interval.high - pair.bootstrap.quantiles[1]) < 0.03 * width)
        }
        #expect(throws: ComparisonError.empty) { try PairedDifference(first: [], second: []) }
        #expect(throws: ComparisonError.notFinite(place: 1)) {
            try PairedDifference(first: [0, 1], second: [1, .nan])
        }
    }

    @Test func whatARunCouldDetectSolvesConnorsFormula() throws {
        let goldens = try Self.goldens()
        for golden in goldens.detectable {
            let found = DetectableDifference.paired(discordant: golden.discordant, of: golden.count)
            if let difference = golden.difference {
                #expect(isClose(found?.difference, difference) && found?.basis == .paired)
            } else {
                #expect(found == nil)
            }
        }
        for golden in goldens.unpaired {
            let found = DetectableDifference.unpaired(accuracy: golden.accuracy, of: golden.count)
            #expect(isClose(found?.difference, golden.difference) && found?.basis == .unpaired)
        }
        let whole = try #require(DetectableDifference.paired(discordant: 100, of: 1000))
        let grouped = try #require(DetectableDifference.paired(discordant: 100, of: 1000, designEffect: 2))
        #expect(grouped.difference > whole.difference && grouped.effectiveCount == 500)
        #expect(DetectableDifference.paired(discordant: 0, of: 100) == nil)
        #expect(DetectableDifference.unpaired(accuracy: 1, of: 100) == nil)
    }

    @Test func passAtKIsTheShareOfSubsetsWithARightAnswer() throws {
        for golden in try Self.goldens().passes {
            let answers = RepeatedAnswers(
                (0..<golden.answers).map { Judgement(extracted: "\($0)", isCorrect: $0 < golden.right) })
            #expect(isClose(answers.pass(at: golden.k), golden.probability))
            #expect(answers.pass(at: golden.answers + 1) == nil && answers.pass(at: 0) == nil)
        }
    }

    private func answers(_ texts: [String?], right: String) -> RepeatedAnswers {
        RepeatedAnswers(texts.map { Judgement(extracted: $0, isCorrect: $0 == right) })
    }

    @Test func theMostFrequentAnswerWinsAndTheFirstOfEqualOnes() {
        #expect(answers(["B", "A", "A"], right: "A").majority()?.extracted == "A")
        #expect(answers(["B", "A", "A", "B"], right: "A").majority()?.extracted == "B")
        #expect(answers([nil, nil, nil, "C"], right: "C").majority()?.extracted == "C")
        #expect(answers([nil, nil], right: "C").majority() == nil && answers([], right: "C").majority() == nil)
        let spelled = answers(["1/2", "0.3", "0.5", "0.3"], right: "1/2")
        #expect(spelled.majority()?.extracted == "0.3")
        let halves: Set = ["1/2", "0.5"]
        #expect(spelled.majority { $0 == $1 || halves.isSuperset(of: [$0, $1]) }?.extracted == "1/2")
    }

    @Test func scoresOverQuestionsAreMeansOverQuestions() throws {
        let scores = try #require(
            RepeatedScores([
                answers(["A", "A", "B", "C"], right: "A"), answers(["A", "B", "B"], right: "A"),
                answers([], right: "A"),
            ]))
        #expect(scores.questions == 2 && scores.fewestAnswers == 3)
        #expect(isClose(scores.meanAccuracy, (0.5 + 1.0 / 3) / 2) && scores.majorityAccuracy == 0.5)
        #expect(scores.passes.map(\.k) == [1, 2, 3])
        #expect(isClose(scores.passes[0].probability, scores.meanAccuracy))
        // Of four answers with two right, 5 of 6 pairs have one; of three with one right, 2 of 3.
        #expect(isClose(scores.passes[1].probability, (5.0 / 6 + 2.0 / 3) / 2) && scores.passes[2].probability == 1)
        #expect(RepeatedScores([answers([], right: "A")]) == nil)
    }
}
