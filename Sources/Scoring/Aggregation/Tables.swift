extension BenchmarkScores.Table {
    private typealias Headline = BenchmarkScores.Headline

    /// Rows for every value of something, in alphabetical order; a question counts for each of its values.
    private static func rows(
        _ group: ScoreRow.Group, part: String? = nil, _ items: [ScoredItem], _ values: (ScoredItem) -> [String]
    ) -> [ScoreRow] {
        var groups: [String: [ScoredItem]] = [:]
        for item in items { for value in values(item) { groups[value, default: []].append(item) } }
        return groups.sorted { $0.key < $1.key }.map { ScoreRow(group, $0.key, part: part, items: $0.value) }
    }

    private static func rows(
        _ group: ScoreRow.Group, part: String? = nil, _ items: [ScoredItem], column: (ScoredItem) -> String?
    ) -> [ScoreRow] {
        rows(group, part: part, items) { column($0).map { [$0] } ?? [] }
    }

    /// The parts of a set, each with its questions, in alphabetical order.
    private static func parts(_ items: [ScoredItem], _ column: (ScoredItem) -> String?) -> [(String?, [ScoredItem])] {
        Dictionary(grouping: items, by: column).sorted { ($0.key ?? "") < ($1.key ?? "") }.map { ($0.key, $0.value) }
    }

    private static func categories(_ part: String?, _ items: [ScoredItem]) -> [ScoreRow] {
        rows(.subcategory, part: part, items) { $0.column("l2-category", "l2_category") }
            + rows(.category, part: part, items) { $0.column("category") }
    }

    /// MMStar and MMMU (`report_acc`): for every split all questions, those of each `l2-category`, and those of each `category`.
    static func multipleChoice(_ items: [ScoredItem], reported: String?) -> Self {
        let splits = parts(items) { $0.column("split") }
        let ordered = splits.filter { $0.0 == reported } + splits.filter { $0.0 != reported }
        let overall = ordered.map { ScoreRow(.overall, part: $0.0, items: $0.1) }
        let isSplit = reported != nil && ordered.first?.0 == reported
        let headline =
            isSplit || ordered.count == 1
            ? Headline(name: isSplit ? reported ?? "" : ScoreRow.overallName, percent: overall.first?.percent)
            : Headline(name: ScoreRow.overallName, percent: ScoreRow(.overall, items: items).percent)
        return Self(headline: headline, rows: overall + ordered.flatMap { categories($0.0, $0.1) })
    }

    /// MMMU-Pro: each form for itself, and the mean of the forms, which the kit leaves to its reader.
    static func mmmuPro(_ items: [ScoredItem]) -> Self {
        let variants = parts(items) { $0.column("variant") }
        let overall = variants.map { ScoreRow(.overall, part: $0.0, items: $0.1) }
        let named = variants.compactMap { name, items in name.map { ScoreRow(.variant, $0, part: $0, items: items) } }
        let percents = overall.compactMap(\.percent)
        let headline = Headline(
            name: variants.count > 1 ? "mean of the variants" : variants.first?.0 ?? ScoreRow.overallName,
            percent: percents.isEmpty ? nil : percents.reduce(0, +) / Double(percents.count))
        let groups = variants.flatMap { part, items in
            categories(part, items) + rows(.subject, part: part, items) { $0.column("subject") }
        }
        return Self(headline: headline, rows: overall + named + groups)
    }

    /// MathVista (`MathVista_acc`): all questions, those of each task, and those that ask for each skill.
    static func mathVista(_ items: [ScoredItem]) -> Self {
        let metadata = { (item: ScoredItem) in ColumnLiteral.dictionary(item.columns["metadata"]) }
        return table(
            items,
            rows(.task, items) { $0.column("task") ?? metadata($0)["task"] }
                + rows(.skill, items) { ColumnLiteral.list($0.column("skills") ?? metadata($0)["skills"] ?? "") })
    }

    /// MathVision (`MATH_V_acc`): all questions, those of each subject, and, which the kit leaves out, those of each level.
    static func mathVision(_ items: [ScoredItem]) -> Self {
        table(
            items,
            rows(.subject, items) { $0.column("category", "subject") } + rows(.level, items) { $0.column("level") })
    }

    /// MathVerse (`MathVerse_acc`): for every version of the problems all questions, those of each subject, and those of each subfield.
    static func mathVerse(_ items: [ScoredItem]) -> Self {
        let versions = parts(items) { $0.column("problem_version") }
        let overall = versions.map { ScoreRow(.overall, part: $0.0, items: $0.1) }
        let groups = versions.flatMap { part, items in
            ["subject", "subfield"].flatMap { name in
                rows(name == "subject" ? .subject : .subfield, part: part, items) {
                    $0.column(name) ?? ColumnLiteral.dictionary($0.columns["metadata"])[name]
                }
            }
        }
        let headline = Headline(
            name: versions.count == 1 ? versions.first?.0 ?? ScoreRow.overallName : ScoreRow.overallName,
            percent: ScoreRow(.overall, items: items).percent)
        return Self(headline: headline, rows: overall + groups)
    }

    /// The microworld: all questions, and those of each family.
    static func microworld(_ items: [ScoredItem]) -> Self {
        table(items, rows(.family, items) { $0.column("family", "category") })
    }

    private static func table(_ items: [ScoredItem], _ groups: [ScoreRow]) -> Self {
        let overall = ScoreRow(.overall, items: items)
        return Self(
            headline: Headline(name: ScoreRow.overallName, percent: overall.percent), rows: [overall] + groups)
    }
}
