/// Lines of text shown letter by letter, folded away until they are asked for.
public struct Listing: Sendable, Equatable {
    /// The heading, which is all that shows while it is folded.
    public var title: String
    /// The text, shown letter by letter in a face of one width.
    public var text: String

    /// Lines of text.
    /// - Parameters:
    ///   - title: the heading.
    ///   - text: the lines, such as a file of settings.
    public init(title: String, text: String) {
        self.title = title
        self.text = text
    }

    /// How many lines there are; the end of the last one begins no other.
    var lineCount: Int {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return lines.last?.isEmpty == true ? lines.count - 1 : lines.count
    }
}
