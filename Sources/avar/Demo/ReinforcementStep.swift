import ArgumentParser
import Foundation
import Microworld
import QwenVL
import Reinforcement
import Reports
import SettingsFiles
import Training
import VisualAttention

/// GRPO from the guided cold start, with and without the reward for looking at the picture: the same questions before and after.
struct ReinforcementStep: DemoStep {
    /// Of each training; 0 leaves the stage out.
    let iterations: Int

    /// One training.
    private struct Arm {
        let name: String
        /// For people.
        let title: String
        /// Lines of the recipe's section rewards.
        let rewards: String
    }

    private static let arms = [
        Arm(name: "plain", title: "accuracy and form", rewards: "{visual: {weight: 0}}"),
        Arm(name: "visual", title: "and the visual reward", rewards: "{visual: {weight: 0.3}}"),
    ]

    private static let problems = 4
    private static let learningRate = "5e-5"

    /// What came of one model.
    private struct Row: Encodable {
        let name: String
        let accuracy: Proportion
        /// Answers that could be read, in 0...1.
        let readable: Double?
        let attention: DatasetSummary
        let title: String

        private enum CodingKeys: String, CodingKey {
            case name, accuracy, readable, attention
        }
    }

    private struct Value: Encodable {
        let iterations: Int
        let rows: [Row]
    }

    func run(_ context: inout DemoContext) throws -> DemoPart {
        guard let start = context.coldStart else {
            return DemoPart(name: "reinforcement", value: Value(iterations: 0, rows: []), lines: [], sections: [])
        }
        let folder = context.folder.appendingPathComponent("reinforcement", isDirectory: true)
        try Files.makeFolder(folder)
        var rows = [try examined(start, name: "before", title: "before", in: folder, context)]
        var curves: [(title: String, entries: [TrainingLoop.LogEntry])] = []
        for arm in Self.arms {
            let training = try trained(arm, from: start, in: folder, context)
            rows.append(try examined(training.checkpoint, name: arm.name, title: arm.title, in: folder, context))
            curves.append((arm.title, training.entries))
        }
        return DemoPart(
            name: "reinforcement", value: Value(iterations: iterations, rows: rows), lines: lines(rows),
            sections: [.table(table(rows))] + Self.charts(curves).map { .lineChart($0) })
    }

    // MARK: Training

    private func trained(
        _ arm: Arm, from start: URL, in folder: URL, _ context: DemoContext
    ) throws -> (checkpoint: URL, entries: [TrainingLoop.LogEntry]) {
        let template = folder.appendingPathComponent("prompt.txt")
        try Files.write(Data("{{ content }}\n\(ReasoningPrompt.instruction)".utf8), to: template)
        let output = folder.appendingPathComponent(arm.name, isDirectory: true)
        let file = folder.appendingPathComponent("\(arm.name).yaml")
        try Files.write(Data(recipe(arm, from: start, template: template, output: output, context).utf8), to: file)
        let run = try training(ReinforcementRun.recipe(file), source: start)
        var progress = Progress(
            "iterations, \(arm.title)", total: iterations, done: run.training.folder.latestStep ?? 0)
        let checkpoint = try run.run(interrupt: context.interrupt) { progress.advance(to: $0.step) }
        progress.finish()
        guard let checkpoint else {
            Output.note("Stopped. \(Interrupt.goesOn)")
            throw ExitCode(130)
        }
        return (checkpoint, try run.training.folder.entries())
    }

    /// A recipe that `avar grpo` takes as well.
    private func recipe(_ arm: Arm, from start: URL, template: URL, output: URL, _ context: DemoContext) -> String {
        func quoted(_ url: URL) -> String { SettingsText.quoted(url.standardizedFileURL.path) }
        let threads = context.runtime.threads.map { "threads: \($0)\n" } ?? ""
        return """
            # Of avar demo: \(arm.title). avar grpo takes it too, with an output of its own.
            model: \(quoted(start))
            output: \(quoted(output))
            precision: float32
            \(threads)data:
              train:
                - path: microworld:train
                  count: 2000
              prompt_template: \(quoted(template))
            rollouts: {problems: \(Self.problems), group_size: 8, maximum_new_tokens: \(ExamStyle.reasoning.maxNewTokens)}
            rewards: \(arm.rewards)
            training:
              iterations: \(iterations)
              learning_rate: \(Self.learningRate)
            keeping:
              save_every: \(max(1, iterations / 4))
              keep: 1
              models: false

            """
    }

    /// The training, at its beginning or where an earlier demo has left it; one of other settings is begun anew.
    private func training(_ recipe: ReinforcementRecipe, source: URL) throws -> ReinforcementRun {
        try ColdStartStep.goingOn(recipe.output) {
            try ReinforcementRun(recipe, source: source, command: "demo", resumes: $0, isQuiet: true)
        }
    }

    // MARK: Before and after

    private func examined(
        _ checkpoint: URL, name: String, title: String, in folder: URL, _ context: DemoContext
    ) throws -> Row {
        let assistant = try VisualAssistant(folder: checkpoint, runtime: context.runtime)
        let source = MeasurementSettings.Source(
            path: checkpoint.path, fingerprint: try Fingerprint.model(checkpoint))
        let answers = try context.examine(
            assistant, source: source, style: .reasoning, conditions: [.picture],
            in: folder.appendingPathComponent("exam-\(name)", isDirectory: true), title: "questions, \(title)"
        ) { _, answers in answers }
        return Row(
            name: name, accuracy: Proportion(answers.map(\.isRight)),
            readable: Proportion(answers.compactMap(\.isReadable)).accuracy,
            attention: DatasetSummary(answers.compactMap(\.attention)), title: title)
    }

    // MARK: For people

    private func lines(_ rows: [Row]) -> [String] {
        let table = ScoreTable(
            head: ["rewarded for", "VAS pooled", "right", "95 % interval", "readable"],
            rows: rows.map { row in
                [
                    row.title, row.attention.scores.pooled.value.map(ReportPages.number) ?? "-",
                    row.accuracy.accuracy?.percent ?? "-", row.accuracy.intervalText, row.readable?.percent ?? "-",
                ]
            })
        return [
            "GRPO from the guided cold start, \(iterations) iterations of \(Self.problems) x 8 answers: the questions' attention, and "
                + "answers thought out"
        ] + table.lines
    }

    private func table(_ rows: [Row]) -> Table {
        Table(
            title: "GRPO from the guided cold start, with and without the visual reward",
            caption:
                "\(iterations) iterations of \(Self.problems) questions with 8 answers each. The score is of the questions' tokens; answers "
                + "are thought out, with Wilson's 95 % intervals. One seed: what differs by less than the intervals is no difference.",
            columns: ["rewarded for"]
                + ["VAS, pooled", "VAS, geometric", "right (%)", "from", "to", "readable (%)"].map {
                    Table.Column($0, isNumeric: true)
                },
            rows: rows.map { row in
                [
                    .text(row.title), .optional(row.attention.scores.pooled.value),
                    .optional(row.attention.scores.geometric.value), .percent(row.accuracy.accuracy),
                    .percent(row.accuracy.low), .percent(row.accuracy.high), .percent(row.readable),
                ]
            })
    }

    private static func charts(_ curves: [(title: String, entries: [TrainingLoop.LogEntry])]) -> [LineChart] {
        func chart(_ title: String, _ caption: String, _ axis: Axis, _ key: String) -> LineChart {
            LineChart(
                title: title, caption: caption, xAxis: "iteration", yAxis: axis,
                series: curves.map { curve in
                    LineChart.Series(
                        curve.title,
                        steps: curve.entries.compactMap { entry in entry.metrics?[key].map { (entry.step, $0) } })
                })
        }
        return [
            chart("Right rollouts", "The share of the answers drawn in an iteration.", Axis("share"), "accuracy"),
            chart(
                "Where rollouts look", "The pooled score of the answers' tokens; the second training is paid for it.",
                Axis("VAS, pooled"), "vas"),
        ].filter { chart in chart.series.contains { !$0.points.isEmpty } }
    }
}
