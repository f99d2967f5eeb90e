import Foundation
import QwenVL
import Reinforcement
import Training

/// A reinforcement with everything by which people watch it.
struct ReinforcementRun {
    let training: GRPO
    private let json: Bool
    private let isQuiet: Bool

    /// A file of settings, in which `microworld:SPLIT` names questions that are made.
    static func recipe(_ url: URL) throws -> ReinforcementRecipe {
        try ReinforcementRecipe(contentsOf: url) { try MicroworldData(named: $0) }
    }

    /// Reads checkpoint and problems, and says what will be done.
    /// - Parameters:
    ///   - recipe: what to do.
    ///   - source: the checkpoint's folder.
    ///   - command: what the training is part of; nil for `avar grpo`.
    ///   - resumes: whether there must be an earlier training in the recipe's folder.
    ///   - json: true to print each line of the log as JSON.
    ///   - isQuiet: true for one that is part of something else.
    /// - Throws: what is wrong with checkpoint, problems or folder.
    init(
        _ recipe: ReinforcementRecipe, source: URL, command: String? = nil, resumes: Bool, json: Bool = false,
        isQuiet: Bool = false
    ) throws {
        (self.json, self.isQuiet) = (json, isQuiet)
        training = try GRPO(
            recipe, source: source,
            settings: (command.map { ColdStartRun.settingsLine($0) + "\n" } ?? "")
                + "checkpoint \(try Fingerprint.model(source))\n", resumes: resumes, note: { Output.note($0) })
        if !isQuiet { describe() }
    }

    private func describe() {
        let (recipe, problems) = (training.recipe, training.problems)
        if problems.tooLong > 0 {
            Output.note(
                "left out: \(problems.tooLong) problems of more than \(recipe.maximumPromptTokens) tokens")
        }
        let trained = training.parameters.tensors.reduce(0) { $0 + $1.count }
        Output.note(
            "\(problems.count) problems; \(recipe.iterations) iterations of \(recipe.problemsPerIteration) x "
                + "\(recipe.rollouts.groupSize) rollouts, \(recipe.updatesPerBatch) "
                + (recipe.updatesPerBatch == 1 ? "update" : "updates") + " each (\(recipe.variant.rawValue))")
        Output.note(
            "\(trained) of \(training.model.parameters.parameterCount) parameters trained, in \(training.model.dtype)"
                + (training.adapters == nil ? "" : ", by adapters"))
    }

    /// Makes all updates that are left.
    /// - Parameters:
    ///   - given: looked at after every update; nil for one of its own.
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
        if let start, !isQuiet { Output.note("going on from update \(start)") }
        var watch = try TrainingWatch(
            folder.url, configuration: training.recipe.text, resumingAt: start ?? 0, step: "update", json: json)
        // A state between two updates of a batch holds that batch, which is not drawn again.
        let updates = training.recipe.updatesPerBatch
        let kept = try RolloutFile(folder.url, before: ((start ?? 0) + updates - 1) / updates + 1)
        training.keep = { try kept.append($0) }
        func writePage() throws {
            let page = try ReinforcementPage(training, entries: folder.entries(), rollouts: kept.all())
            try page.report().write(toPath: folder.url.appendingPathComponent("report.html").path)
        }
        let result: URL?
        do {
            result = try training.run(
                report: { entry in
                    logged(entry)
                    try watch.take(entry, warnings: entry.reinforcementWarnings, line: isQuiet ? nil : line)
                    // To be looked at while it runs; the last page is written below.
                    let isLast = entry.step == training.recipe.steps
                    if !isQuiet, !isLast, entry.step % training.recipe.saveEvery == 0 { try writePage() }
                }, shouldStop: { interrupt.isRequested })
        } catch {
            // What ended the training is what is to be said, and what was found before is to be seen.
            if let entries = try? folder.entries(), !entries.isEmpty {
                do { try writePage() } catch { Output.note("The page was not written: \(error.localizedDescription)") }
            }
            throw error
        }
        try writePage()
        return result
    }

    private func line(_ entry: TrainingLoop.LogEntry) -> String {
        let metrics = entry.metrics ?? [:]
        func part(_ name: String, _ key: String, _ decimals: Int) -> String {
            metrics[key].map { "  \(name) \($0.fixed(decimals))" } ?? ""
        }
        var text = "update \(entry.step) of \(training.recipe.steps)"
        text += part("reward", "reward/total", 3) + part("right", "accuracy", 3) + part("format", "reward/format", 3)
        text += part("VAS", "vas", 2) + part("length", "length", 1) + part("entropy", "entropy", 3)
        text += part("no signal", "groups/without_signal", 2) + part("clipped", "clipped_high", 3)
        text += "  gradient \(entry.gradientNorm.fixed(2))"
        if let rate = metrics["rollout_tokens_per_second"] { text += "  \(rate.fixed(0)) tokens/s drawn" }
        if let found = entry.evaluation {
            text +=
                "\n  validation: "
                + found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.fixed(4))" }.joined(separator: ", ")
        }
        return text
    }
}

extension TrainingLoop.LogEntry {
    /// What should make people look.
    var reinforcementWarnings: [(kind: String, text: String)] {
        let metrics = metrics ?? [:]
        var result: [(kind: String, text: String)] = []
        if let share = metrics["reward/visual/variance_share"], share > 0.8 {
            result.append(
                (
                    "share",
                    "\(share.percent) of what tells the answers of a group apart is the visual reward: what is right hardly counts. "
                        + "rewards.visual.form rank, tanh or clip bounds it"
                ))
        }
        if let silent = metrics["groups/without_signal"], silent > 0.7 {
            result.append(
                (
                    "signal",
                    "\(silent.percent) of the groups have equal rewards and teach nothing: the problems are too easy or too hard"
                        + (metrics["replaced_groups"] == nil ? "; objective.dynamic_sampling replaces such groups" : "")
                ))
        }
        if let mismatch = metrics["sampling_mismatch"], mismatch > 0.05 {
            result.append(
                (
                    "mismatch",
                    "what was drawn and what the trainer computes differ by \(String(format: "%.3g", mismatch)) nats in one token; "
                        + "in one engine that is rounding, and should be far less in float32"
                ))
        }
        return result
    }
}
