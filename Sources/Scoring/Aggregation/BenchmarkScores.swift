/// What a benchmark reports of its answers: a single number, and rows by what the benchmark divides its questions by.
///
/// The rows are those of VLMEvalKit's tables (e8e78f05), counted instead of only averaged. A question counts for one answer: whoever drew
/// several gives one of them, their majority, or every one as an item.
public struct BenchmarkScores: Sendable, Equatable, Encodable {
    /// The number a paper prints.
    public struct Headline: Sendable, Equatable, Encodable {
        /// What it is, such as `Overall`, `validation`, or `mean of aAcc, fAcc and qAcc`.
        public var name: String
        /// In percent; nil without questions.
        public var percent: Double?
    }

    /// The set whose authors' way of counting is used.
    public let benchmark: Benchmark
    /// The number a paper prints.
    public let headline: Headline
    /// All questions first, then group by group, in alphabetical order within each kind.
    public let rows: [ScoreRow]
    /// How many answers are counted.
    public let count: Int
    /// Replies that were cut off because they became too long; they are scored like others.
    public let cut: Int
    /// Of those, how many are right.
    public let cutRight: Int
    /// Replies in which no answer was found.
    public let unread: Int

    /// The scores of one benchmark's answers.
    /// - Parameters:
    ///   - items: the answers; those of other benchmarks are left out.
    ///   - benchmark: the set.
    /// - Throws: ``AggregationError`` for a question whose columns do not say where it belongs.
    public init(_ items: [ScoredItem], of benchmark: Benchmark) throws {
        let items = items.filter { $0.benchmark == benchmark }
        self.benchmark = benchmark
        count = items.count
        cut = items.count(where: \.isCut)
        cutRight = items.count { $0.isCut && $0.isCorrect }
        unread = items.count { !$0.isRead }
        let table: Table =
            switch benchmark {
            case .mathVista: .mathVista(items)
            case .mathVision: .mathVision(items)
            case .mathVerse: .mathVerse(items)
            case .mmmu: .multipleChoice(items, reported: "validation")
            case .mmmuPro: .mmmuPro(items)
            case .mmStar: .multipleChoice(items, reported: nil)
            case .hallusionBench: try .hallusionBench(items)
            case .microworld: .microworld(items)
            }
        (headline, rows) = (table.headline, table.rows)
    }

    /// The scores of questions that were answered several times: of each round of answers as usual, and their mean.
    ///
    /// Rows count the answers of all rounds, so that their percent is the mean over rounds.
    /// - Parameters:
    ///   - rounds: the first answer to each question, the second, and so on.
    ///   - benchmark: the set.
    /// - Throws: ``AggregationError`` for a question whose columns do not say where it belongs.
    public init(rounds: [[ScoredItem]], of benchmark: Benchmark) throws {
        let rounds = try (rounds.isEmpty ? [[]] : rounds).map { try BenchmarkScores($0, of: benchmark) }
        let first = rounds[0]
        self.benchmark = benchmark
        let percents = rounds.compactMap(\.headline.percent)
        headline = Headline(
            name: first.headline.name,
            percent: percents.isEmpty ? nil : percents.reduce(0, +) / Double(percents.count))
        var rows = first.rows
        for row in rounds.dropFirst().flatMap(\.rows) {
            if let place = rows.firstIndex(where: { $0.isSame(as: row) }) {
                rows[place].add(row)
            } else {
                rows.append(row)
            }
        }
        self.rows = rows
        (count, cut) = (rounds.reduce(0) { $0 + $1.count }, rounds.reduce(0) { $0 + $1.cut })
        (cutRight, unread) = (rounds.reduce(0) { $0 + $1.cutRight }, rounds.reduce(0) { $0 + $1.unread })
    }

    /// The scores of every benchmark of which there are answers, in the order of ``Benchmark``.
    /// - Parameter items: the answers.
    /// - Returns: one for each benchmark.
    /// - Throws: ``AggregationError`` for a question whose columns do not say where it belongs.
    public static func all(_ items: [ScoredItem]) throws -> [BenchmarkScores] {
        let present = Set(items.map(\.benchmark))
        return try Benchmark.allCases.filter(present.contains).map { try BenchmarkScores(items, of: $0) }
    }

    /// The row of all questions that a headline is taken from; of HallusionBench its aAcc.
    public var overall: ScoreRow? { rows.first { $0.group == .overall } }

    /// The rows of a kind.
    /// - Parameter group: what they are divided by.
    /// - Returns: in their order.
    public func rows(by group: ScoreRow.Group) -> [ScoreRow] { rows.filter { $0.group == group } }

    /// A headline with its rows.
    struct Table {
        var headline: Headline
        var rows: [ScoreRow]
    }
}
