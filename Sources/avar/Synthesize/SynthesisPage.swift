import Foundation
import Reports
import Samples
import Synthesis

/// The page about a synthesis: counts along the funnel, cost, time, and samples to look at, stage by stage, side by side.
struct SynthesisPage {
    private let settings: SynthesisSettings
    private let store: SynthesisStore
    private let funnel: Funnel
    private let dataset: SynthesisExport.Result
    private let seconds: Double?

    /// How many samples of each fate are shown.
    private static let shown = 12

    init(
        _ settings: SynthesisSettings, store: SynthesisStore, funnel: Funnel, dataset: SynthesisExport.Result,
        seconds: Double?
    ) {
        self.seconds = seconds
        (self.settings, self.store, self.funnel, self.dataset) = (settings, store, funnel, dataset)
    }

    /// The page.
    func report() throws -> Report {
        var sections: [Report.Section] = [.summary(summary), .table(stages), .table(fates)]
        if !funnel.gates.isEmpty { sections.append(.table(gates)) }
        if let browser = try browser() { sections.append(.items(browser)) }
        return Report(
            title: "Synthesis",
            subtitle: settings.stages.map { "\($0.stage.rawValue) by \($0.model)" }.joined(separator: ", "),
            sections: sections)
    }

    private var summary: Summary {
        let tokens = funnel.stages.reduce(0) { $0 + $1.promptTokens + $1.newTokens }
        let share = funnel.samples > 0 ? (Double(funnel.accepted) / Double(funnel.samples)).percent : "–"
        var warnings: [String] = []
        if funnel.waiting > 0 {
            warnings.append("\(funnel.waiting) samples are not finished; the same command goes on.")
        }
        if !dataset.missing.isEmpty {
            warnings.append(
                "\(dataset.missing.count) accepted samples have no question or picture any more and are left out.")
        }
        return Summary(
            rows: [
                Summary.Row("Samples", "\(funnel.samples)"),
                Summary.Row("Accepted", "\(funnel.accepted)", note: share),
                Summary.Row("Rejected", "\(funnel.rejected)"),
                Summary.Row(
                    "In the data set", "\(dataset.samples)",
                    note: "\(dataset.leftOut.count) left out as nearly the same as one before"),
                Summary.Row("Tokens", "\(tokens)"),
                Summary.Row("Time", seconds.map { "\($0.fixed(1)) s" } ?? "nothing was asked", note: "of the last run"),
                Summary.Row(
                    "Cost", settings.prices.isEmpty ? "no prices given" : funnel.cost.fixed(4),
                    note: settings.prices.isEmpty || dataset.samples == 0
                        ? "" : "\((funnel.cost / Double(dataset.samples)).fixed(5)) a sample of the data set"),
            ], warnings: warnings)
    }

    private var stages: Table {
        Table(
            title: "Stages", caption: "Requests count repetitions; seconds are those of the answered try, together.",
            columns: [
                "stage", "model", Table.Column("samples", isNumeric: true), Table.Column("requests", isNumeric: true),
                Table.Column("without an answer", isNumeric: true), Table.Column("answers", isNumeric: true),
                Table.Column("tokens in", isNumeric: true), Table.Column("tokens out", isNumeric: true),
                Table.Column("cost", isNumeric: true), Table.Column("seconds an answer", isNumeric: true),
            ],
            rows: funnel.stages.map { stage in
                [
                    .text(stage.stage.rawValue), .text(settings.settings(of: stage.stage).model),
                    .number(Double(stage.samples), decimals: 0), .number(Double(stage.requests), decimals: 0),
                    .number(Double(stage.failures), decimals: 0),
                    .number(Double(stage.answers), decimals: 0), .number(Double(stage.promptTokens), decimals: 0),
                    .number(Double(stage.newTokens), decimals: 0),
                    settings.prices.isEmpty ? .undefined : .number(stage.cost, decimals: 4),
                    stage.answers > 0 ? .number(stage.seconds / Double(stage.answers), decimals: 2) : .undefined,
                ]
            })
    }

    private var fates: Table {
        var rows = funnel.acceptedByRounds.sorted { $0.key < $1.key }.map { rounds, count -> [Table.Cell] in
            [
                .text(rounds == 1 ? "accepted at once" : "accepted in round \(rounds)"),
                .number(Double(count), decimals: 0),
            ]
        }
        rows += funnel.rejectedBy.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            [.text("rejected by \($0.key)"), .number(Double($0.value), decimals: 0)]
        }
        if !dataset.leftOut.isEmpty {
            rows.append([
                .text("accepted, and left out as nearly the same"), .number(Double(dataset.leftOut.count), decimals: 0),
            ])
        }
        if funnel.waiting > 0 { rows.append([.text("not finished"), .number(Double(funnel.waiting), decimals: 0)]) }
        return Table(
            title: "What became of the samples", columns: ["fate", Table.Column("samples", isNumeric: true)], rows: rows
        )
    }

    private var gates: Table {
        Table(
            title: "Quality gates",
            caption:
                "Every gate is asked of every sample that comes to it, in its last round; the first that it does not pass rejects it.",
            columns: [
                "gate", Table.Column("passed", isNumeric: true), Table.Column("not passed", isNumeric: true),
                Table.Column("first to reject", isNumeric: true), "examples",
            ],
            rows: funnel.gates.map { gate in
                [
                    .text(gate.gate), .number(Double(gate.passed), decimals: 0),
                    .number(Double(gate.failed), decimals: 0),
                    .number(Double(funnel.rejectedBy[gate.gate] ?? 0), decimals: 0),
                    .text(gate.examples.prefix(3).joined(separator: ", ")),
                ]
            })
    }

    // MARK: Samples

    private func browser() throws -> ItemBrowser? {
        var samples: [MadeSample] = []
        try store.forEachSample([.accepted], limit: Self.shown) { samples.append($0) }
        for gate in funnel.rejectedBy.keys.sorted() {
            try store.forEachSample([.rejected], rejectedBy: gate, limit: Self.shown) { samples.append($0) }
        }
        guard !samples.isEmpty else { return nil }
        let questions = try settings.questions()
        var pictures: [ItemBrowser.Picture] = []
        let items = samples.map { sample in
            let question = try? questions.question(sample.key)
            var places: [Int] = []
            for picture in question?.pictures ?? [] {
                // A picture that cannot be read is why the sample was rejected.
                guard let shown = try? ReportPages.thumbnail(picture, size: 320) else { continue }
                places.append(pictures.count)
                pictures.append(shown)
            }
            var texts: [ItemBrowser.Text] = []
            if let question {
                texts += [.init("Question", question.text), .init("Known answer", question.answer)]
            }
            for stage in Stage.allCases {
                if let text = sample.text(stage) { texts.append(.init(Self.title(stage), text)) }
            }
            let failed = sample.verdicts.filter { !$0.passed }
            for verdict in failed {
                texts.append(
                    .init("Gate \(verdict.gate)", ([verdict.reason] + verdict.evidence).joined(separator: "\n")))
            }
            if failed.isEmpty, let reason = sample.reason { texts.append(.init("Why it was rejected", reason)) }
            let isAccepted = sample.state == .accepted
            return ItemBrowser.Item(
                title: sample.key, tone: isAccepted ? .good : .bad,
                labels: [isAccepted ? "accepted" : "rejected by \(sample.gate ?? "?")"],
                facets: [isAccepted ? "accepted" : sample.gate ?? "?", String(sample.rounds)], pictures: places,
                texts: texts)
        }
        return try ItemBrowser(
            title: "Samples", caption: "The first \(Self.shown) of each fate, stage by stage.",
            facets: [.init("fate"), .init("rounds")], pictures: pictures, items: items)
    }

    private static func title(_ stage: Stage) -> String {
        switch stage {
        case .description: "1. Description"
        case .reasoning: "2. Reasoning from it"
        case .anchors: "3. With anchors"
        }
    }
}
