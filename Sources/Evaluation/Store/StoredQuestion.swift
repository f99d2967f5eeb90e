import Scoring

/// A question as it was put, with everything that its answers are scored by.
public struct StoredQuestion: Sendable, Equatable, Codable {
    /// A column of the file it is from.
    public struct Column: Sendable, Equatable, Codable {
        /// The column's name.
        public var name: String
        /// What stands in it; nil if nothing does.
        public var value: String?

        /// A column of the question's row, by name.
        public init(_ name: String, _ value: String?) { (self.name, self.value) = (name, value) }
    }

    /// The set's name and the question's `index` in it.
    public var key: QuestionKey
    /// The exact text that the model is given.
    public var prompt: String
    /// SHA-256 of the bytes of each picture, in hexadecimal, in the order in which they are shown.
    public var pictures: [String]
    /// What decides whether an answer is right.
    public var exercise: Exercise
    /// The columns of its file in their order, without the picture's: what the prediction table repeats.
    public var columns: [Column]

    /// A question as it was put.
    public init(
        key: QuestionKey, prompt: String, pictures: [String] = [], exercise: Exercise, columns: [Column] = []
    ) {
        self.key = key
        self.prompt = prompt
        self.pictures = pictures
        self.exercise = exercise
        self.columns = columns
    }
}
