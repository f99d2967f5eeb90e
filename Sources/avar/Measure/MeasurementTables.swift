import Reports
import VisualAttention

extension DatasetSummary {
    /// The score and the shares as parts of a page.
    /// - Parameter kind: which tokens were asked, in words.
    /// - Returns: tables and figures.
    /// - Throws: `ReportError` for shares that are none.
    func sections(of kind: String) throws -> [Report.Section] {
        [
            .table(scoreTable), ReportPages.heatMap(heads, of: kind), try ReportPages.shares(layers, of: kind),
            .table(layerTable),
        ]
    }

    private var scoreTable: Table {
        var columns: [Table.Column] = ["form"]
        for title in ["mean", "95 % from", "95 % to", "without first token"] {
            columns.append(Table.Column(title, isNumeric: true))
        }
        if scoresWithoutSinks != nil { columns.append(Table.Column("without sinks", isNumeric: true)) }
        columns += ["class", Table.Column("undefined in", isNumeric: true)]
        let rows = ScoreForm.allCases.map { form -> [Table.Cell] in
            let estimate = scores[form]
            var row: [Table.Cell] = [
                .text(form.rawValue), .optional(estimate.value), .optional(estimate.low), .optional(estimate.high),
                .optional(scoresWithoutFirst[form].value),
            ]
            if let without = scoresWithoutSinks { row.append(.optional(without[form].value)) }
            row.append(classes[form.rawValue].map { .text($0.rawValue) } ?? .undefined)
            row.append(.number(Double(estimate.undefined), decimals: 0))
            return row
        }
        return Table(
            title: "The score in its four forms",
            caption: "Means over samples with percentile bootstrap intervals. Classes: narrow below 10, wide to 15, "
                + "panoramic above.", columns: columns, rows: rows)
    }

    private var layerTable: Table {
        let titles = ["system", "first token", "visual", "user", "response", "marker"]
        let columns =
            [Table.Column("layer", isNumeric: true)] + titles.map { Table.Column("\($0) (%)", isNumeric: true) }
            + [Table.Column("VAS (paper)", isNumeric: true)]
        let rows = layers.enumerated().map { index, layer -> [Table.Cell] in
            let shares = [layer.system, layer.first, layer.visual, layer.user, layer.response, layer.marker]
            return [.number(Double(index), decimals: 0)] + shares.map { .number($0 * 100, decimals: 1) }
                + [.optional(layer.vas)]
        }
        return Table(
            title: "Layer by layer",
            caption: "Mean shares over heads, queries and samples; the first token is a part of the system turn.",
            columns: columns, rows: rows)
    }
}
