import Foundation
import HeadlessBrowser
import Testing

/// `avar reproduce` and `avar report`: a whole study in small, with all its commands.
@Suite(.serialized) struct ReproduceTests {
    private static var text: String {
        """
        title: A small study
        output: out
        model: '\(Command.checkpoint.path)'
        jobs: 2
        threads: 1
        data:
          - name: vard
            server: microworld oracle --split train --seed ${seed} --count 24 --quiet
            synthesize:
              data: [{path: 'microworld:train:${seed}', count: 24}]
              stages:
                description: {endpoint: '${endpoint}', model: microworld-oracle}
                reasoning: {endpoint: '${endpoint}', model: microworld-oracle}
                anchors: {endpoint: '${endpoint}', model: microworld-oracle}
              gates: {duplicate: {threshold: 1}}
          - {name: text, run: "microworld cold-start --split train --seed ${seed} --count 16 --form text"}
        sft:
          precision: float32
          training: {steps: 30, batch_size: 4, learning_rate: 1e-4}
          keeping: {save_every: 2, models: false}
        grpo:
          precision: float32
          data: {train: [{path: 'microworld:train:${seed}', count: 8}]}
          rollouts: {problems: 2, group_size: 2, maximum_new_tokens: 24}
          training: {iterations: 2}
        models:
          - {name: text, title: text only, from: base, sft: {data: {train: [{path: '${data.text}'}]}, guidance: {enhance: 0, suppress: 0}}}
          - {name: agto, title: + AGTO, parts: [vard, agto], from: base, sft: {data: {train: [{path: '${data.vard}'}]}}}
          - {name: vars, title: + VARS, parts: [vard, agto, vars], from: agto, grpo: {}}
        measures:
          vas: {data: microworld, limit: 6, pictures: 0}
          eval: {benchmark: microworld, data: microworld, limit: 8, style: reasoning, max_new_tokens: 48, token_vas: true, picture_size: 0}
          sweep: {models: [base], data: microworld, limit: 4, suppress: '0.4', max_new_tokens: 8}
          exam: {models: [base, vars], count: 7, conditions: 'picture,shuffled,blind'}
        report: {score: pooled, ladder: [base, agto, vars], cold_starts: [base, text, agto], ablation: [base, agto, vars], cautions: [A small world is small.]}

        """
    }

    private func run(
        _ folder: URL, _ arguments: String..., text: String = Self.text, meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Data(text.utf8).write(to: folder.appendingPathComponent("study.yaml"))
        return try Command.run(["reproduce", "--config", "study.yaml"] + arguments, in: folder, meanwhile: meanwhile)
    }

    /// The processes that work for a study in a folder.
    private func processes(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.filter { id in
            let words = (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
            return words.contains(folder.path)
        }
    }

    @Test func fromOneFileToTheReportAndAgain() throws {
        try withTemporaryFolder { folder in
            let folder = folder.resolvingSymlinksInPath()
            let plan = try run(folder, "--plan", "--json").json()
            let steps = try #require(plan["steps"] as? [[String: Any]])
            #expect(
                steps.count == 17 && steps.allSatisfy { $0["state"] as? String == "to do" } && plan["done"] as? Int == 0
            )
            #expect(
                !FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path),
                "a plan writes nothing")

            let outcome = try run(folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("+ VARS") && outcome.output.contains("The report is "))
            let out = folder.appendingPathComponent("out")
            let findings = try Data(contentsOf: out.appendingPathComponent("findings.json"))
            let numbers = try #require(try JSONSerialization.jsonObject(with: findings) as? [String: Any])
            let checkpoints = try #require(numbers["checkpoints"] as? [[String: Any]])
            #expect(checkpoints.compactMap { $0["name"] as? String } == ["base", "text", "agto", "vars"])
            #expect(checkpoints.allSatisfy { ($0["verdicts"] as? [Double])?.count == 8 && $0["scores"] != nil })
            #expect((numbers["correlation"] as? [String: Any])?["count"] as? Int == 4)
            let second = try run(folder)
            #expect(second.status == 0 && !second.errors.contains("begins"), "all is there")
            #expect(try run(folder, "--plan").output.contains("17 of 17 steps are done"))

            // The report anew, wherever the folder has gone.
            let moved = folder.appendingPathComponent("moved")
            try FileManager.default.moveItem(at: out, to: moved)
            for name in ["findings.json", "report.html"] {
                try FileManager.default.removeItem(at: moved.appendingPathComponent(name))
            }
            let report = try Command.run("report", moved.path)
            #expect(report.status == 0, "\(report.errors)")
            #expect(try Data(contentsOf: moved.appendingPathComponent("findings.json")) == findings)
            let browser = try Browser()
            try browser.open(moved.appendingPathComponent("report.html"), width: 1300)
            let page = try #require(try browser.evaluate("document.body.innerText") as? String)
            for words in [
                "What agrees with the paper", "The ladder", "Cold starts beside each other",
                "The parts alone and together",
                "Interventions at inference", "Accuracy over visual attention", "as the answer grows longer",
                "Does it need the picture?", "Beside the published numbers", "A small world is small.", "AVAR-Thinker",
            ] { #expect(page.contains(words), "\(words)") }
        }
    }

    @Test func killedAndGoneOnWithItFindsTheSame() throws {
        try withTemporaryFolder { folder in
            let folder = folder.resolvingSymlinksInPath()
            let only = ["--only", "agto", "text", "base"]
            try Data(Self.text.utf8).write(to: folder.appendingPathComponent("study.yaml"))
            let whole = try Command.run(
                ["reproduce", "--config", "study.yaml", "--output", "whole"] + only, in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            // Killed while a training runs: its process ends, too, and what it has is gone on with.
            let killed = try Command.run(
                ["reproduce", "--config", "study.yaml", "--output", "killed"] + only, in: folder
            ) {
                process in
                let steps = folder.appendingPathComponent("killed/steps")
                let deadline = ContinuousClock.now + .seconds(120)
                while .now < deadline {
                    let logs = ((try? FileManager.default.subpathsOfDirectory(atPath: steps.path)) ?? []).filter {
                        $0.hasPrefix("agto.sft") && $0.hasSuffix("training/log.jsonl")
                    }
                    if !logs.isEmpty { break }
                    usleep(10_000)
                }
                kill(process.processIdentifier, SIGKILL)
            }
            #expect(killed.status == SIGKILL)
            let deadline = ContinuousClock.now + .seconds(10)
            while try !processes(folder.appendingPathComponent("killed")).isEmpty, .now < deadline { usleep(20_000) }
            #expect(try processes(folder.appendingPathComponent("killed")).isEmpty, "no step outlives the study")
            let rest = try Command.run(
                ["reproduce", "--config", "study.yaml", "--output", "killed"] + only, in: folder)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rest.errors.contains("agto.sft.1 goes on") || rest.errors.contains("agto.sft.1 begins"))
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("killed/findings.json"))
                    == Data(contentsOf: folder.appendingPathComponent("whole/findings.json")))
        }
    }

    @Test func ctrlCStopsItCleanly() throws {
        try withTemporaryFolder { folder in
            let folder = folder.resolvingSymlinksInPath()
            let outcome = try run(folder, "--only", "text.sft.1") { process in
                let steps = folder.appendingPathComponent("out/steps")
                let deadline = ContinuousClock.now + .seconds(120)
                while .now < deadline {
                    let names = (try? FileManager.default.subpathsOfDirectory(atPath: steps.path)) ?? []
                    if names.contains(where: { $0.hasPrefix("text.sft") && $0.hasSuffix("log.jsonl") }) { break }
                    usleep(10_000)
                }
                kill(process.processIdentifier, SIGINT)
            }
            #expect(outcome.status == 130, "\(outcome.errors)")
            #expect(outcome.errors.hasSuffix("Stopped. The same command goes on where this one was.\n"))
            let rest = try run(folder, "--only", "text.sft.1")
            #expect(
                rest.status == 0 && rest.errors.contains("text.sft.1 goes on") && !rest.errors.contains("text.data.1"))
        }
    }

    @Test(arguments: [
        (
            "learning_rate: 1e-4", "learning_rat: 1e-4",
            "Step text.sft.1 cannot be done as the file says: its recipe.yaml, line "
        ),
        ("learning_rate: 1e-4", "learning_rat: 1e-4", "the nearest that exists is 'training.learning_rate'"),
        (
            "limit: 6, pictures", "limits: 6, pictures",
            "Step base.vas cannot be done as the file says: Unknown option '--limits'"
        ),
        ("count: 24}]\n", "count: none}]\n", "Step vard.synthesize.1 cannot be done as the file says"),
        ("cold-start --split", "cold-stat --split", "Step text.data.1 cannot be done as the file says"),
        ("title:", "titel:", "'title' is missing; is 'titel' meant to be it?"),
        ("${data.text}", "${data.tex}", "${data.tex}"),
        ("jobs: 2", "jobs: two", "study.yaml, line 4: 'jobs' must be a whole number"),
    ]) func badFilesGetASentenceBeforeAnythingIsDone(_ old: String, _ new: String, _ words: String) throws {
        try withTemporaryFolder { folder in
            #expect(Self.text.contains(old))
            let outcome = try run(folder, text: Self.text.replacing(old, with: new))
            #expect(outcome.status == 1 && outcome.sentence?.contains(words) == true, "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
        }
    }

    @Test func otherBadInput() throws {
        try withTemporaryFolder { (folder: URL) throws in
            #expect(
                try Command.run("reproduce", "--config", "none.yaml", in: folder).sentence?.contains("none.yaml")
                    == true)
            #expect(
                try Command.run("report", folder.path).sentence
                    == "\(folder.path) holds no study; give the output folder of avar reproduce.")
            #expect(try run(folder, "--only", "nobody").sentence == "No step is called 'nobody'; --plan lists them.")
            #expect(try run(folder, "--seeds", "0").status == 64)
            #expect(try run(folder, "--commands").status == 64)
        }
    }

    @Test(arguments: ["microworld", "qwen2.5-vl-7b"]) func theStudiesOfThePackageCanBePlanned(_ name: String) throws {
        let file = Command.package.appendingPathComponent("Configurations/\(name).yaml").path
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)").path
        let outcome = try Command.run(
            "reproduce", "--config", file, "--plan", "--json", "--output", folder, "--seeds", "3")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let steps = try #require(try outcome.json()["steps"] as? [[String: Any]])
        #expect(steps.count > 80)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}
