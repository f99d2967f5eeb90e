/// What is asked of the oracle: an answer, or one of the three stages in which visual-anchored reflection data is made.
public enum OracleStage: Sendable, Equatable, CaseIterable {
    /// The question itself.
    case answer
    /// A description of the picture.
    case description
    /// Reasoning from a description, without a picture.
    case reasoning
    /// The reasoning with looks at the picture woven in.
    case anchors

    /// The words that ask for a stage, in small letters.
    private static let marks: [(words: String, stage: OracleStage)] = [
        ("task: describe the picture", .description),
        ("task: reason from the description", .reasoning),
        ("task: weave in the picture", .anchors),
        ("stage: description", .description),
        ("stage: reasoning", .reasoning),
        ("stage: anchors", .anchors),
    ]

    /// The stage that a text asks for: a line that begins with its words.
    ///
    /// The first such line counts, because what was answered before may be quoted below.
    /// - Parameter text: the words of a request.
    public init(askedIn text: String) {
        for line in text.lowercased().split(whereSeparator: \.isNewline) {
            // Lines of headings and lists begin with marks of their own.
            let line = line.drop { !$0.isLetter }
            if let mark = Self.marks.first(where: { line.hasPrefix($0.words) }) {
                self = mark.stage
                return
            }
        }
        self = .answer
    }
}
