import Foundation
import Statistics
import Testing
import VisualAttention

/// Correlation against scipy and mpmath (Tests/Fixtures/statistics/make_statistics.py).
@Suite struct StatisticsTests {
    struct Golden: Decodable {
        struct Beta: Decodable { let x, complement, a, value: Double }
        struct Sample: Decodable {
            let x, y: [Double]
            let r, p, rho, rho_p, slope, intercept, residual: Double
        }
        struct Rungs: Decodable {
            let items: [ScoreItem]
            let between, between_p, within, within_p: Double
            let within_freedom: Int
        }
        struct Bootstrap: Decodable {
            let x, y: [Double]
            let groups: [[Int]]
            let lower, upper, undefined: Double
            let below: [[Double]]
        }
        let beta: [Beta]
        let samples: [Sample]
        let rungs: Rungs
        let bootstrap: [Bootstrap]
    }

    static func golden() throws -> Golden {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/statistics/statistics.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    private func near(_ actual: Double, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
        abs(actual - expected) <= tolerance * abs(expected)
    }

    @Test func tailsOfStudentsTToTwelveDigits() throws {
        let rows = try Self.golden().beta
        #expect(rows.count > 80)
        #expect(rows.contains { $0.value < 1e-250 } && rows.contains { $0.value > 0.999 })
        for row in rows {
            let value = IncompleteBeta.half(x: row.x, complement: row.complement, a: row.a)
            #expect(near(value, row.value), "I_\(row.x)(\(row.a), 1/2) = \(value), not \(row.value)")
        }
    }

    @Test func pearsonAndItsPValue() throws {
        let rows = try Self.golden().samples
        #expect(rows.count == 17)
        #expect(rows.contains { $0.p < 1e-100 })
        for row in rows {
            let result = try #require(Correlation.pearson(row.x, row.y))
            #expect(abs(result.coefficient - row.r) < 1e-14)
            // Rounding of the data moves 1 - r², and p with it, the more the closer the points are to a line.
            let digits = max(1e-12, 1e-15 * Double(row.x.count) / (1 - row.r * row.r).squareRoot())
            #expect(near(result.pValue, row.p, digits), "n \(row.x.count): \(result.pValue), not \(row.p)")
            #expect(result.degreesOfFreedom == row.x.count - 2 && result.method == .student)
        }
    }

    @Test func spearmanWithTies() throws {
        for row in try Self.golden().samples {
            let result = try #require(Correlation.spearman(row.x, row.y))
            #expect(abs(result.coefficient - row.rho) < 1e-14)
            #expect(result.method == (row.x.count <= 9 ? .permutation : .student))
            #expect(near(result.pValue, row.rho_p, 1e-10), "n \(row.x.count): \(result.pValue), not \(row.rho_p)")
        }
    }

    @Test func fourPointsInOrderProveLittle() throws {
        let result = try #require(Correlation.spearman([1, 2, 3, 4], [10, 20, 30, 31]))
        #expect(result.coefficient == 1 && near(result.pValue, 1.0 / 12))
    }

    @Test func leastSquares() throws {
        for row in try Self.golden().samples {
            let line = try #require(LeastSquaresLine(row.x, row.y))
            let digits = abs(row.x[0]) > 1e5 && row.x[0] < 1e8 ? 1e-8 : 1e-10
            #expect(near(line.slope, row.slope, digits))
            let size = abs(row.slope * row.x[0]) + abs(row.y[0])
            #expect(abs(line.intercept - row.intercept) <= digits * max(abs(row.intercept), size))
            #expect(near(try #require(line.residualStandardDeviation), row.residual, 1e-8))
        }
        #expect(LeastSquaresLine([1, 2], [5, 7])?.residualStandardDeviation == nil)
        #expect(LeastSquaresLine([2, 2], [5, 7]) == nil)
    }

    /// r = 0.9616 and p = 9.0e-6 belong together for ten models, and for no other number of them.
    @Test func thePapersPValueIsThatOfTenModels() {
        func p(_ r: Double, _ count: Int) -> Double {
            IncompleteBeta.half(x: 1 - r * r, complement: r * r, a: Double(count - 2) / 2)
        }
        for count in 3...40 {
            // The printed r stands for 0.96155 to 0.96165, the printed p for 8.95e-6 to 9.05e-6.
            let fits = p(0.96165, count) <= 9.05e-6 && p(0.96155, count) >= 8.95e-6
            #expect(fits == (count == 10), "\(count)")
        }
        #expect(near(p(0.9616, 10), 9.08131e-6, 1e-6))
    }

    @Test func aLineIsCertainAndNothingIsUndefined() {
        let line = Correlation.pearson([0.1, 0.2, 0.3, 0.7], [0.3, 0.6, 0.9, 2.1])
        #expect(line?.coefficient == 1 && line?.pValue == 0)
        #expect(Correlation.pearson([1, 2, 3], [-2, -4, -6])?.coefficient == -1)
        #expect(Correlation.pearson([1, 2], [3, 4]) == nil)
        #expect(Correlation.pearson([0.1, 0.1, 0.1], [1, 2, 3]) == nil)
        #expect(Correlation.spearman([1, 2, 3], [4, 4, 4]) == nil)
        #expect(Correlation.pearson([1, 2, 3], [1, 2]) == nil)
        #expect(Correlation.pearson([-1, 0, 1], [1, 0, 1])?.pValue == 1)
    }

    // MARK: Bootstrap

    /// The resamples have the distribution that going through every resample gives, each of them equally likely.
    @Test func resamplesFollowTheExactDistribution() throws {
        for (index, row) in try Self.golden().bootstrap.enumerated() {
            let count = 40_000
            let values = BootstrapInterval.coefficients(row.x, row.y, groups: row.groups, resamples: count, seed: 7)
            func expectShare(_ found: Int, of total: Int, _ expected: Double) {
                // Four standard deviations of a share.
                let room = 4 * (expected * (1 - expected) / Double(total)).squareRoot() + 1e-9
                #expect(
                    abs(Double(found) / Double(total) - expected) <= room,
                    "set \(index): \(found) of \(total), not \(expected)")
            }
            expectShare(count - values.count, of: count, row.undefined)
            for probe in row.below { expectShare(values.count { $0 < probe[0] }, of: values.count, probe[1]) }
        }
    }

    @Test func intervalsAreThoseOfTheExactDistribution() throws {
        for row in try Self.golden().bootstrap.prefix(2) {
            let interval = try #require(BootstrapInterval(row.x, row.y, groups: row.groups, seed: 3))
            #expect(abs(interval.lower - row.lower) < 0.05 && abs(interval.upper - row.upper) < 0.01)
            #expect(interval.resamples + interval.undefined == 10_000 && interval.units == row.groups.count)
            #expect(interval == BootstrapInterval(row.x, row.y, groups: row.groups, seed: 3))
            #expect(interval != BootstrapInterval(row.x, row.y, groups: row.groups, seed: 4))
        }
    }

    /// Of 95 % intervals from 40 points about nineteen in twenty hold the truth; the percentile interval falls a little short.
    @Test func coverage() throws {
        var state: UInt64 = 1
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) + 0.5) * 0x1p-53
        }
        func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }
        let truth = 0.6
        let held = try (0..<400).count { trial in
            let x = (0..<40).map { _ in normal() }
            let y = x.map { truth * $0 + (1 - truth * truth).squareRoot() * normal() }
            let interval = try #require(BootstrapInterval(x, y, resamples: 400, seed: UInt64(trial)))
            return interval.lower <= truth && truth <= interval.upper
        }
        #expect((360...392).contains(held), "\(held) of 400")
    }

    // MARK: Runs and rungs

    @Test func betweenAndWithinRungs() throws {
        let golden = try Self.golden().rungs
        let result = try ScoreCorrelation(golden.items)
        let between = try #require(result.betweenRungs), within = try #require(result.withinRungs)
        #expect(near(between.coefficient, golden.between) && near(between.pValue, golden.between_p, 1e-10))
        #expect(between.degreesOfFreedom == 2 && between.count == 4)
        #expect(near(within.coefficient, golden.within) && near(within.pValue, golden.within_p, 1e-10))
        #expect(within.degreesOfFreedom == golden.within_freedom)
        // The case these numbers exist for: up the ladder both rise, within a rung more attention goes with less accuracy.
        #expect(between.coefficient > 0.9 && within.coefficient < -0.3)
        #expect(result.interval?.units == 4)
        #expect(result.notes[0].contains("16 items to be independent, but they come from 4 runs"))
    }

    @Test func itemsOutsideRungsAndSingleRungs() throws {
        let items = [
            ScoreItem(name: "a", rung: "x", vas: 1, accuracy: 1), ScoreItem(name: "b", rung: "x", vas: 2, accuracy: 3),
            ScoreItem(name: "c", rung: "x", vas: 3, accuracy: 2), ScoreItem(name: "d", rung: "y", vas: 9, accuracy: 9),
            ScoreItem(name: "e", vas: 50, accuracy: -7),
        ]
        let result = try ScoreCorrelation(items)
        #expect(result.betweenRungs == nil)
        let within = try #require(result.withinRungs)
        // The rung of one item adds nothing; the item without a rung is left out.
        #expect(near(within.coefficient, 0.5) && within.degreesOfFreedom == 1)
        #expect(result.notes.contains { $0.contains("at least 3 rungs, and there are 2") })
        #expect(result.notes.contains { $0.contains("1 of 5 items have no rung") })
    }

    @Test func wholeRunsAreResampled() throws {
        func item(_ run: Int, _ step: Int) -> ScoreItem {
            ScoreItem(
                name: "\(run)-\(step)", run: run < 4 ? "run \(run)" : nil, vas: Double(run * 3) + 0.01 * Double(step),
                accuracy: [50, 53, 51, 58, 55, 60][run] + 0.01 * Double(step))
        }
        let items = (0..<6).flatMap { run in (0..<(run < 4 ? 5 : 1)).map { item(run, $0) } }
        let result = try ScoreCorrelation(items)
        let interval = try #require(result.interval)
        #expect(interval.units == 6)
        let naive = try #require(BootstrapInterval(items.map(\.vas), items.map(\.accuracy)))
        // Twenty-two items of six runs are not twenty-two: the honest interval is the wider one.
        #expect(interval.upper - interval.lower > 1.3 * (naive.upper - naive.lower))
        let two = try ScoreCorrelation(items.filter { $0.run == "run 0" || $0.run == "run 1" })
        #expect(two.interval == nil)
        #expect(two.notes.contains { $0.contains("at least 3 runs, and there are 2") })
    }

    @Test func whatCannotBeCorrelated() throws {
        func item(_ name: String, _ vas: Double, _ accuracy: Double) -> ScoreItem {
            ScoreItem(name: name, vas: vas, accuracy: accuracy)
        }
        func failure(_ items: [ScoreItem]) -> CorrelationError? {
            do {
                _ = try ScoreCorrelation(items)
                return nil
            } catch { return error as? CorrelationError }
        }
        #expect(failure([item("a", 1, 2), item("b", 2, 3)]) == .tooFew(count: 2))
        #expect(failure([item("a", 1, 2), item("b", 2, 3), item("a", 3, 5)]) == .duplicate(name: "a"))
        #expect(
            failure([item("a", 1, 2), item("b", 2, .nan), item("c", 3, 5)]) == .notFinite(name: "b", column: "accuracy")
        )
        #expect(failure([item("a", 5, 2), item("b", 5, 3), item("c", 5, 5)]) == .constant(column: "vas", value: 5))
        #expect(
            failure([item("a", 1, 5), item("b", 2, 5), item("c", 3, 5)]) == .constant(column: "accuracy", value: 5))
        #expect(failure([item("a", 1, 5), item("b", 2, 6), item("c", 3, 5)]) == nil)
    }

    @Test func classes() {
        #expect(AttentionClass(score: 9.999) == .narrow)
        #expect(AttentionClass(score: 10) == .wide && AttentionClass(score: 15) == .wide)
        #expect(AttentionClass(score: 15.001) == .panoramic)
    }

    @Test func fewPointsAreCalledFew() throws {
        let ladder = zip([7.5, 10.1, 13.8, 18.9], [49.1, 51.0, 52.6, 56.1]).enumerated().map {
            ScoreItem(name: "\($0)", vas: $1.0, accuracy: $1.1)
        }
        #expect(try ScoreCorrelation(ladder).notes.contains { $0.hasPrefix("4 points say little") })
        #expect(try ScoreCorrelation(ladder).notes[0].contains("name it under run"))
    }
}
