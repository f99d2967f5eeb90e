import Foundation
import Samples
import Scoring

/// What becomes of a row.
enum RowFate {
    /// It is a question of the set.
    case question
    /// It has no picture.
    case noPicture
    /// It is of another version of the benchmark.
    case otherVersion
}

/// Makes questions of the rows of a file.
protocol QuestionReader: Sendable {
    /// Whether a row is a question of the set.
    func fate(of row: BenchmarkRow) -> RowFate

    /// The question of a row.
    /// - Throws: ``BenchmarkError/content(_:)`` that names the column.
    func question(_ row: BenchmarkRow) throws -> BenchmarkQuestion
}

/// What the spellings of a benchmark have in common.
enum QuestionParts {
    /// What options are called.
    static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)

    /// Options with their letters.
    static func choices(_ texts: [String]) throws -> [Exercise.Choice] {
        guard texts.count <= letters.count else {
            throw BenchmarkError.content("There are \(texts.count) options, more than letters")
        }
        return zip(letters, texts).map { Exercise.Choice(letter: $0, text: $1) }
    }

    static func isVisionOnly(_ version: String) -> Bool {
        version.lowercased().filter { $0.isLetter } == "visiononly"
    }

    /// A question of MathVista; `option` is the letter of the right answer where the file says it.
    static func mathVista(
        _ row: BenchmarkRow, _ question: String, answer: String, option: String?
    ) throws -> Exercise {
        let type = try row.text("answer_type").map { text in
            guard let type = Exercise.AnswerType(rawValue: text) else {
                throw BenchmarkError.content("Column 'answer_type' is '\(text)', not integer, float, list or text")
            }
            return type
        }
        guard try row.needed("question_type") == "multi_choice" else {
            return Exercise(
                .mathVista, .freeForm, answer: answer, answerType: type, precision: try precision(row),
                unit: try row.text("unit"), question: question)
        }
        let choices = try choices(row.list("choices"))
        guard let letter = option ?? choices.first(where: { $0.text == answer })?.letter else {
            throw BenchmarkError.content("The answer '\(answer.prefix(40))' is none of the choices")
        }
        return Exercise(
            .mathVista, .multipleChoice, choices: choices, answer: letter, answerType: type,
            unit: try row.text("unit"), question: question)
    }

    /// The decimals that are asked for, which files hold as 1.0.
    private static func precision(_ row: BenchmarkRow) throws -> Int? {
        try row.text("precision").map { text in
            guard let number = Double(text), let whole = Int(exactly: number) else {
                throw BenchmarkError.content("Column 'precision' is '\(text.prefix(40))', not a whole number")
            }
            return whole
        }
    }

    /// A question of MathVerse, whose options stand in the picture.
    static func mathVerse(_ row: BenchmarkRow, _ question: String, answer: String) throws -> Exercise {
        let type = try row.text("question_type")
        let isLetter = letters.prefix(6).contains(answer)
        let isChoice = type.map { $0.lowercased().hasPrefix("multi") } ?? isLetter
        return Exercise(.mathVerse, isChoice ? .multipleChoice : .freeForm, answer: answer, question: question)
    }

    /// A question of the microworld; `answer` is the letter of an option or the answer in words.
    static func microworld(_ question: String, options: [String], answer: String) -> Exercise {
        let choices = zip(letters, options).map { Exercise.Choice(letter: $0, text: $1) }
        let isYesOrNo = choices.isEmpty && ["yes", "no"].contains(answer)
        return Exercise(
            .microworld, isYesOrNo ? .yesNo : choices.isEmpty ? .freeForm : .multipleChoice, choices: choices,
            answer: isYesOrNo ? answer.capitalized : answer, question: question)
    }

    /// HallusionBench's answers: `Yes` and `No`, or 1 and 0.
    static func yesOrNo(_ answer: String) throws -> String {
        switch answer.lowercased() {
        case "yes", "1": return "Yes"
        case "no", "0": return "No"
        default: throw BenchmarkError.content("The answer is '\(answer.prefix(40))', neither yes nor no")
        }
    }

    /// What a row says of a question beside its parts, by VLMEvalKit's names.
    static func metadata(_ row: BenchmarkRow, without own: Set<String>) -> [String: String] {
        var metadata: [String: String] = [:]
        for (column, value) in row.fields where !own.contains(column) {
            // What is no dictionary stays the text it is.
            let members = ["metadata", "meta_info"].contains(column) ? (try? row.members(column)) ?? [:] : [:]
            for (key, value) in members { metadata[name(key)] = words(value) }
            if members.isEmpty { metadata[name(column)] = words(value) }
        }
        if let skills = metadata["skills"], case .list(let items) = PythonLiteral(skills) {
            metadata["skills"] = items.compactMap(\.plain).joined(separator: ", ")
        }
        return metadata
    }

    private static func name(_ column: String) -> String {
        ["l2_category": "l2-category", "subcategory": "l2-category"][column] ?? column
    }

    private static func words(_ value: FieldValue) -> String? {
        value.plainText ?? value.list?.compactMap(\.plainText).joined(separator: ", ")
    }
}
