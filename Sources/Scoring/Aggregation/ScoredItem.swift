/// An answer with its verdict, and what its question's row says about where it counts.
public struct ScoredItem: Sendable, Equatable, Codable {
    /// The question's name in its set.
    public var index: String
    /// The set that the question is of.
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
    /// The Visual Attention Score of the answer's tokens, where it was measured; rows give its mean.
    public var vas: Double?

    /// An answer with its verdict.
    /// - Parameters:
    ///   - index: the question's name in its set.
    ///   - benchmark: the set.
    ///   - isCorrect: whether the answer is right.
    ///   - isRead: whether an answer was found in the reply at all.
    ///   - isCut: whether the reply was cut off because it became too long.
    ///   - columns: the question's other columns by name.
    ///   - vas: the Visual Attention Score of the answer's tokens.
    public init(
        index: String, benchmark: Benchmark, isCorrect: Bool, isRead: Bool = true, isCut: Bool = false,
        columns: [String: String] = [:], vas: Double? = nil
    ) {
        self.index = index
        self.benchmark = benchmark
        self.isCorrect = isCorrect
        self.isRead = isRead
        self.isCut = isCut
        self.columns = columns
        self.vas = vas
    }

    /// The first of some columns that says something.
    func column(_ names: String...) -> String? {
        names.lazy.compactMap { columns[$0] }.first { !$0.isEmpty }
    }
}
