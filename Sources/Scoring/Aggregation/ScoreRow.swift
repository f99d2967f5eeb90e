/// A line of a benchmark's table: how much of some group is right.
public struct ScoreRow: Sendable, Equatable, Encodable {
    /// What the rows of a kind are divided by.
    public enum Group: String, Sendable, Codable {
        /// All questions (of a split, version or variant).
        case overall
        /// The column `category`; of HallusionBench `VD` and `VS`.
        case category
        /// The column `l2-category`.
        case subcategory = "l2-category"
        /// MathVista's task.
        case task
        /// A skill that MathVista's questions ask for; a question may ask for several.
        case skill
        /// The subject of a mathematical question.
        case subject
        /// MathVerse's part of a subject.
        case subfield
        /// MathVision's level of difficulty.
        case level
        /// A form of MMMU-Pro's questions.
        case variant
        /// The microworld's family of questions.
        case family
    }

    /// What is counted.
    public enum Measure: String, Sendable, Codable {
        /// Questions that are answered right.
        case accuracy
        /// HallusionBench's questions that are answered right.
        case aAcc
        /// HallusionBench's pictures about which every question is answered right.
        case fAcc
        /// HallusionBench's questions that are answered right about every picture they are asked about.
        case qAcc
    }

    /// What the rows of this kind are divided by.
    public var group: Group
    /// Which group it is; `Overall` for all.
    public var name: String
    /// The split, version or variant of the set to which the row belongs, where there are such.
    public var part: String?
    /// What is counted.
    public var measure: Measure
    /// How many are right.
    public var right: Int
    /// Of how many.
    public var count: Int
    /// Replies among the questions that were cut off.
    public var cut: Int
    /// Replies among the questions in which no answer was found.
    public var unread: Int
    /// The mean Visual Attention Score of the answers of which it was measured; nil of none.
    public var vas: Double?

    /// How many of a hundred are right; nil of none.
    public var percent: Double? { count == 0 ? nil : 100 * Double(right) / Double(count) }

    private enum CodingKeys: String, CodingKey {
        case group, name, part, measure, right, count, percent, cut, unread, vas
    }

    /// Writes the row with its percent.
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(group, forKey: .group)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(part, forKey: .part)
        try container.encode(measure, forKey: .measure)
        try container.encode(right, forKey: .right)
        try container.encode(count, forKey: .count)
        try container.encode(percent, forKey: .percent)
        try container.encode(cut, forKey: .cut)
        try container.encode(unread, forKey: .unread)
        try container.encodeIfPresent(vas, forKey: .vas)
    }

    static let overallName = "Overall"

    /// A row of questions.
    init(_ group: Group, _ name: String = overallName, part: String? = nil, items: [ScoredItem]) {
        self.init(
            group, name, part: part, .accuracy, right: items.count(where: \.isCorrect), count: items.count, items)
    }

    init(
        _ group: Group, _ name: String, part: String? = nil, _ measure: Measure, right: Int, count: Int,
        _ items: [ScoredItem]
    ) {
        (self.group, self.name, self.part, self.measure) = (group, name, part, measure)
        (self.right, self.count) = (right, count)
        cut = items.count(where: \.isCut)
        unread = items.count { !$0.isRead }
        let scores = items.compactMap(\.vas)
        vas = scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
    }

    /// Whether it counts the same as another row: of the same group, part and measure.
    func isSame(as other: ScoreRow) -> Bool {
        (group, name, measure) == (other.group, other.name, other.measure) && part == other.part
    }

    /// Counts the questions of another row, which were answered again, as well.
    mutating func add(_ other: ScoreRow) {
        if let mine = vas, let theirs = other.vas {
            vas = (mine * Double(count) + theirs * Double(other.count)) / Double(count + other.count)
        }
        vas = vas ?? other.vas
        right += other.right
        count += other.count
        cut += other.cut
        unread += other.unread
    }
}
