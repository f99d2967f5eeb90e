/// An answer with its verdict, and what its question's row says about where it counts.
public struct ScoredItem: Sendable, Equatable, Codable {
    /// The question's name in its set.
    public var index: String
    /// The set.
    public var benchmark: Benchmark
    /// Whether the answer is right.
    public var isCorrect: Bool
    /// Whether an answer was found in the reply at all.
    public var isRead: Bool
    /// Whether the reply was cut off because it became too long.
    public var isCut: Bool
    /// The question's other columns by name, such as `category`, `l2-category`, `task`, `skills`, `split`, `metadata`; for MMMU-Pro also
    /// `variant`, which names the form of the questions.
    public var columns: [String: String]

    /// An answer with its verdict.
    /// - Parameters:
    ///   - index: the question's name in its set.
    ///   - benchmark: the set.
    ///   - isCorrect: whether the answer is right.
    ///   - isRead: whether an answer was found in the reply at all.
    ///   - isCut: whether the reply was cut off because it became too long.
    ///   - columns: the question's other columns by name.
    public init(
        index: String, benchmark: Benchmark, isCorrect: Bool, isRead: Bool = true, isCut: Bool = false,
        columns: [String: String] = [:]
    ) {
        self.index = index
        self.benchmark = benchmark
        self.isCorrect = isCorrect
        self.isRead = isRead
        self.isCut = isCut
        self.columns = columns
    }

    /// The first of some columns that says something.
    func column(_ names: String...) -> String? {
        names.lazy.compactMap { columns[$0] }.first { !$0.isEmpty }
    }
}
