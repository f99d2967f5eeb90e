import ArgumentParser
import ColdStart
import Foundation
import Reproduction

/// `avar reproduce`: a whole study from one file.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Does a whole study: data, trainings, measurements and one report.",
        discussion: """
            The file names data sets, checkpoints that are made of others, and what is measured of them; what comes of it are steps, each a \
            command of avar in a folder of its own. A step is skipped when nothing that decides it has changed: its settings, the files \
            that it reads, the steps before it. After Ctrl-C (exit status 130), kill -9 or a step that failed the same command goes on, \
            trainings and measurements where they were. Results of other settings stay in their folders until --prune.

            Configurations/microworld.yaml does the paper's study on a small world, on two cores; Configurations/qwen2.5-vl-7b.yaml \
            is that of the paper. In the output folder lie report.html, findings.json (the numbers alone, the same for the same seeds), \
            plan.json, and steps.
            """)

    @Option(help: "The file of the study.")
    var config: String

    @Flag(help: "Print the steps with what is done and how long the rest takes, and end.")
    var plan = false

    @Flag(help: "With --plan, print the commands of the steps, too.")
    var commands = false

    @Option(
        parsing: .upToNextOption,
        help: "Only these steps with all they need: names of steps, checkpoints, data sets or kinds; * for any letters."
    )
    var only: [String] = []

    @Option(help: "The folder for everything, in place of the file's.")
    var output: String?

    @Option(help: "How many seeds, in place of the file's.")
    var seeds: Int?

    @Option(help: "How many steps at one time, in place of the file's.")
    var jobs: Int?

    @Flag(help: "Delete the folders of steps that are not in the plan, and end.")
    var prune = false

    @Flag(help: "Print one line of JSON: the plan with --plan, else the findings.")
    var json = false

    func validate() throws {
        if let seeds, !(1...100).contains(seeds) { throw ValidationError("--seeds must be from 1 to 100.") }
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must be from 1 to 256.") }
        if commands, !plan { throw ValidationError("--commands goes with --plan.") }
        if plan, prune { throw ValidationError("Give --plan or --prune.") }
    }

    func run() throws {
        let study = try Study(
            contentsOf: URL(fileURLWithPath: config),
            output: output.map { URL(fileURLWithPath: $0, isDirectory: true) },
            seeds: seeds, jobs: jobs)
        let plan = try StudyPlan(study, modelMark: { try Fingerprint.model($0) })
        try StudyCheck.check(plan)
        let wanted = try plan.needed(for: only)
        let missing = Set(plan.steps.filter { wanted.contains($0.name) }.flatMap(\.missing)).sorted()
        if self.plan {
            for path in missing { Output.note("not there: \(path)") }
        } else if !prune, !missing.isEmpty {
            throw StudyError.missing(missing)
        }
        if self.plan { return try PlanTable(plan, wanted: wanted, commands: commands).show(json: json) }
        let runner = try StepRunner(
            plan, wanted: wanted, executable: try StudyCheck.executable(), version: Avar.version)
        if prune {
            for name in try runner.prune() { Output.note("deleted \(name)") }
            return
        }
        let interrupt = Interrupt()
        var watch = StudyWatch(plan, wanted: wanted)
        watch.begin()
        let isDone = try runner.run(report: { watch.take($0) }, shouldStop: { interrupt.isRequested })
        watch.finish()
        interrupt.end()
        guard isDone else {
            Output.note("Stopped. \(Interrupt.goesOn)")
            throw ExitCode(130)
        }
        let findings = try StudyReport(StudyResults(plan)).write()
        if json {
            try Output.json(findings)
        } else {
            for line in StudyTable(findings, reading: study.reading).lines { Output.line(line) }
            Output.line("The report is \(study.output.appendingPathComponent("report.html").path)")
        }
    }
}

/// `avar report`: the report of a study, anew.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes the report of a study anew, from what its steps have left.",
        discussion: "Writes report.html and findings.json into the output folder of avar reproduce, be it done or not.")

    @Argument(help: "The output folder of avar reproduce.")
    var folder: String

    @Flag(help: "Print the findings as one line of JSON.")
    var json = false

    func run() throws {
        let results = try StudyResults(folder: URL(fileURLWithPath: folder, isDirectory: true))
        let findings = try StudyReport(results).write()
        if json {
            try Output.json(findings)
        } else {
            for line in StudyTable(findings, reading: results.plan.reading).lines { Output.line(line) }
            Output.line("The report is \(results.folder.appendingPathComponent("report.html").path)")
        }
    }
}
