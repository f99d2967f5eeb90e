/// A set of questions that answers are scored by.
public enum Benchmark: String, Sendable, Codable, CaseIterable {
    /// MathVista's testmini (arXiv 2310.02255): options, numbers to a precision, lists and words.
    case mathVista = "mathvista"
    /// MathVision (arXiv 2402.14804): options and free answers, by subject and level.
    case mathVision = "mathvision"
    /// MathVerse, the version whose question stands in the picture.
    case mathVerse = "mathverse"
    /// MMMU (arXiv 2311.16502): options and free answers, by subject.
    case mmmu
    /// MMMU-Pro, with ten options or all in the picture.
    case mmmuPro = "mmmu-pro"
    /// MMStar (arXiv 2403.20330): four options, by category.
    case mmStar = "mmstar"
    /// HallusionBench (arXiv 2310.14566): yes or no, questions tied to figures.
    case hallusionBench = "hallusionbench"
    /// The microworld's drawn scenes.
    case microworld
}

/// What of a question decides whether an answer is right.
public struct Exercise: Sendable, Equatable, Codable {
    /// What kind of answer is asked for.
    public enum Kind: String, Sendable, Codable {
        /// The letter of one of several options, or its text.
        case multipleChoice = "multiple_choice"
        /// A number, an expression, a few words.
        case freeForm = "free_form"
        /// One of the two words.
        case yesNo = "yes_no"
    }

    /// An option of a multiple-choice question.
    public struct Choice: Sendable, Equatable, Codable {
        /// The letter that stands for it, `A` to `Z`.
        public var letter: String
        /// The option's words, without its letter.
        public var text: String

        /// An option by letter and words.
        public init(letter: String, text: String) { (self.letter, self.text) = (letter, text) }
    }

    /// What the answer is, where the benchmark says so (MathVista's `answer_type`).
    public enum AnswerType: String, Sendable, Codable {
        /// A whole number.
        case integer
        /// A number with decimals.
        case float
        /// Several numbers in brackets, compared in their order.
        case list
        /// One or a few words.
        case text
    }

    /// Where it is from.
    public var benchmark: Benchmark
    /// What kind of answer is asked for.
    public var kind: Kind
    /// The options in their order; none but for multiple choice (and not always there: MathVerse has them in the picture).
    public var choices: [Choice]
    /// The right answer: of multiple choice the letter.
    public var answer: String
    /// What the answer is, where the benchmark says so.
    public var answerType: AnswerType?
    /// The decimals to which a number is asked for, where the benchmark says so.
    public var precision: Int?
    /// The unit in which a number is asked for, where the benchmark says so.
    public var unit: String?
    /// The question as it was put; a reading may use it to know what only repeats it.
    public var question: String?

    /// What of a question decides whether an answer is right.
    public init(
        _ benchmark: Benchmark, _ kind: Kind, choices: [Choice] = [], answer: String, answerType: AnswerType? = nil,
        precision: Int? = nil, unit: String? = nil, question: String? = nil
    ) {
        self.benchmark = benchmark
        self.kind = kind
        self.choices = choices
        self.answer = answer
        self.answerType = answerType
        self.precision = precision
        self.unit = unit
        self.question = question
    }
}

/// What a reading finds in an answer.
public struct Judgement: Sendable, Equatable, Codable {
    /// The answer as it was understood: a letter, a number, an expression, `Yes`; nil if none was found.
    public var extracted: String?
    /// Whether it is right.
    public var isCorrect: Bool

    /// What a reading finds in an answer.
    public init(extracted: String?, isCorrect: Bool) { (self.extracted, self.isCorrect) = (extracted, isCorrect) }
}

/// A way to read answers.
public protocol AnswerReading: Sendable {
    /// Reads an answer and compares it with the right one.
    /// - Parameters:
    ///   - prediction: the whole answer, as it was written.
    ///   - exercise: the question.
    /// - Returns: what was found.
    func judgement(on prediction: String, for exercise: Exercise) -> Judgement
}
