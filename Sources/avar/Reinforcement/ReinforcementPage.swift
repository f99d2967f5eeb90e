import Foundation
import Images
import QwenVL
import Reinforcement
import Reports
import Samples
import Training
import VisualAttention

/// The page about a reinforcement: curves, and rollouts to look into.
struct ReinforcementPage {
    private let training: GRPO
    private let entries: [TrainingLoop.LogEntry]
    private let rollouts: [KeptRollout]

    /// How many rollouts of the last that were kept are shown with the attention over their pictures.
    private static let overlays = 3

    init(_ training: GRPO, entries: [TrainingLoop.LogEntry], rollouts: [KeptRollout]) {
        (self.training, self.entries, self.rollouts) = (training, entries, rollouts)
    }

    /// The page.
    func report() throws -> Report {
        var report = page.report
        if let browser = try browser() { report.sections.append(.items(browser)) }
        report.sections += try looks()
        return report
    }

    // MARK: Curves

    private func metric(_ name: String, _ key: String) -> LineChart.Series {
        .init(
            name, steps: entries.compactMap { entry in entry.metrics?[key].map { (entry.step, $0) } }, marks: [.last])
    }

    private func held(_ name: String, _ key: String) -> LineChart.Series {
        .init(
            name, steps: entries.compactMap { entry in entry.evaluation?[key].map { (entry.step, $0) } }, marks: [.last]
        )
    }

    private var page: TrainingPage {
        let recipe = training.recipe
        func panel(
            _ title: String, unit: String? = nil, _ caption: String = "", _ series: [LineChart.Series]
        ) -> TrainingPage.Panel { .init(title: title, unit: unit, caption: caption, series: series) }
        let parts = training.rewards.parts.map(\.name)
        let panels = [
            panel(
                "Right answers", "Of the rollouts, and of the likeliest answers to validation problems.",
                [metric("rollouts", "accuracy"), held("validation", "accuracy")]),
            panel(
                "Reward", "Means over rollouts: the whole, and each part times its weight.",
                [metric("whole", "reward/total")] + parts.map { metric($0, "reward/\($0)/weighted") }),
            panel(
                "Share of the variance within groups",
                "What tells the answers of a group apart is what is learned; the shares add up to 1.",
                parts.map { metric($0, "reward/\($0)/variance_share") }),
            panel(
                "Groups",
                "Shares of groups whose rewards are all equal, which teach nothing, and of those that differ by their form only.",
                [metric("without signal", "groups/without_signal"), metric("by form only", "groups/form_only")]),
            panel(
                "Visual Attention Score", "The pooled form of the answers' tokens; right and wrong rollouts apart.",
                [
                    metric("right", "vas_right"), metric("wrong", "vas_wrong"), held("validation", "vas_pooled"),
                ]),
            panel(
                "Form", "The share of answers with exactly one think and one answer block.",
                [metric("rollouts", "reward/format"), held("validation", "format")]),
            panel("Entropy", unit: "nats", "Of the policy at the rollouts' tokens.", [metric("entropy", "entropy")]),
            panel(
                "Clipped", "The share of tokens, or of outputs with GSPO, whose gradient a bound has taken.",
                [metric("below", "clipped_low"), metric("above", "clipped_high")]),
            panel(
                "Kullback-Leibler", unit: "nats", "Per token, the k3 estimate.",
                [metric("from the drawing policy", "kl_old_new"), metric("from the reference", "kl_reference")]),
            panel(
                "Drawn and computed", unit: "nats",
                "The largest difference between a token's log-probability when it was drawn and in the trainer's pass: one engine, so "
                    + "rounding only.", [metric("largest", "sampling_mismatch")]),
            panel(
                "Length", unit: "tokens", "With the token that ends an answer.",
                [metric("rollouts", "length"), held("validation", "length")]),
            panel(
                "Gradient norm", "Before clipping.",
                [
                    .init("norm", steps: entries.map { ($0.step, $0.gradientNorm.isFinite ? $0.gradientNorm : nil) })
                ]),
            panel("Speed", unit: "tokens/s", "While drawing.", [metric("drawn", "rollout_tokens_per_second")]),
        ]
        var seen: Set<String> = []
        let warnings = entries.flatMap { entry in
            entry.reinforcementWarnings.filter { seen.insert($0.kind).inserted }.map {
                TrainingPage.Warning($0.text, step: entry.step)
            }
        }
        let visual =
            recipe.visualWeight == 0 ? "none" : "\(recipe.visualWeight.exact), \(Self.words(recipe.visualForm))"
        let facts = [
            Summary.Row("Checkpoint", recipe.model, note: "\(training.model.parameters.parameterCount) parameters"),
            Summary.Row(
                "Problems", "\(training.problems.count)", note: "\(training.problems.tooLong) left out as too long"),
            Summary.Row(
                "Updates", "\(entries.last?.step ?? 0) of \(recipe.steps)",
                note: "\(recipe.problemsPerIteration) x \(recipe.rollouts.groupSize) rollouts an iteration"),
            Summary.Row("Objective", recipe.variant.rawValue),
            Summary.Row(
                "Visual reward", visual, note: recipe.isVisualGated ? "for right answers only" : "for every answer"),
            Summary.Row("Time", "\(entries.reduce(0) { $0 + $1.seconds }.fixed(0)) s"),
        ]
        return TrainingPage(
            title: "Reinforcement", subtitle: recipe.model, facts: facts, warnings: warnings, panels: panels,
            tables: ColdStartPage.evaluations(entries, title: "Validation").map { [$0] } ?? [],
            configuration: recipe.text)
    }

    private static func words(_ form: VisualReward.Form) -> String {
        switch form {
        case .paper: "the paper's form"
        case .clipped(let bound): "at most \(bound.exact)"
        case .tanh(let scale): "tanh of it over \(scale.exact)"
        case .rank: "its rank within the group"
        case .batchNormalized: "normalised over the batch"
        }
    }

    // MARK: Rollouts

    private func browser() throws -> ItemBrowser? {
        guard !rollouts.isEmpty else { return nil }
        var (pictures, places) = ([ItemBrowser.Picture](), [Int: [Int]]())
        for problem in Set(rollouts.map(\.problem)).sorted() {
            places[problem] = try training.problems.problem(problem).pictures.map { picture in
                pictures.append(try ReportPages.thumbnail(picture, size: 384))
                return pictures.count - 1
            }
        }
        let items = try rollouts.map { rollout in
            let problem = try training.problems.problem(rollout.problem)
            let word = rollout.isRight ? "right" : rollout.extracted == nil ? "unparsed" : "wrong"
            let parts = rollout.parts.sorted { $0.key < $1.key }.map { "\($0.key) \(ReportPages.number($0.value))" }
            return ItemBrowser.Item(
                title: "\(problem.id ?? problem.place), iteration \(rollout.iteration), answer \(rollout.sample + 1)",
                tone: rollout.isRight ? .good : rollout.extracted == nil ? .neutral : .bad,
                labels: [word] + (rollout.isCut ? ["cut"] : []),
                facets: [String(rollout.iteration), word, rollout.advantage > 0 ? "above its group" : "not above"],
                pictures: places[rollout.problem] ?? [],
                texts: [
                    .init("Problem", problem.text), .init("Answer", rollout.text),
                    .init("Right answer", rollout.answer),
                    .init(
                        "Reward",
                        "\(ReportPages.number(rollout.reward)) (\(parts.joined(separator: ", "))), advantage "
                            + ReportPages.number(rollout.advantage)),
                    .init("VAS, pooled", rollout.vas.map(ReportPages.number) ?? "undefined"),
                    .init("Seed", String(rollout.seed)),
                ])
        }
        return try ItemBrowser(
            title: "Rollouts", caption: "Some groups of some iterations, drawn by the policy as it was then.",
            facets: [
                .init("iteration"), .init("verdict", values: ["right", "wrong", "unparsed"]),
                .init("advantage", values: ["above its group", "not above"]),
            ], pictures: pictures, items: items)
    }

    /// Where the tokens of the last rollouts look, to the model as it is now.
    private func looks() throws -> [Report.Section] {
        let last = rollouts.map(\.iteration).max()
        // Right answers first: where they look is what is paid for.
        let newest = rollouts.filter { $0.iteration == last }
        let shown = (newest.filter(\.isRight) + newest.filter { !$0.isRight }).prefix(Self.overlays)
        return try shown.compactMap { rollout -> Report.Section? in
            guard !rollout.text.isEmpty else { return nil }
            let problem = try training.problems.problem(rollout.problem)
            let prompt = try Sample(turns: problem.turns).messages()
            let conversation = prompt + [.assistant(rollout.text)]
            let (input, looks) = try training.engine.assistant.looks(at: conversation, queries: .givenResponse)
            return try ReportPages.overlay(
                looks, of: "rollout \(rollout.sample + 1) of \(problem.id ?? problem.place)",
                images: conversation.images,
                input: input, views: [.mean], processor: training.engine.assistant.processor,
                caption:
                    "The answer was drawn in iteration \(rollout.iteration); the attention is that of the model at the end."
            )
        }
    }
}
