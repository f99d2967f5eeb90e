import ColdStart
import Reports
import Training

/// The page about a cold start.
struct ColdStartPage {
    let page: TrainingPage

    init(_ training: ColdStart, entries: [TrainingLoop.LogEntry]) {
        let recipe = training.recipe
        func curve(_ title: String, unit: String? = nil, caption: String = "", _ series: [LineChart.Series])
            -> TrainingPage.Panel
        {
            TrainingPage.Panel(title: title, unit: unit, caption: caption, series: series)
        }
        func metric(_ name: String, _ key: String) -> LineChart.Series {
            .init(
                name, steps: entries.compactMap { entry in entry.metrics?[key].map { (entry.step, $0) } },
                marks: [.last])
        }
        func held(_ name: String, _ key: String, best: LineChart.Mark? = nil) -> LineChart.Series {
            .init(
                name, steps: entries.compactMap { entry in entry.evaluation?[key].map { (entry.step, $0) } },
                marks: [best, .last].compactMap(\.self))
        }
        let panels = [
            curve(
                "Loss", unit: "nats",
                caption:
                    "All that was made small, and of it the loss over response tokens; of held-out samples the latter.",
                [
                    .init("all", steps: entries.map { ($0.step, $0.loss) }, marks: [.last]),
                    metric("language", "language_loss"), held("language, held out", "loss", best: .lowest),
                ]),
            curve(
                "Guidance", unit: "nats",
                caption: "The two terms of the objective before their weights; both fall as they work.",
                [metric("enhance", "enhance"), metric("suppress", "suppress")]),
            curve(
                "Visual Attention Score",
                caption: "The pooled form of the guided tokens, and forms of held-out questions' tokens.",
                [
                    metric("pooled", "vas_pooled"), held("pooled, held out", "vas_pooled"),
                    held("geometric, held out", "vas_geometric"),
                ]),
            curve(
                "Share of attention",
                caption: "Of the guided tokens. A share on text near zero: they no longer read one another.",
                [
                    metric("picture", "image_share"), metric("system turn", "system_share"),
                    metric("text", "text_share"),
                    metric("heads above 95 % on the picture", "saturated_heads"),
                ]),
            curve("Learning rate", [.init("rate", steps: entries.map { ($0.step, $0.learningRate) })]),
            curve(
                "Gradient norm", caption: "Before clipping.",
                [.init("norm", steps: entries.map { ($0.step, $0.gradientNorm.isFinite ? $0.gradientNorm : nil) })]),
            curve(
                "Speed", unit: "tokens/s",
                [
                    .init(
                        "input tokens",
                        steps: entries.compactMap { entry in
                            entry.metrics?["input_tokens"].map { (entry.step, $0 / max(entry.seconds, 1e-9)) }
                        })
                ]),
            curve(
                "Memory", unit: "MiB",
                [
                    .init(
                        "resident",
                        steps: entries.compactMap { entry in entry.residentMebibytes.map { (entry.step, $0) } })
                ]),
        ]
        var seen: Set<String> = []
        let warnings = entries.flatMap { entry in
            entry.coldStartWarnings.filter { seen.insert($0.kind).inserted }.map {
                TrainingPage.Warning($0.text, step: entry.step)
            }
        }
        let skipped = entries.reduce(0) { $0 + ($1.skipped ?? 0) }
        let seconds = entries.reduce(0) { $0 + $1.seconds }
        let facts = [
            Summary.Row("Checkpoint", recipe.model, note: "\(training.model.parameters.parameterCount) parameters"),
            Summary.Row(
                "Trained", "\(training.parameters.tensors.reduce(0) { $0 + $1.count }) numbers",
                note: training.adapters == nil ? "weights" : "low-rank adapters"),
            Summary.Row(
                "Samples", "\(training.data.entries.count)",
                note: "\(training.data.problems.count) left out as bad, \(training.data.tooLong.count) as too long"),
            Summary.Row(
                "Steps", "\(entries.last?.step ?? 0) of \(training.plan.stepCount)",
                note:
                    "\(training.plan.epochs(before: entries.last?.step ?? 0).fixed(2)) epochs; \(skipped) steps skipped"
            ),
            Summary.Row("Time in steps", "\(seconds.fixed(0)) s"),
            Summary.Row(
                "Guidance",
                recipe.guidance.isActive
                    ? "enhance \(recipe.guidance.enhance.exact), suppress \(recipe.guidance.suppress.exact)" : "none",
                note: recipe.guidance.targetImage == nil && recipe.guidance.targetSystem == nil
                    ? "the paper's form" : "bounded by targets"),
        ]
        page = TrainingPage(
            title: "Cold start", subtitle: recipe.model, facts: facts, warnings: warnings, panels: panels,
            tables: [Self.evaluations(entries)].compactMap(\.self), configuration: recipe.text)
    }

    /// What evaluations found, a row each; nil if there were none.
    static func evaluations(_ entries: [TrainingLoop.LogEntry], title: String = "Held-out samples") -> Table? {
        let evaluated = entries.filter { $0.evaluation != nil }
        guard !evaluated.isEmpty else { return nil }
        let names = Set(evaluated.flatMap { Array(($0.evaluation ?? [:]).keys) }).sorted()
        return Table(
            title: title,
            columns: [Table.Column("step", isNumeric: true)] + names.map { Table.Column($0, isNumeric: true) },
            rows: evaluated.map { entry in
                [.number(Double(entry.step), decimals: 0)]
                    + names.map { name in entry.evaluation?[name].map { .number($0, decimals: 4) } ?? .undefined }
            })
    }
}
