extension BenchmarkScores.Table {
    /// HallusionBench (`Hallusion_rating`): questions, figures and questions over figures that are right, of all and of every category.
    ///
    /// A figure is a `l2-category`, a set and a figure in it; what is asked is a `l2-category`, a set and a question in it. Neither names the
    /// `category`, so that groups of two categories that are called alike are one among all.
    static func hallusionBench(_ items: [ScoredItem]) throws -> Self {
        let placed = try items.map { ($0, try Place($0)) }
        func measures(_ group: ScoreRow.Group, _ name: String, _ placed: [(ScoredItem, Place)]) -> [ScoreRow] {
            let items = placed.map(\.0)
            func whole(_ key: KeyPath<Place, [String]>) -> (right: Int, count: Int) {
                let groups = Dictionary(grouping: placed) { $0.1[keyPath: key] }
                return (groups.count { $0.value.allSatisfy(\.0.isCorrect) }, groups.count)
            }
            let (figures, questions) = (whole(\.figure), whole(\.question))
            return [
                ScoreRow(
                    group, name, .aAcc, right: items.count(where: \.isCorrect), count: items.count, items),
                ScoreRow(group, name, .fAcc, right: figures.right, count: figures.count, items),
                ScoreRow(group, name, .qAcc, right: questions.right, count: questions.count, items),
            ]
        }
        func measures(_ group: ScoreRow.Group, by column: (ScoredItem) -> String?) -> [ScoreRow] {
            let named = placed.compactMap { pair in column(pair.0).map { (name: $0, pair: pair) } }
            return Dictionary(grouping: named, by: \.name).sorted { $0.key < $1.key }
                .flatMap { measures(group, $0.key, $0.value.map(\.pair)) }
        }
        let overall = measures(.overall, ScoreRow.overallName, placed)
        let percents = overall.compactMap(\.percent)
        return Self(
            headline: .init(
                name: "mean of aAcc, fAcc and qAcc",
                percent: percents.count == 3 ? percents.reduce(0, +) / 3 : nil),
            rows: overall + measures(.category) { $0.column("category") }
                + measures(.subcategory) { Place.subcategory($0) })
    }

    /// Where a question stands.
    private struct Place {
        let figure: [String]
        let question: [String]

        init(_ item: ScoredItem) throws {
            let subcategory = Self.subcategory(item) ?? ""
            let parts = item.index.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
            if parts.count > 5 {
                (figure, question) = ([subcategory, parts[3], parts[4]], [subcategory, parts[3], parts[5]])
            } else if let set = item.column("set_id"), let figure = item.column("figure_id"),
                let question = item.column("question_id")
            {
                (self.figure, self.question) = ([subcategory, set, figure], [subcategory, set, question])
            } else {
                throw AggregationError.figure(index: item.index)
            }
        }

        static func subcategory(_ item: ScoredItem) -> String? {
            item.column("l2-category", "l2_category", "subcategory")
        }
    }
}
