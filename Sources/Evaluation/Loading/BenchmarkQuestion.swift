import Foundation
import Samples
import Scoring

/// A question of a benchmark: what is asked, about which pictures, and what decides whether an answer is right.
public struct BenchmarkQuestion: Sendable, Equatable {
    /// The set it is of.
    public var set: BenchmarkSet
    /// What the file calls it: its `index`, `pid` or `id`.
    public var index: String
    /// The row, line or item of the file, or the question of the microworld, counted from 1.
    public var number: Int
    /// For messages: `Row 3 of MMStar.tsv`.
    public var place: String
    /// What decides whether an answer is right.
    ///
    /// A question of MMMU or MMMU-Pro without an option A is open: of the kind `freeForm`, with the reference as answer. The reference
    /// scorer then makes up two options, the reference and `Other Answers`, which is a matter of scoring.
    public var exercise: Exercise
    /// The pictures in the file's order, not yet decoded.
    public var pictures: [PictureReference]
    /// What is asked, in the file's words, options left out where the file has them apart; empty if it stands in the picture.
    public var question: String
    /// The question in other words for answers that reason (`query_cot` of MathVerse).
    public var questionForReasoning: String?
    /// The options that are put to the model, in their order; none where they stand in the question or its pictures.
    ///
    /// They are those of ``exercise``, except that an open question of MMMU may have some after a missing A.
    public var options: [Exercise.Choice]
    /// What the file says before the question.
    public var hint: String?
    /// What else the file says of it, by VLMEvalKit's names.
    ///
    /// These are `category`, `l2-category`, `task`, `skills` (several, with a comma and a
    /// blank between them), `subject`, `subfield`, `level`, `split`, `problem_version`, `set_id`, `figure_id`, `question_id`, and every
    /// other column that is no picture and no part of the question. Structures are taken apart.
    public var metadata: [String: String]
    /// The same for two questions about the same pictures, and only for these: a digest of the pictures' bytes, or the files' paths.
    public var clusterKey: String
    /// The file's columns in their order without the pictures', if the file is in VLMEvalKit's form; else none.
    public var fileColumns: [StoredQuestion.Column]

    /// The skills that MathVista says it takes.
    public var skills: [String] { metadata["skills"]?.components(separatedBy: ", ").filter { !$0.isEmpty } ?? [] }

    /// A question.
    public init(
        set: BenchmarkSet, index: String, number: Int, place: String, exercise: Exercise, pictures: [PictureReference],
        question: String, questionForReasoning: String? = nil, options: [Exercise.Choice] = [], hint: String? = nil,
        metadata: [String: String] = [:], clusterKey: String, fileColumns: [StoredQuestion.Column] = []
    ) {
        (self.set, self.index, self.number, self.place) = (set, index, number, place)
        (self.exercise, self.pictures, self.clusterKey) = (exercise, pictures, clusterKey)
        (self.question, self.questionForReasoning, self.hint) = (question, questionForReasoning, hint)
        (self.options, self.metadata, self.fileColumns) = (options, metadata, fileColumns)
    }

    /// Says of what goes wrong where the question lies.
    /// - Parameter body: does something with this question.
    /// - Returns: what `body` returns.
    /// - Throws: `SampleError.entry` with what `body` throws.
    public func naming<Result>(_ body: () throws -> Result) throws -> Result {
        try SampleError.naming(place, body)
    }
}
