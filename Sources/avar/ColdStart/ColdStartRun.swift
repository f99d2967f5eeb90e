import ColdStart
import Foundation
import QwenVL
import Reports
import Torch
import Training

/// A cold start with everything by which people watch it.
struct ColdStartRun {
    let training: ColdStart
    private let json: Bool
    private let isQuiet: Bool

    /// Reads checkpoint and data, and says what will be done.
    /// - Parameters:
    ///   - recipe: what to do.
    ///   - source: the checkpoint's folder.
    ///   - command: what the training is part of; nil for `avar sft`.
    ///   - resumes: whether there must be an earlier training in the recipe's folder.
    ///   - isDry: true to leave no folder behind.
    ///   - json: true to print each line of the log as JSON.
    ///   - isQuiet: true for one that is part of something else.
    /// - Throws: what is wrong with checkpoint, data or folder.
    init(
        _ recipe: ColdStartRecipe, source: URL, command: String? = nil, resumes: Bool, isDry: Bool = false,
        json: Bool = false, isQuiet: Bool = false
    ) throws {
        (self.json, self.isQuiet) = (json, isQuiet)
        training = try ColdStart(
            recipe, source: source,
            settings: (command.map { Self.settingsLine($0) + "\n" } ?? "")
                + "checkpoint \(try Fingerprint.model(source))\n", resumes: resumes, isDry: isDry)
        if !isQuiet { describe() }
    }

    /// The line of a training's settings that says what it is part of.
    static func settingsLine(_ command: String) -> String { "command \(command)" }

    private func describe() {
        let (data, plan) = (training.data, training.plan)
        for problem in data.problems { Output.note("left out: \(problem.place): \(problem.problem)") }
        if data.tooLong.count > 0 {
            Output.note(
                "left out: \(data.tooLong.count) samples of more than \(training.recipe.data.maximumTokens) tokens "
                    + "(\(data.tooLong.places.joined(separator: "; "))\(data.tooLong.count > data.tooLong.places.count ? "; ..." : ""))"
            )
        }
        let trained = training.parameters.tensors.reduce(0) { $0 + $1.count }
        Output.note(
            "\(data.entries.count) samples, \(data.entries.reduce(0) { $0 + $1.tokens }) tokens, "
                + "\(data.entries.count { $0.hasImage }) with pictures; \(plan.stepCount) steps of \(training.recipe.plan.batchSize), "
                + "\(training.statistics.paddingShare.percent) padding")
        Output.note(
            "\(trained) of \(training.model.parameters.parameterCount) parameters trained, in \(training.model.dtype)"
                + (training.adapters == nil ? "" : ", by adapters"))
        Output.note("memory, estimated for the longest pass:\n\(training.memory.table)")
    }

    /// Makes all steps that are left.
    /// - Parameters:
    ///   - given: looked at after every step; nil for one of its own.
    ///   - logged: told every line of the log.
    /// - Returns: the folder of the result; nil if it was stopped.
    /// - Throws: what the training throws.
    func run(
        interrupt given: Interrupt? = nil, logged: (TrainingLoop.LogEntry) -> Void = { _ in }
    ) throws -> URL? {
        let folder = training.folder
        let interrupt = given ?? Interrupt()
        defer { if given == nil { interrupt.end() } }
        let start = folder.latestStep
        if let start, !isQuiet { Output.note("going on from step \(start)") }
        var watch = try TrainingWatch(
            folder.url, configuration: training.recipe.text, resumingAt: start ?? 0, step: "step", json: json)
        let result = try training.run(
            report: { entry in
                logged(entry)
                try watch.take(entry, warnings: entry.coldStartWarnings, line: isQuiet ? nil : line)
            }, shouldStop: { interrupt.isRequested })
        let page = try ColdStartPage(training, entries: folder.entries()).page
        try page.write(to: folder.url.appendingPathComponent("report.html"))
        return result
    }

    private func line(_ entry: TrainingLoop.LogEntry) -> String {
        let metrics = entry.metrics ?? [:]
        func part(_ name: String, _ key: String, _ decimals: Int) -> String {
            metrics[key].map { "  \(name) \($0.fixed(decimals))" } ?? ""
        }
        var text = "step \(entry.step) of \(training.plan.stepCount)  loss \(entry.loss.fixed(4))"
        text += part("language", "language_loss", 4) + part("enhance", "enhance", 3) + part("suppress", "suppress", 3)
        text += part("VAS (pooled)", "vas_pooled", 2) + part("text", "text_share", 3)
        text += "  gradient \(entry.gradientNorm.fixed(2))  rate \(String(format: "%.2e", entry.learningRate))  "
        text += "\(((metrics["input_tokens"] ?? 0) / max(entry.seconds, 1e-9)).fixed(0)) tokens/s"
        if let skipped = entry.skipped { text += "  \(skipped) skipped" }
        if let left = entry.secondsLeft { text += "  \(left.duration) left" }
        if let found = entry.evaluation {
            text +=
                "\n  held out: "
                + found.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value.fixed(4))" }.joined(separator: ", ")
        }
        return text
    }
}

extension TrainingLoop.LogEntry {
    /// What should make people look: attention that has come to its end.
    var coldStartWarnings: [(kind: String, text: String)] {
        let metrics = metrics ?? [:]
        var result: [(kind: String, text: String)] = []
        if let saturated = metrics["saturated_heads"], saturated > 0.25 {
            result.append(
                (
                    "saturated",
                    "\(saturated.percent) of the heads give the picture more than 95 % of the guided tokens' attention; the score "
                        + "says little then. guidance_target_image stops pushing a head in time"
                ))
        }
        if let text = metrics["text_share"], text < 0.05 {
            result.append(
                (
                    "text",
                    "the guided tokens give all words together \(text.percent) of their attention and hardly read one another"
                )
            )
        }
        return result
    }
}
