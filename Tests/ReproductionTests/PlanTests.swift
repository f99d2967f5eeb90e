import Foundation
import Reproduction
import SettingsFiles
import Testing

/// What a file of a study becomes.
@Suite struct PlanTests {
    @Test func stepsStandBehindWhatTheyNeed() throws {
        try withTemporaryFolder { folder in
            let plan = try StudyFixture(folder).plan()
            let names = plan.steps.map(\.name)
            #expect(
                names == [
                    "base.vas", "base.sweep", "plain.data.1", "warm.sft.1", "warm.vas.1", "other.sft.1", "other.vas.1",
                    "final.grpo.1", "final.vas.1", "plain.data.2", "warm.sft.2", "warm.vas.2", "other.sft.2",
                    "other.vas.2",
                    "final.grpo.2", "final.vas.2",
                ])
            for (index, step) in plan.steps.enumerated() {
                #expect(step.inputs.allSatisfy { names.prefix(index).contains($0) }, "\(step.name)")
            }
            #expect(plan["warm.sft.2"]?.inputs == ["plain.data.2"] && plan["final.grpo.1"]?.inputs == ["warm.sft.1"])
            #expect(plan["other.sft.1"]?.inputs == [])
        }
    }

    @Test func commandsAreAsTheFileSays() throws {
        try withTemporaryFolder { folder in
            let plan = try StudyFixture(folder).plan()
            let vas = try #require(plan["base.vas"])
            #expect(
                vas.arguments == [
                    "vas", "--model", folder.path + "/model", "--data", "microworld", "--limit", "3", "--no-such",
                    "--list", "a",
                    "--list", "b", "--output", vas.folder.path + "/results", "--json",
                ])
            let data = try #require(plan["plain.data.2"])
            #expect(
                data.arguments == ["microworld", "cold-start", "--seed", "2", "--output", data.folder.path + "/data"])
            let warm = try SettingsFile(text: #require(plan["warm.sft.2"]?.files["recipe.yaml"]), path: "recipe").root
            #expect(try warm.text("model") == folder.path + "/model" && warm.integer("seed") == 2)
            #expect(try warm.text("output") == "training")
            let training = try warm.section("training")
            #expect(try training.integer("steps") == 4 && training.number("learning_rate") == 1e-3)
            #expect(try warm.section("data").list("train")[0].text("path") == data.resultURL.path)
            // What a checkpoint says is laid over what all share.
            let other = try SettingsFile(text: #require(plan["other.sft.1"]?.files["recipe.yaml"]), path: "recipe").root
            #expect(try other.section("training").integer("steps") == 8)
            #expect(try other.section("training").number("learning_rate") == 1e-3)
            let final = try SettingsFile(text: #require(plan["final.grpo.2"]?.files["recipe.yaml"]), path: "recipe")
                .root
            #expect(try final.text("model") == plan["warm.sft.2"]?.resultURL.path)
        }
    }

    /// The names of the steps whose keys differ between two plans.
    private func changed(_ one: StudyPlan, _ two: StudyPlan) -> Set<String> {
        Set(two.steps.filter { one[$0.name]?.key != $0.key }.map(\.name))
    }

    @Test func keysChangeWithWhatDecides() throws {
        try withTemporaryFolder { folder in
            let fixture = try StudyFixture(folder)
            let plan = try fixture.plan()
            #expect(try changed(plan, fixture.plan()).isEmpty)
            // Neither the place of the output, nor how many seeds and jobs, nor names of the report.
            #expect(try changed(plan, fixture.plan(output: folder.appendingPathComponent("elsewhere"))).isEmpty)
            #expect(try changed(fixture.plan(seeds: 1), plan).allSatisfy { $0.hasSuffix(".2") })
            try fixture.write(
                StudyFixture.text.replacing("jobs: 2", with: "jobs: 1").replacing("Other", with: "Third"), "study.yaml")
            #expect(try changed(plan, fixture.plan()).isEmpty)
            // Keys in another order say the same.
            try fixture.write(
                StudyFixture.text.replacing("{steps: 4, learning_rate: 1e-3}", with: "{learning_rate: 1e-3, steps: 4}"),
                "study.yaml")
            #expect(try changed(plan, fixture.plan()).isEmpty)
            // A setting of one training, and what comes of it.
            try fixture.write(StudyFixture.text.replacing("steps: 8", with: "steps: 9"), "study.yaml")
            #expect(try changed(plan, fixture.plan()) == ["other.sft.1", "other.vas.1", "other.sft.2", "other.vas.2"])
            try fixture.write(StudyFixture.text.replacing("steps: 4", with: "steps: 5"), "study.yaml")
            #expect(
                try changed(plan, fixture.plan())
                    == Set(["warm.sft", "warm.vas", "final.grpo", "final.vas"].flatMap { ["\($0).1", "\($0).2"] }))
            // A measure.
            try fixture.write(StudyFixture.text.replacing("limit: 3", with: "limit: 4"), "study.yaml")
            #expect(try changed(plan, fixture.plan()) == Set(plan.steps.filter { $0.kind == .vas }.map(\.name)))
            // The contents of a file, and of the checkpoint.
            try fixture.write(StudyFixture.text, "study.yaml")
            try fixture.write("[1]", "file.json")
            #expect(try changed(plan, fixture.plan()) == ["other.sft.1", "other.vas.1", "other.sft.2", "other.vas.2"])
            try fixture.write("[]", "file.json")
            try fixture.write("others", "model/weights")
            #expect(try changed(plan, fixture.plan()) == Set(plan.steps.filter { $0.kind != .data }.map(\.name)))
        }
    }

    @Test func someStepsWithAllTheyNeed() throws {
        try withTemporaryFolder { folder in
            let plan = try StudyFixture(folder).plan()
            #expect(try plan.needed(for: []) == Set(plan.steps.map(\.name)))
            #expect(
                try plan.needed(for: ["final.vas.1"]) == ["final.vas.1", "final.grpo.1", "warm.sft.1", "plain.data.1"])
            #expect(try plan.needed(for: ["base"]) == ["base.vas", "base.sweep"])
            #expect(
                try plan.needed(for: ["o*r.vas.*"]) == ["other.vas.1", "other.vas.2", "other.sft.1", "other.sft.2"])
            #expect(throws: StudyError.noStep("nobody")) { try plan.needed(for: ["nobody"]) }
        }
    }

    @Test func whatIsMissingCanBePlanned() throws {
        try withTemporaryFolder { folder in
            let text = StudyFixture.text.replacing("path: file.json", with: "path: lost.json")
                .replacing(
                    "{models: [base], data: microworld}", with: "{models: [base], data: [lost.tsv, microworld:hard]}")
            let plan = try StudyFixture(folder, text).plan(seeds: 1)
            #expect(plan["other.sft.1"]?.missing == [folder.path + "/lost.json"])
            #expect(plan["base.sweep"]?.missing == [folder.path + "/lost.tsv"])
            #expect(plan.steps.filter { !$0.missing.isEmpty }.count == 2)
        }
    }

    @Test func adaptersAreMergedForWhatFollows() throws {
        try withTemporaryFolder { folder in
            let text = StudyFixture.text.replacing(
                "sft: {training:", with: "sft: {trained: {lora: {rank: 4}}, training:")
            let plan = try StudyFixture(folder, text).plan(seeds: 1)
            let merge = try #require(plan["warm.merge.1"])
            #expect(merge.inputs == ["warm.sft.1"] && merge.arguments.first == "merge")
            #expect(merge.arguments.contains(folder.path + "/model"))
            #expect(plan["warm.vas.1"]?.inputs == ["warm.merge.1"] && plan["final.grpo.1"]?.inputs == ["warm.merge.1"])
        }
    }

    @Test func aCorrelationStandsAtTheEnd() throws {
        try withTemporaryFolder { folder in
            let text = StudyFixture.text.replacing("measures:", with: "measures:\n  eval: {data: microworld}")
            let plan = try StudyFixture(folder, text).plan()
            let last = try #require(plan.steps.last)
            #expect(last.kind == .correlate && last.inputs.count == 2 * 7)
        }
    }

    @Test(arguments: [
        ("jobs: 2", "job: 2", "'job' is no setting; the nearest that exists is 'jobs'"),
        ("from: warm", "from: cold", "has 'final' from 'cold', which does not stand before it"),
        ("name: other", "name: warm", "has the name 'warm' twice"), ("name: file", "name: 'a b'", "has the name 'a b'"),
        ("path: file.json", "path: file.json, run: x", "needs one of path, run and synthesize"),
        ("score: pooled", "score: middle", "'report.score' is 'middle'"),
        ("ladder: [base,", "ladder: [bass,", "'report.ladder' names the checkpoint 'bass'"),
        ("models: [base]", "models: [bass]", "'measures.sweep' names the checkpoint 'bass'"),
        ("limit: 3", "limit: {a: 3}", "has a section 'limit'"), ("seeds: 2", "seeds: 0", "'seeds' is 0"),
        ("model: model\n", "", "'model' is missing"),
    ]) func whatIsWrongIsSaid(_ old: String, _ new: String, _ words: String) throws {
        try withTemporaryFolder { folder in
            #expect(StudyFixture.text.contains(old))
            let fixture = try StudyFixture(folder, StudyFixture.text.replacing(old, with: new))
            let error = #expect(throws: SettingsError.self) { try fixture.study() }
            #expect(error?.errorDescription?.contains(words) == true, "\(error?.errorDescription ?? "none")")
        }
    }

    @Test(arguments: [
        ("${seed}", "${sead}", "has the placeholder ${sead}"),

        ("model: model", "model: ./lost", "there is no such checkpoint"),
        ("--seed ${seed}\"", "--seed '3\"", "quotes in 'microworld cold-start --seed '3' are not closed"),
    ]) func whatCannotBePlannedIsSaid(_ old: String, _ new: String, _ words: String) throws {
        try withTemporaryFolder { folder in
            #expect(StudyFixture.text.contains(old))
            let fixture = try StudyFixture(folder, StudyFixture.text.replacing(old, with: new))
            let error = #expect(throws: StudyError.self) { try fixture.plan() }
            #expect(error?.errorDescription?.contains(words) == true, "\(error?.errorDescription ?? "none")")
        }
    }

    @Test func aTreeIsLaidOverAnotherAndWritten() throws {
        let one = try #require(try SettingsFile(text: "a: {b: 1, c: '2', d: [x, y]}", path: "one").root.tree("a"))
        let two = try #require(try SettingsFile(text: "a: {d: [z], b: {e: 1e-3}, f: true}", path: "two").root.tree("a"))
        let both = one.overlaid(with: two)
        #expect(both.canonical == #"{"b":{"e":1e-3},"c":"2","d":[z],"f":true}"#.replacing("\"b\"", with: "\"b\""))
        #expect(both.keys == ["b", "c", "d", "f"])
        // Written and read again it is the same, a quoted number still a text.
        let again = try #require(
            try SettingsFile(
                text: "a:\n" + both.yaml().split(separator: "\n").map { "  \($0)\n" }.joined(), path: "again"
            ).root
                .tree("a"))
        #expect(again.canonical == both.canonical)
        // A word that becomes a text is one, whatever is in it.
        let changed = one.mapWords { $0 == "x" ? "/a b: c" : $0 == "y" ? "17" : $0 }
        #expect(changed["d"]?.canonical == #"["/a b: c",17]"#)
    }
}
