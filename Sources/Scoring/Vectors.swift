import Foundation

/// A file of answers of which it is known how they should be read: one JSON object a line.
///
///     {"benchmark": "mmstar", "kind": "multiple_choice", "prediction": "B.", "choices": {"A": "a boat", "B": "a tent"},
///      "answer": "B", "expected_extracted": "B", "expected_correct": true}
public struct ScoringVectors: Sendable {
    /// An answer with its question, and what a reading should make of it.
    public struct Vector: Sendable {
        /// Where it stands in the file, counted from 1.
        public var line: Int
        /// What of the question decides whether an answer is right.
        public var exercise: Exercise
        /// The whole answer, as it was written.
        public var prediction: String
        /// What should be understood; nil if nothing should, and if nothing is said about it.
        public var expectedExtracted: String?
        /// Whether it is said what should be understood.
        public var judgesExtraction: Bool
        /// Whether the answer should be right.
        public var expectedCorrect: Bool
        /// What the case is about.
        public var note: String?
    }

    /// Where a reading finds something else.
    public struct Disagreement: Sendable, Encodable {
        /// Where the vector stands in the file, counted from 1.
        public var line: Int
        /// The set of the question, as ``Benchmark`` spells it.
        public var benchmark: String
        /// The whole answer, as it was written.
        public var prediction: String
        /// The right answer: of multiple choice the letter.
        public var answer: String
        /// What should be understood.
        public var expectedExtracted: String?
        /// What was understood.
        public var extracted: String?
        /// Whether the answer should be right.
        public var expectedCorrect: Bool
        /// Whether it was found to be.
        public var correct: Bool
        /// What the case is about.
        public var note: String?

        private enum CodingKeys: String, CodingKey {
            case line, benchmark, prediction, answer, extracted, correct, note
            case expectedExtracted = "expected_extracted"
            case expectedCorrect = "expected_correct"
        }
    }

    /// What came of all of them.
    public struct Outcome: Sendable, Encodable {
        /// How many vectors the file has.
        public var total: Int
        /// Those on which the reading agrees.
        public var agree: Int
        /// Those on which it finds something else, in the order of the file.
        public var disagree: [Disagreement]
    }

    /// The vectors in their order.
    public let vectors: [Vector]

    /// Reads a file.
    /// - Parameter url: lines of JSON; empty ones are passed over.
    /// - Throws: ``ScoringError`` that names the line.
    public init(contentsOf url: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw ScoringError.file(path: url.path, problem: "it cannot be read")
        }
        vectors = try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .compactMap { index, line in
                guard !line.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) else { return nil }
                return try Self.vector(Data(line), line: index + 1, path: url.path)
            }
        guard !vectors.isEmpty else { throw ScoringError.file(path: url.path, problem: "it has no vectors") }
    }

    private static func vector(_ data: Data, line: Int, path: String) throws -> Vector {
        func refuse(_ problem: String) -> ScoringError { .file(path: path, problem: "line \(line) \(problem)") }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw refuse("is not a JSON object")
        }
        func text(_ key: String) throws -> String {
            switch object[key] {
            case let text as String: return text
            case let number as NSNumber: return number.stringValue
            default: throw refuse("has no '\(key)'")
            }
        }
        let (benchmark, kind) = (try text("benchmark"), try text("kind"))
        guard let known = Benchmark(rawValue: benchmark) else {
            throw refuse("is of a benchmark '\(benchmark)' that is not known")
        }
        guard let form = Exercise.Kind(rawValue: kind) else {
            throw refuse("has a 'kind' that is not known, '\(kind)'")
        }
        guard let isCorrect = object["expected_correct"] as? Bool else { throw refuse("has no 'expected_correct'") }
        var choices: [Exercise.Choice] = []
        switch object["choices"] {
        case nil, is NSNull: break
        case let named as [String: Any]:
            choices = named.sorted { $0.key < $1.key }.map { .init(letter: $0.key, text: Self.words($0.value)) }
        case let list as [Any]:
            choices = zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", list).map { .init(letter: String($0), text: Self.words($1)) }
        default: throw refuse("has 'choices' that are no object")
        }
        let exercise = Exercise(
            known, form, choices: choices, answer: try text("answer"),
            answerType: (object["answer_type"] as? String).flatMap(Exercise.AnswerType.init),
            precision: (object["precision"] as? NSNumber)?.intValue, unit: object["unit"] as? String,
            question: object["question"] as? String)
        return Vector(
            line: line, exercise: exercise, prediction: try text("prediction"),
            expectedExtracted: object["expected_extracted"].flatMap { $0 is NSNull ? nil : Self.words($0) },
            judgesExtraction: object["expected_extracted"] != nil, expectedCorrect: isCorrect,
            note: object["note"] as? String)
    }

    private static func words(_ value: Any) -> String {
        value as? String ?? (value as? NSNumber)?.stringValue ?? "\(value)"
    }

    /// Reads all answers.
    /// - Parameter reading: how.
    /// - Returns: where it agrees and where not.
    public func outcome(of reading: some AnswerReading) -> Outcome {
        let disagree = vectors.compactMap { vector -> Disagreement? in
            let found = reading.judgement(on: vector.prediction, for: vector.exercise)
            let isSame = !vector.judgesExtraction || Self.isSame(found.extracted, vector.expectedExtracted)
            guard found.isCorrect != vector.expectedCorrect || !isSame else { return nil }
            return Disagreement(
                line: vector.line, benchmark: vector.exercise.benchmark.rawValue, prediction: vector.prediction,
                answer: vector.exercise.answer, expectedExtracted: vector.expectedExtracted, extracted: found.extracted,
                expectedCorrect: vector.expectedCorrect, correct: found.isCorrect, note: vector.note)
        }
        return Outcome(total: vectors.count, agree: vectors.count - disagree.count, disagree: disagree)
    }

    /// Code point by code point: Swift takes other spellings of a letter for the same.
    private static func isSame(_ first: String?, _ second: String?) -> Bool {
        first.map { Array($0.unicodeScalars) } == second.map { Array($0.unicodeScalars) }
    }
}

/// Why answers cannot be scored.
public enum ScoringError: Error, LocalizedError, Equatable {
    /// A file that is not as it should be.
    case file(path: String, problem: String)

    /// What went wrong.
    public var errorDescription: String? {
        switch self {
        case .file(let path, let problem): "\(path): \(problem)"
        }
    }
}
