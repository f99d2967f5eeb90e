import ArgumentParser
import ColdStart
import Foundation
import Microworld
import QwenVL
import Reports
import SettingsFiles
import Training
import VisualAttention

/// Three cold starts from the checkpoint, before and after.
///
/// They take equal steps: on multimodal reasoning without anchors, on text alone, and on anchored reasoning with attention guided to
/// the picture. Where the questions' tokens look, and how often the answer thought out is
/// right, before and after.
struct ColdStartStep: DemoStep {
    /// Of each training; 0 leaves the stage out.
    let steps: Int

    /// One training.
    private struct Arm {
        let name: String
        let form: ColdStartForm
        /// Lines of the recipe's section guidance.
        let guidance: String
        /// For people.
        let title: String
    }

    private static let arms = [
        Arm(
            name: "multimodal", form: .multimodal, guidance: "{enhance: 0, suppress: 0}",
            title: "multimodal, no anchors"),
        Arm(name: "text", form: .text, guidance: "{enhance: 0, suppress: 0}", title: "text only"),
        Arm(
            name: "anchored", form: .anchored,
            guidance: "{enhance: 0.15, suppress: 0.15, guidance_target_image: 0.5, guidance_target_system: 0.1}",
            title: "anchored, guided"),
    ]

    private static let batchSize = 16
    private static let learningRate = "5e-4"

    /// What came of one model.
    private struct Row: Encodable {
        let name: String
        let form: String?
        let accuracy: Proportion
        /// Answers that could be read, in 0...1.
        let readable: Double?
        let attention: DatasetSummary
        /// The loss over response tokens that was logged last.
        let languageLoss: Double?
        let title: String

        private enum CodingKeys: String, CodingKey {
            case name, form, accuracy, readable, attention
            case languageLoss = "language_loss"
        }

        /// The mean over the layers, in 0...1.
        func share(_ of: (LayerAttention) -> Double) -> Double {
            attention.layers.reduce(0) { $0 + of($1) } / Double(max(1, attention.layers.count))
        }
    }

    private struct Value: Encodable {
        let steps: Int
        let rows: [Row]
    }

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let folder = context.folder.appendingPathComponent("cold-start", isDirectory: true)
        var rows = [
            try examined(context.assistant, source: context.source, name: "base", title: "before", in: folder, context)
        ]
        var curves: [(title: String, entries: [TrainingLoop.LogEntry])] = []
        for arm in Self.arms {
            let training = try trained(arm, in: folder, context)
            if arm.form == .anchored { context.coldStart = training.checkpoint }
            let assistant = try VisualAssistant(folder: training.checkpoint, runtime: context.runtime)
            let source = MeasurementSettings.Source(
                path: training.checkpoint.path, fingerprint: try Fingerprint.model(training.checkpoint))
            rows.append(
                try examined(
                    assistant, source: source, name: arm.name, title: arm.title, form: arm.form,
                    loss: training.entries.last?.metrics?["language_loss"], in: folder, context))
            curves.append((arm.title, training.entries))
        }
        return DemoPart(
            name: "cold_start", value: Value(steps: steps, rows: rows), lines: lines(rows),
            sections: [.table(table(rows))] + Self.charts(curves).map { .lineChart($0) })
    }

    // MARK: Training

    /// Trains as an arm says, or takes what an earlier run has made.
    private func trained(
        _ arm: Arm, in folder: URL, _ context: DemoContext
    ) throws -> (checkpoint: URL, entries: [TrainingLoop.LogEntry]) {
        let data = try ColdStartFiles(
            QuestionSource(split: .train), count: steps * Self.batchSize, seed: 0
        ).write(arm.form, to: folder.appendingPathComponent("data", isDirectory: true))
        let output = folder.appendingPathComponent(arm.name, isDirectory: true)
        let file = folder.appendingPathComponent("\(arm.name).yaml")
        try Files.write(Data(recipe(arm, data: data, output: output, context).utf8), to: file)
        let run = try training(ColdStartRecipe(contentsOf: file), context)
        var progress = Progress("steps, \(arm.title)", total: steps, done: run.training.folder.latestStep ?? 0)
        let checkpoint = try run.run(interrupt: context.interrupt) { progress.advance(to: $0.step) }
        progress.finish()
        guard let checkpoint else {
            Output.note("Stopped. \(Interrupt.goesOn)")
            throw ExitCode(130)
        }
        return (checkpoint, try run.training.folder.entries())
    }

    /// A recipe that `avar sft` takes as well.
    private func recipe(_ arm: Arm, data: URL, output: URL, _ context: DemoContext) -> String {
        func quoted(_ url: URL) -> String { SettingsText.quoted(url.standardizedFileURL.path) }
        let model = URL(fileURLWithPath: context.model, isDirectory: true)
        let threads = context.runtime.threads.map { "threads: \($0)\n" } ?? ""
        return """
            # Of avar demo: \(arm.title). avar sft takes it too, with an output of its own.
            model: \(quoted(model))
            output: \(quoted(output))
            precision: float32
            \(threads)data:
              train:
                - path: \(quoted(data))
            guidance: \(arm.guidance)
            training:
              steps: \(steps)
              batch_size: \(Self.batchSize)
              learning_rate: \(Self.learningRate)
            keeping:
              log_every: \(max(1, min(5, steps / 10)))
              save_every: \(max(1, steps / 4))
              keep: 1
              models: false

            """
    }

    /// The training, at its beginning or where an earlier demo has left it; one of other settings is begun anew.
    private func training(_ recipe: ColdStartRecipe, _ context: DemoContext) throws -> ColdStartRun {
        let source = URL(fileURLWithPath: recipe.model, isDirectory: true)
        return try Self.goingOn(recipe.output) {
            try ColdStartRun(recipe, source: source, command: "demo", resumes: $0, isQuiet: true)
        }
    }

    /// Opens a training of a demo where an earlier one has left it, or anew in place of another demo's.
    static func goingOn<Run>(_ output: URL, _ open: (_ resumes: Bool) throws -> Run) throws -> Run {
        let settings = output.appendingPathComponent("settings.txt")
        guard let old = try? String(contentsOf: settings, encoding: .utf8) else { return try open(false) }
        do {
            return try open(true)
        } catch TrainingError.otherTraining where old.hasPrefix("\(ColdStartRun.settingsLine("demo"))\n") {
            try FileManager.default.removeItem(at: output)
            return try open(false)
        }
    }

    // MARK: Before and after

    private func examined(
        _ assistant: VisualAssistant, source: MeasurementSettings.Source, name: String, title: String,
        form: ColdStartForm? = nil, loss: Double? = nil, in folder: URL, _ context: DemoContext
    ) throws -> Row {
        let answers = try context.examine(
            assistant, source: source, style: .reasoning, conditions: [.picture],
            in: folder.appendingPathComponent("exam-\(name)", isDirectory: true), title: "questions, \(title)"
        ) { _, answers in answers }
        return Row(
            name: name, form: form?.rawValue, accuracy: Proportion(answers.map(\.isRight)),
            readable: Proportion(answers.compactMap(\.isReadable)).accuracy,
            attention: DatasetSummary(answers.compactMap(\.attention)), languageLoss: loss, title: title)
    }

    // MARK: For people

    private func lines(_ rows: [Row]) -> [String] {
        func name(_ text: String) -> String { text + String(repeating: " ", count: max(0, 24 - text.count)) }
        func number(_ value: Double?) -> String { (value.map { String(format: "%.4g", $0) } ?? "-").padded(11) }
        let titles = ["picture", "system", "text", "VAS pooled", "geometric", "right", "95 % interval", "readable"]
        let widths = [9, 9, 9, 11, 11, 9, 19, 10]
        return [
            "cold starts of \(steps) steps: attention of the questions' tokens, and answers thought out",
            name("trained on") + zip(titles, widths).map { $0.padded($1) }.joined(),
        ]
            + rows.map { row in
                name(row.title)
                    + [row.share(\.visual), row.share(\.system), row.share(\.user)].map { $0.percent.padded(9) }
                    .joined()
                    + number(row.attention.scores.pooled.value) + number(row.attention.scores.geometric.value)
                    + (row.accuracy.accuracy?.percent ?? "-").padded(9) + row.accuracy.intervalText.padded(19)
                    + (row.readable?.percent ?? "-").padded(10)
            }
    }

    private func table(_ rows: [Row]) -> Table {
        let titles = [
            "picture (%)", "system (%)", "text (%)", "VAS, pooled", "VAS, geometric", "right (%)", "from", "to",
            "readable (%)", "loss at the end",
        ]
        return Table(
            title: "Cold starts from the same checkpoint, before and after",
            caption:
                "\(steps) steps of \(Self.batchSize) samples each. The shares are of the attention of the questions' tokens, the mean "
                + "over layers; answers are thought out (<think>...</think><answer>...</answer>), with Wilson's 95 % intervals. "
                + "Guidance is bounded: a head is not pushed further once it gives half of its attention to the picture and a tenth "
                + "to the system turn. One seed: what differs by less than the intervals is no difference.",
            columns: ["trained on"] + titles.map { Table.Column($0, isNumeric: true) },
            rows: rows.map { row in
                [
                    .text(row.title), .percent(row.share(\.visual)), .percent(row.share(\.system)),
                    .percent(row.share(\.user)), .optional(row.attention.scores.pooled.value),
                    .optional(row.attention.scores.geometric.value), .percent(row.accuracy.accuracy),
                    .percent(row.accuracy.low), .percent(row.accuracy.high), .percent(row.readable),
                    .optional(row.languageLoss, decimals: 3),
                ]
            })
    }

    private static func charts(_ curves: [(title: String, entries: [TrainingLoop.LogEntry])]) -> [LineChart] {
        func chart(_ title: String, _ caption: String, _ axis: Axis, _ key: String) -> LineChart {
            LineChart(
                title: title, caption: caption, xAxis: "step", yAxis: axis,
                series: curves.map { curve in
                    LineChart.Series(
                        curve.title,
                        steps: curve.entries.compactMap { entry in entry.metrics?[key].map { (entry.step, $0) } })
                })
        }
        return [
            chart(
                "Learning to reason", "The loss over response tokens; the three learn from different texts.",
                Axis("loss", unit: "nats"), "language_loss"),
            chart(
                "Attention on the picture while learning",
                "Of the training questions' tokens; where there is no picture there is none.",
                Axis("share"), "image_share"),
        ].filter { chart in chart.series.contains { !$0.points.isEmpty } }
    }
}
