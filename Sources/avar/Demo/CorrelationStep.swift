import Reports
import VisualAttention

/// Whether the questions that are answered right are those whose tokens looked more.
struct CorrelationStep: DemoStep {
    /// What a reader must not take it for.
    private static let caution =
        "These are samples of one model, not models: the paper's correlation is over models, and within one a question that "
        + "is harder may well be looked at more."

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let answers = context.plainAnswers.filter { $0.attention != nil }
        func correlation(_ form: ScoreForm) -> OutcomeCorrelation {
            OutcomeCorrelation(
                scores: answers.map { $0.attention?.vas[form] }, isRight: answers.map(\.isRight),
                kinds: answers.map { $0.family ?? "" })
        }
        let forms = try ScoreForm.allCases.map { form in
            try context.interrupt.check()
            return (form, correlation(form))
        }
        let values = Dictionary(uniqueKeysWithValues: forms.map { ($0.0.rawValue, $0.1) })
        let pooled = forms.first { $0.0 == .pooled }?.1 ?? correlation(.pooled)
        let interval = pooled.pearsonInterval.map { Self.text($0) } ?? "no interval"
        return DemoPart(
            name: "correlation", value: values, lines: Self.lines(forms) + [Self.caution],
            facts: [
                Summary.Row(
                    "VAS and being right, r", pooled.all.pearson.map { $0.coefficient.fixed(3) } ?? "undefined",
                    note: "pooled form, over questions; 95 % interval \(interval)")
            ],
            sections: [
                .table(Self.formTable(forms)), .table(Self.familyTable(pooled)), .lineChart(Self.fifths(answers)),
            ])
    }

    private static func text(_ interval: BootstrapInterval) -> String {
        "\(interval.lower.fixed(3)) to \(interval.upper.fixed(3))"
    }

    private static func lines(_ forms: [(ScoreForm, OutcomeCorrelation)]) -> [String] {
        func number(_ value: Double?, _ decimals: Int) -> String { value.map { $0.fixed(decimals) } ?? "-" }
        let head =
            "VAS and being right       r       95 % interval     rho       95 % interval  r within  VAS right  VAS wrong"
        return [head]
            + forms.map { form, found in
                form.rawValue + String(repeating: " ", count: 19 - form.rawValue.count)
                    + number(found.all.pearson?.coefficient, 3).padded(8)
                    + (found.pearsonInterval.map(text) ?? "-").padded(20)
                    + number(found.spearman?.coefficient, 3).padded(8)
                    + (found.spearmanInterval.map(text) ?? "-").padded(20)
                    + number(found.within?.coefficient, 3).padded(10)
                    + (found.all.meanRight.map { String(format: "%.4g", $0) } ?? "-").padded(11)
                    + (found.all.meanWrong.map { String(format: "%.4g", $0) } ?? "-").padded(11)
            }
    }

    private static func formTable(_ forms: [(ScoreForm, OutcomeCorrelation)]) -> Table {
        let titles = ["r", "from", "to", "rho", "from", "to", "r within families", "mean, right", "mean, wrong"]
        return Table(
            title: "VAS and being right, over questions",
            caption:
                "r is the point-biserial correlation, rho Spearman's, each with its 95 % bootstrap interval over questions; "
                + "within families the deviations from their means. " + caution,
            columns: ["form"] + titles.map { Table.Column($0, isNumeric: true) },
            rows: forms.map { form, found in
                [
                    .text(form.rawValue), .optional(found.all.pearson?.coefficient, decimals: 3),
                    .optional(found.pearsonInterval?.lower, decimals: 3),
                    .optional(found.pearsonInterval?.upper, decimals: 3),
                    .optional(found.spearman?.coefficient, decimals: 3),
                    .optional(found.spearmanInterval?.lower, decimals: 3),
                    .optional(found.spearmanInterval?.upper, decimals: 3),
                    .optional(found.within?.coefficient, decimals: 3),
                    .optional(found.all.meanRight), .optional(found.all.meanWrong),
                ]
            })
    }

    private static func familyTable(_ found: OutcomeCorrelation) -> Table {
        Table(
            title: "VAS and being right, family by family",
            caption: "The pooled form. A family of few questions says little: p is that of independence.",
            columns: ["family"]
                + ["questions", "right", "r", "p", "mean, right", "mean, wrong"].map {
                    Table.Column($0, isNumeric: true)
                },
            rows: found.groups.map { group in
                [
                    .text(group.name), .count(group.count), .count(group.right),
                    .optional(group.pearson?.coefficient, decimals: 3),
                    .optional(group.pearson?.pValue), .optional(group.meanRight), .optional(group.meanWrong),
                ]
            })
    }

    /// Accuracy in the fifth of the questions with the lowest score, the next, and so on.
    private static func fifths(_ answers: [ExamResult]) -> LineChart {
        let scored = answers.compactMap { answer in answer.attention?.vas.pooled.map { ($0, answer.isRight) } }
            .sorted { $0.0 < $1.0 }
        let parts = (0..<5).map { scored[scored.count * $0 / 5..<scored.count * ($0 + 1) / 5] }
        let points = parts.filter { !$0.isEmpty }.map { part -> LineChart.Point in
            let share = Proportion(part.map(\.1))
            return LineChart.Point(
                part.reduce(0) { $0 + $1.0 } / Double(part.count), share.accuracy.map { $0 * 100 },
                interval: share.percentInterval)
        }
        return LineChart(
            title: "Accuracy over the VAS of the question",
            caption: "Fifths of the questions by their score, each at its mean, with Wilson's 95 % intervals.",
            xAxis: Axis("VAS (pooled)", spacing: .automatic), yAxis: Axis("accuracy", unit: "%"),
            series: [LineChart.Series("fifths of the questions", points: points)])
    }
}
