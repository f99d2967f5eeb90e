import Foundation

/// What kind of looking and thinking a question asks for.
public enum Family: String, Codable, Sendable, CaseIterable {
    /// How many shapes there are of a colour, a kind or both.
    case counting
    /// What lies in a cell of a grid, or where a shape lies.
    case position
    /// Reading bars against an axis.
    case bars
    /// The third angle of a triangle.
    case triangle
    /// Which shape is larger, and how many are.
    case comparison
    /// Whether a shape is there at all.
    case presence
    /// Counting twice and putting the counts together.
    case puzzle

    var number: UInt64 { UInt64(Self.allCases.firstIndex(of: self) ?? 0) }
}

/// What is asked of a scene, as data.
public enum Query: Codable, Sendable, Hashable {
    /// How many shapes there are of this colour and kind; nil for any.
    case count(color: SceneColor?, kind: ShapeKind?)
    /// The colour of the shape in a cell.
    case colorAt(row: Int, column: Int)
    /// The kind of the shape in a cell.
    case kindAt(row: Int, column: Int)
    /// The cell of a shape.
    case place(color: SceneColor, kind: ShapeKind)
    /// The colour of the tallest bar.
    case tallest
    /// The value of a bar.
    case value(of: SceneColor)
    /// By how much a bar is taller than another.
    case barDifference(of: SceneColor, over: SceneColor)
    /// The angle that is not written.
    case thirdAngle
    /// The larger of the shapes of two colours.
    case larger(first: SceneColor, second: SceneColor)
    /// The colour of the largest shape.
    case largest
    /// How many shapes are larger than the one of a colour.
    case countLarger(than: SceneColor)
    /// Whether a shape of this colour and kind is there.
    case present(color: SceneColor, kind: ShapeKind)
    /// How many shapes there are of two colours together.
    case sum(first: SceneColor, second: SceneColor)
    /// How many more shapes there are of one colour than of another.
    case excess(of: SceneColor, over: SceneColor)
    /// Of which of two colours there are more shapes.
    case more(first: SceneColor, second: SceneColor)
}

/// A textual hint: the lazy way to an answer, which takes no look at the picture.
public struct Hint: Codable, Sendable, Hashable {
    /// The answer that it suggests, in words.
    public var suggestion: String
    /// True if that is the right answer.
    public var isRight: Bool

    /// A hint.
    /// - Parameters:
    ///   - suggestion: the answer that it suggests, in words.
    ///   - isRight: true if that is the right answer.
    public init(suggestion: String, isRight: Bool) { (self.suggestion, self.isRight) = (suggestion, isRight) }

    /// The sentence that stands before the question.
    public var text: String { "A friend says: \(suggestion)" }
}

/// A question about a scene with its answer.
public struct Question: Codable, Sendable, Hashable {
    /// The name, unique within a seed: split, family and number.
    public var id: String
    /// The split of the scene.
    public var split: Split
    /// What kind of looking it asks for.
    public var family: Family
    /// What the picture shows.
    public var scene: Scene
    /// What is asked, as data.
    public var query: Query
    /// What is asked, in words.
    public var text: String
    /// The options in their order, without letters; none if the answer is free.
    public var options: [String]
    /// The right answer in words.
    public var answerText: String
    /// The answers between which a guess without looking chooses: the options, or what they would be.
    public var candidates: [String]
    /// The hint, if any.
    public var hint: Hint?

    /// What is to be answered: the letter of the right option, or the answer in words.
    public var answer: String {
        options.firstIndex(of: answerText).map { Self.letters[$0] } ?? answerText
    }

    /// The words that go with the picture: the hint, the question, and the options with their letters, a line each.
    public var prompt: String {
        let lines = zip(Self.letters, options).map { "\($0). \($1)" }
        return ([hint?.text, text].compactMap { $0 } + lines).joined(separator: "\n")
    }

    /// The letters of options.
    static let letters = ["A", "B", "C", "D"]
}
