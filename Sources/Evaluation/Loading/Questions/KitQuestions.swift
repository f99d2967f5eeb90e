import Foundation
import Samples
import Scoring

/// Rows of VLMEvalKit's tables to questions.
struct KitQuestions: QuestionReader {
    let set: BenchmarkSet
    let pictures: PictureCells
    let hasImageColumn: Bool

    /// Which columns are parts of the question and not said about it.
    private static let ownColumns: Set<String> = Set(
        ["index", "question", "answer", "hint", "image", "image_path", "choices", "answer_option", "query_cot"]
            + QuestionParts.letters)

    func fate(of row: BenchmarkRow) -> RowFate {
        if case .text(let version)? = row.fields["problem_version"], set == .mathVerse,
            !QuestionParts.isVisionOnly(version)
        {
            return .otherVersion
        }
        let isMissing = row.fields["image"] == nil && (hasImageColumn || row.fields["image_path"] == nil)
        return isMissing ? .noPicture : .question
    }

    func question(_ row: BenchmarkRow) throws -> BenchmarkQuestion {
        let found = try pictures.pictures(row)
        var metadata = QuestionParts.metadata(row, without: Self.ownColumns)
        let index = try row.needed("index")
        if set == .hallusionBench { metadata.merge(figure(index)) { own, _ in own } }
        // Of MMMU-Pro's pictures with the question in them some tables hold a text that stands for it.
        let question = set == .mmmuProVision ? "" : try row.needed("question")
        return BenchmarkQuestion(
            set: set, index: index, number: row.number, place: row.place, exercise: try exercise(row, question),
            pictures: found, question: question, questionForReasoning: try row.text("query_cot"),
            options: try options(row), hint: try row.text("hint"), metadata: metadata,
            clusterKey: PictureCells.key(found),
            fileColumns: BenchmarkQuestion.columns(of: row, in: pictures.table))
    }

    /// The options that have columns of their own.
    private func options(_ row: BenchmarkRow) throws -> [Exercise.Choice] {
        try QuestionParts.letters.compactMap { letter in
            try row.text(letter).map { Exercise.Choice(letter: letter, text: $0) }
        }
    }

    private func exercise(_ row: BenchmarkRow, _ question: String) throws -> Exercise {
        let answer = try row.needed("answer")
        switch set {
        case .mathVista:
            return try QuestionParts.mathVista(row, question, answer: answer, option: row.text("answer_option"))
        case .mathVision:
            let choices = try QuestionParts.choices(row.list("choices"))
            return Exercise(
                .mathVision, choices.isEmpty ? .freeForm : .multipleChoice, choices: choices, answer: answer,
                question: question)
        case .mathVerse: return try QuestionParts.mathVerse(row, question, answer: answer)
        case .hallusionBench:
            return Exercise(.hallusionBench, .yesNo, answer: try QuestionParts.yesOrNo(answer), question: question)
        case .mmmu, .mmmuPro, .mmmuProVision, .mmStar, .microworld:
            let choices = try options(row)
            // Without an option A a question is open, whatever other options there are.
            let isOpen = choices.first?.letter != "A"
            if isOpen, set == .microworld { return QuestionParts.microworld(question, options: [], answer: answer) }
            return Exercise(
                set.benchmark, isOpen ? .freeForm : .multipleChoice, choices: isOpen ? [] : choices, answer: answer,
                question: question.isEmpty ? nil : question)
        }
    }

    /// Set, figure and question of HallusionBench, which are the fourth to sixth part of the index.
    private func figure(_ index: String) -> [String: String] {
        let parts = index.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 6 else { return [:] }
        return ["set_id": parts[3], "figure_id": parts[4], "question_id": parts[5]]
    }
}
