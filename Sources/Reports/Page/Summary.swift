/// What a reader wants to know first.
public struct Summary: Sendable, Equatable {
    /// A fact with its name and what there is to say about it.
    public struct Row: Sendable, Equatable {
        /// What it is.
        public var name: String
        /// How much it is, ready to read.
        public var value: String
        /// What to bear in mind with it; may be empty.
        public var note: String

        /// A fact.
        /// - Parameters:
        ///   - name: what it is.
        ///   - value: how much it is, ready to read.
        ///   - note: what to bear in mind with it.
        public init(_ name: String, _ value: String, note: String = "") {
            self.name = name
            self.value = value
            self.note = note
        }
    }

    /// The heading above the facts.
    public var title: String
    /// Facts in their order.
    public var rows: [Row]
    /// Paragraphs that must not be overlooked, above the facts.
    public var warnings: [String]
    /// Paragraphs below the facts.
    public var paragraphs: [String]

    /// What a reader wants to know first.
    /// - Parameters:
    ///   - title: the heading.
    ///   - rows: facts in their order.
    ///   - warnings: paragraphs that must not be overlooked.
    ///   - paragraphs: paragraphs below the facts.
    public init(title: String = "Summary", rows: [Row] = [], warnings: [String] = [], paragraphs: [String] = []) {
        self.title = title
        self.rows = rows
        self.warnings = warnings
        self.paragraphs = paragraphs
    }
}
