import Foundation
import Reproduction
import Testing

/// How the steps of a study are done.
@Suite struct RunnerTests {
    /// Does a plan, and tells what was begun and done.
    private func run(
        _ fixture: StudyFixture, _ plan: StudyPlan, only: [String] = [], stopAfter: Int? = nil
    ) throws -> (isDone: Bool, begun: [String], done: [String]) {
        let runner = try StepRunner(
            plan, wanted: plan.needed(for: only), executable: fixture.script(), version: "1")
        var (begun, done): ([String], [String]) = ([], [])
        let isDone = try runner.run(
            report: { event in
                switch event {
                case .begins(let step, _): begun.append(step.name)
                case .ends(let step, _): done.append(step.name)
                case .runs: break
                }
            }, shouldStop: { stopAfter.map { done.count >= $0 } ?? false })
        return (isDone, begun, done)
    }

    @Test func everyStepIsDoneOnceAndInOrder() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let plan = try fixture.plan()
            let first = try run(fixture, plan)
            #expect(
                first.isDone && Set(first.done) == Set(plan.steps.map(\.name)) && first.done.count == plan.steps.count)
            for step in plan.steps {
                let place = try #require(first.begun.firstIndex(of: step.name))
                #expect(step.inputs.allSatisfy { first.begun.prefix(place).contains($0) }, "\(step.name)")
            }
            // Two at one time, and never three.
            var (running, most) = (0, 0)
            for line in fixture.trace() {
                running += line.hasPrefix("begin") ? 1 : -1
                most = max(most, running)
            }
            #expect(most == 2 && running == 0)
            // All is there, and nothing is done again.
            let second = try run(fixture, plan)
            #expect(second.isDone && second.begun.isEmpty)
            #expect(plan.steps.allSatisfy { (StepRecord.of($0)?.seconds ?? 0) > 0.05 })
        }
    }

    @Test func whatChangedIsDoneAgainAndOldResultsAreKept() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let plan = try fixture.plan(seeds: 1)
            _ = try run(fixture, plan)
            try fixture.write(StudyFixture.text.replacing("steps: 8", with: "steps: 9"), "study.yaml")
            let other = try fixture.plan(seeds: 1)
            #expect(try run(fixture, other).begun == ["other.sft.1", "other.vas.1"])
            // What was changed back needs nothing.
            try fixture.write(StudyFixture.text, "study.yaml")
            #expect(try run(fixture, fixture.plan(seeds: 1)).begun.isEmpty)
            // A result that is lost, or was written to by others, is made again, and nothing else.
            try FileManager.default.removeItem(at: #require(plan["warm.vas.1"]).resultURL)
            try Data("{}".utf8).write(to: #require(plan["base.sweep"]).resultURL)
            #expect(try Set(run(fixture, plan).begun) == ["warm.vas.1", "base.sweep"])
            // What is not in the plan goes when asked for.
            let steps = folder.appendingPathComponent("out/steps")
            let before = try FileManager.default.contentsOfDirectory(atPath: steps.path).count
            let pruned = try StepRunner(plan, wanted: [], executable: fixture.script(), version: "1").prune()
            #expect(Set(pruned.map { $0.prefix(9) }) == ["other.sft", "other.vas"] && pruned.count == 2)
            #expect(try FileManager.default.contentsOfDirectory(atPath: steps.path).count == before - 2)
        }
    }

    @Test func aStepThatFailsEndsTheRunAndLosesNothing() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let plan = try fixture.plan(seeds: 1)
            try fixture.write("", "fail-grpo")
            let error = #expect(throws: StudyError.self) { try run(fixture, plan) }
            let words = error?.errorDescription ?? ""
            #expect(
                words.hasPrefix("Step final.grpo.1 failed: The grpo went wrong. Everything it said is in /"), "\(words)"
            )
            #expect(!words.contains("\n"))
            #expect(try plan.steps.filter { StepRecord.of($0) == nil }.map(\.name).contains("final.grpo.1"))
            try FileManager.default.removeItem(at: folder.appendingPathComponent("fail-grpo"))
            let rest = try run(fixture, plan)
            #expect(rest.isDone && rest.begun.contains("final.grpo.1") && !rest.begun.contains("warm.sft.1"))
        }
    }

    @Test func aWishToStopStopsWhatRuns() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let plan = try fixture.plan(seeds: 1)
            try fixture.write("", "wait-sft")
            let first = try run(fixture, plan, stopAfter: 3)
            #expect(!first.isDone && first.begun.contains("warm.sft.1") && !first.done.contains("warm.sft.1"))
            try FileManager.default.removeItem(at: folder.appendingPathComponent("wait-sft"))
            let second = try run(fixture, plan)
            #expect(second.isDone && second.begun.contains("warm.sft.1"))
            #expect(Set(first.done).isDisjoint(with: second.begun))
        }
    }

    @Test func onlySomeSteps() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let done = try run(fixture, fixture.plan(), only: ["warm.vas.2"])
            #expect(done.isDone && done.begun == ["plain.data.2", "warm.sft.2", "warm.vas.2"])
        }
    }

    @Test func oneFolderIsOfOneProcess() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let plan = try fixture.plan()
            let runner = try StepRunner(plan, wanted: [], executable: fixture.script(), version: "1")
            try withExtendedLifetime(runner) {
                #expect(throws: StudyError.inUse(folder.path + "/out")) {
                    try StepRunner(plan, wanted: [], executable: fixture.script(), version: "1")
                }
            }
        }
    }

    @Test func timesAreForetoldFromWhatWasDone() throws {
        try withTemporaryFolder { folder in
            let text = StudyFixture.text + "seconds: {data: 10, sft: 100, grpo: 50, vas: 1, sweep: 2}\n"
            let fixture = try StudyFixture(folder, text)
            let plan = try fixture.plan(seeds: 1)
            let estimate = Estimate(plan)
            // One after the other all times add up; two at one time are bound by the chain of data, two trainings and a measure.
            // 10 for the data, twice 100 and 50 for trainings, four times 1 and 2 for measures.
            #expect(estimate.total(plan.steps, jobs: 1) == 266)
            #expect(estimate.total(plan.steps, jobs: 2).map { $0 >= 161 && $0 <= 170 } == true)
            #expect(try Estimate(StudyFixture(folder).plan()).total(plan.steps, jobs: 1) == nil)
            _ = try run(fixture, plan, only: ["warm.sft.1"])
            let later = Estimate(plan)
            #expect(
                try later[#require(plan["other.sft.1"])].map { $0 < 10 } == true, "a step of the kind was done here")
            #expect(try later[#require(plan["final.grpo.1"])] == 50)
        }
    }
}
