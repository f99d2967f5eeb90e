import Foundation
import Reproduction
import Statistics
import Testing

/// The numbers of a study, from files as the commands leave them.
@Suite struct FindingsTests {
    private static let text = """
        title: A study
        output: out
        model: model
        seeds: 2
        models:
          - {name: warm, from: base, sft: {}}
        measures:
          vas: {data: microworld}
          eval: {data: microworld}
          sweep: {data: microworld}
          exam: {count: 4}
        report: {score: pooled, ladder: [base, warm]}

        """

    /// Lays down what the commands would have left: the score `vas`, and answers that are right where `right` says so.
    private func leave(_ plan: StudyPlan, _ name: String, vas: Double, right: [Bool]) throws {
        func write(_ kind: String, _ files: [String: String]) throws {
            let seed = name.split(separator: ".").dropFirst().first.map { ".\($0)" } ?? ""
            let step = try #require(plan["\(name.split(separator: ".")[0]).\(kind)\(seed)"])
            let results = step.resultURL.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: results, withIntermediateDirectories: true)
            for (file, text) in files { try Data(text.utf8).write(to: results.appendingPathComponent(file)) }
            try Data("{}".utf8).write(to: step.folder.appendingPathComponent("step.json"))
        }
        let score = "{\"value\": \(vas), \"low\": \(vas - 1), \"high\": \(vas + 1), \"undefined\": 0}"
        try write(
            "vas",
            [
                "summary.json":
                    "{\"scores\": {\"pooled\": \(score), \"paper\": {\"value\": \"Infinity\", \"low\": null}}, \"extreme_heads\": 2, "
                    + "\"samples\": 4, \"layers\": [{\"visual\": 0.5, \"system\": 0.25, \"user\": 0.2, \"response\": 0, \"marker\": 0.05, "
                    + "\"vas\": 2}]}"
            ])
        let count = right.count { $0 }
        let lines = right.enumerated().map { index, isRight in
            "{\"benchmark\": \"microworld\", \"index\": \"q\(index)\", \"sample\": 0, \"new_tokens\": \(10 * (index + 1)), \"attention\": "
                + "{\"pooled\": \(vas)}, \"token_scores\": [1, 4, 2, 2, 2, 8], \"verdicts\": {\"strict\": {\"correct\": \(isRight)}}}"
        }
        try write(
            "eval",
            [
                "summary.json":
                    "{\"sets\": [{\"set\": \"microworld\", \"title\": \"Microworld\", \"readings\": [{\"name\": \"strict\", \"accuracy\": "
                    + "{\"share\": {\"right\": \(count), \"count\": \(right.count)}}, \"scores\": {\"headline\": {\"name\": \"Overall\", "
                    + "\"percent\": \(100 * Double(count) / Double(right.count))}}}]}]}",
                "answers.jsonl": lines.joined(separator: "\n") + "\n",
            ])
        try write(
            "sweep",
            [
                "summary.json":
                    "{\"samples\": 4, \"rows\": [{\"point\": {\"name\": \"none\"}, \"accuracy\": 0.5, \"accuracy_low\": 0.2, "
                    + "\"accuracy_high\": 0.8, \"changed_answers\": 0.25, \"question\": {\"pooled\": \(score)}, \"answer\": {}}]}",
                "samples.jsonl":
                    "{\"line\": 2, \"point\": \"none\", \"right\": false}\n{\"line\": 3, \"skipped\": \"it is bad\"}\n"
                    + "{\"line\": 1, \"point\": \"none\", \"right\": true}\n",
            ])
        try write(
            "exam",
            [
                "summary.json":
                    "{\"questions\": 4, \"guesses\": {\"chance\": 0.25, \"likeliest\": {\"right\": 1, \"count\": 4, \"accuracy\": 0.25}}, "
                    + "\"rows\": [{\"condition\": \"picture\", \"readable\": 1, \"total\": {\"right\": 3, \"count\": 4, \"accuracy\": 0.75}}]}"
            ])
    }

    @Test func numbersAreReadAndComparedBySeed() throws {
        try withTemporaryFolder { folder in
            let plan = try StudyFixture(folder, Self.text).plan()
            let runner = try StepRunner(plan, wanted: [], executable: "/bin/true", version: "1")
            withExtendedLifetime(runner) {}
            try leave(plan, "base", vas: 3, right: [true, false, false, false])
            try leave(plan, "warm.1", vas: 4, right: [true, true, false, false])
            try leave(plan, "warm.2", vas: 6, right: [true, true, true, false])
            let findings = try Findings(StudyResults(folder: folder.appendingPathComponent("out")))
            #expect(findings.checkpoints.map(\.name) == ["base", "warm", "warm"])
            #expect(findings.checkpoints.map(\.seed) == [nil, 1, 2])
            let base = findings.checkpoints[0]
            #expect(base.accuracy == 25 && base.verdicts == [1, 0, 0, 0] && base.answerTokens == 25)
            #expect(base.scores?["paper"]?.value == .infinity && base.scores?["pooled"]?.low == 2)
            #expect(base.layers?.first?.visual == 0.5 && base.extremeHeads == 2 && base.guess == 0.25)
            #expect(base.exam?.first?.right == 3 && base.interventions?.first?.changed == 0.25)
            #expect(base.interventions?.first?.verdicts == [1, 0], "in the order of the questions")
            // Of the stretch 0..<5 the geometric mean of 1, 4, 2, 2, 2 over four answers is 2; behind it stands 8.
            let stretches = try #require(base.stretches)
            #expect(stretches.map(\.from) == [0, 5] && stretches.map(\.tokens) == [20, 4])
            #expect(abs(stretches[0].score - 2) < 1e-12 && abs(stretches[1].score - 8) < 1e-12)
            // Differences by seed: 25 and 50 points over the base, which has no seed.
            let gain = try #require(findings.difference("warm", over: "base") { $0.accuracy })
            #expect(gain.values == [25, 50] && gain.mean == 37.5)
            // Student with one degree of freedom: 12.7062 times the standard error of 12.5.
            #expect(abs((gain.half ?? 0) - 12.706204736 * 12.5) < 1e-6)
            let interval = try #require(findings.questionInterval("warm", over: "base"))
            #expect(interval.lowerBound >= 0 && interval.upperBound <= 100 && interval.contains(37.5))
            #expect(findings.correlation == nil)
            // The same bytes for the same numbers.
            let again = try Findings(StudyResults(folder: folder.appendingPathComponent("out")))
            #expect(try findings.json() == again.json())
        }
    }

    @Test func whatIsNoStudyIsSaid() throws {
        try withTemporaryFolder { folder in
            #expect(throws: StudyError.noStudy(folder.path)) { try StudyResults(folder: folder) }
        }
    }

    @Test func aSummaryOfAnotherKindIsNamed() throws {
        try withTemporaryFolder { folder in
            let plan = try StudyFixture(folder, Self.text).plan()
            let runner = try StepRunner(plan, wanted: [], executable: "/bin/true", version: "1")
            withExtendedLifetime(runner) {}
            try leave(plan, "base", vas: 3, right: [true])
            let result = try #require(plan["base.vas"]).resultURL
            try Data("{\"scores\": {}}".utf8).write(to: result)
            let error = #expect(throws: StudyError.self) { try Findings(StudyResults(plan)) }
            #expect(
                error?.errorDescription?.hasPrefix("\(result.path) cannot be read: it is not what its command writes")
                    == true)
        }
    }

    /// scipy.stats.t.ppf(1 - tail / 2, freedom).
    @Test(arguments: [
        (1, 0.05, 12.706204736174694), (2, 0.05, 4.302652729749462), (3, 0.05, 3.182446305283708),
        (10, 0.05, 2.2281388519862744),
        (30, 0.05, 2.0422724563012378), (4, 0.01, 4.604094871349992), (2, 0.32, 1.311578474677781),
    ]) func quantilesOfStudent(_ freedom: Int, _ tail: Double, _ value: Double) {
        #expect(abs(SeedMean.quantile(freedom: freedom, tail: tail) / value - 1) < 1e-9)
    }

    @Test func aMeanOverSeeds() throws {
        let mean = try #require(SeedMean([1, 2, 4]))
        // numpy: std(ddof=1) 1.5275, / sqrt(3) 0.8819, times 4.3027.
        #expect(abs(mean.mean - 7.0 / 3) < 1e-12 && abs((mean.half ?? 0) - 3.7945) < 1e-3)
        #expect(SeedMean([5])?.half == nil && SeedMean([]) == nil)
    }
}
