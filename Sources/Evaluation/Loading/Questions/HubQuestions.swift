import Foundation
import Samples
import Scoring

/// Rows of the Parquet releases of the Hugging Face Hub to questions.
struct HubQuestions: QuestionReader {
    let set: BenchmarkSet
    let pictures: PictureCells

    /// Which columns are parts of the question and not said about it.
    private static let ownColumns: Set<String> = Set(
        ["pid", "id", "index", "question", "answer", "hint", "image", "decoded_image", "choices", "options", "query"]
            + ["query_wo", "query_cot", "gt_answer"] + (1...7).map { "image_\($0)" })

    private var pictureColumn: String {
        switch set {
        case .mathVista, .mathVision: "decoded_image"
        case .mmmu, .mmmuPro: "image_1"
        default: "image"
        }
    }

    func fate(of row: BenchmarkRow) -> RowFate {
        if case .text(let version)? = row.fields["problem_version"], !QuestionParts.isVisionOnly(version) {
            return .otherVersion
        }
        return PictureCells.isMissing(row.fields[pictureColumn]) ? .noPicture : .question
    }

    func question(_ row: BenchmarkRow) throws -> BenchmarkQuestion {
        let found = try foundPictures(row)
        let draft = try draft(row)
        var metadata = QuestionParts.metadata(row, without: Self.ownColumns)
        metadata.merge(draft.metadata) { $1 }
        return BenchmarkQuestion(
            set: set, index: draft.index, number: row.number, place: row.place, exercise: draft.exercise,
            pictures: found, question: draft.question, questionForReasoning: draft.questionForReasoning,
            options: [.mathVista, .mathVision].contains(set) ? [] : draft.exercise.choices, metadata: metadata,
            clusterKey: PictureCells.key(found))
    }

    private func foundPictures(_ row: BenchmarkRow) throws -> [PictureReference] {
        guard [.mmmu, .mmmuPro].contains(set) else {
            guard let value = row.fields[pictureColumn] else { return [] }
            return try pictures.pictures(value)
        }
        let values = (1...7).map { row.fields["image_\($0)"] }
        let last = values.lastIndex { !PictureCells.isMissing($0) } ?? 0
        return try values[...last].enumerated().map { place, value in
            guard let value, !PictureCells.isMissing(value) else {
                throw BenchmarkError.content("Column 'image_\(place + 1)' is missing and a later one is not")
            }
            return try pictures.picture(value, number: place + 1)
        }
    }

    /// What of a question each set spells in its own way.
    private struct Draft {
        var index: String
        var question: String
        var questionForReasoning: String?
        var exercise: Exercise
        var metadata: [String: String] = [:]
    }

    private func draft(_ row: BenchmarkRow) throws -> Draft {
        switch set {
        case .mathVista:
            // The query is the question with its hint and choices, as VLMEvalKit's table has it.
            let question = try row.text("query") ?? row.needed("question")
            let exercise = try QuestionParts.mathVista(
                row, question, answer: try row.needed("answer"), option: nil)
            return Draft(index: try row.needed("pid"), question: question, exercise: exercise)
        case .mathVision: return try mathVision(row)
        case .mathVerse:
            let plain = try row.text("question") ?? ""
            let question = plain.isEmpty ? try row.needed("query_wo") : plain
            let exercise = try QuestionParts.mathVerse(row, question, answer: try row.needed("answer"))
            return Draft(
                index: try row.needed("sample_index"), question: question,
                questionForReasoning: try row.text("query_cot"), exercise: exercise)
        case .mmmu, .mmmuPro, .mmmuProVision: return try mmmu(row)
        case .mmStar: return try mmStar(row)
        case .hallusionBench, .microworld: return try hallusionBench(row)
        }
    }

    /// Options are put below the question unless they are no more than letters, which then stand in the picture.
    private func mathVision(_ row: BenchmarkRow) throws -> Draft {
        let (plain, choices) = (try row.needed("question"), try QuestionParts.choices(row.list("options")))
        let isBare = choices.allSatisfy { $0.text == $0.letter }
        let lines = choices.map { "(\($0.letter)) \($0.text)" }
        let question = isBare ? plain : ([plain, "Choices:"] + lines).joined(separator: "\n")
        let exercise = Exercise(
            .mathVision, choices.isEmpty ? .freeForm : .multipleChoice, choices: choices,
            answer: try row.needed("answer"), question: question)
        let subject = try row.text("subject")
        return Draft(
            index: try row.needed("id"), question: question, exercise: exercise,
            metadata: subject.map { ["category": $0] } ?? [:])
    }

    private func mmmu(_ row: BenchmarkRow) throws -> Draft {
        let (index, question) = (try row.needed("id"), try row.text("question") ?? "")
        let options = try QuestionParts.choices(row.list("options"))
        let isOpen = try options.isEmpty || row.text("question_type") == "open"
        let exercise = Exercise(
            set.benchmark, isOpen ? .freeForm : .multipleChoice, choices: isOpen ? [] : options,
            answer: try row.needed("answer"), question: question.isEmpty ? nil : question)
        var metadata: [String: String] = [:]
        // An identifier is `validation_Art_Theory_12`.
        let parts = index.split(separator: "_").map(String.init)
        if let subject = try row.text("subject")
            ?? (parts.count > 2 ? parts[1..<(parts.count - 1)].joined(separator: "_") : nil)
        {
            metadata["category"] = subject
            metadata["l2-category"] = Self.discipline(of: subject)
        }
        if set == .mmmu, let split = parts.first, ["dev", "validation", "test"].contains(split) {
            metadata["split"] = split
        }
        return Draft(index: index, question: question, exercise: exercise, metadata: metadata)
    }

    /// The options stand in the text, as `Options: A: red, B: blue`; they are taken out of it as in VLMEvalKit's table.
    private func mmStar(_ row: BenchmarkRow) throws -> Draft {
        let text = try row.needed("question")
        let (question, options) = OptionsInText.split(text) ?? (text, [])
        let exercise = Exercise(
            .mmStar, .multipleChoice, choices: try QuestionParts.choices(options), answer: try row.needed("answer"),
            question: question)
        return Draft(index: try row.needed("index"), question: question, exercise: exercise)
    }

    /// The index is made as VLMEvalKit's, in which set, figure and question are the fourth to sixth part.
    private func hallusionBench(_ row: BenchmarkRow) throws -> Draft {
        let question = try row.needed("question")
        let parts = try ["category", "subcategory", "set_id", "figure_id", "question_id"].map { try row.needed($0) }
        let exercise = Exercise(
            .hallusionBench, .yesNo, answer: try QuestionParts.yesOrNo(row.needed("gt_answer")), question: question)
        return Draft(
            index: "hallusion_" + parts.joined(separator: "_"), question: question, exercise: exercise,
            metadata: ["answer_details": try row.text("gt_answer_details") ?? ""].filter { !$0.value.isEmpty })
    }

    /// MMMU's disciplines and their subjects.
    private static let disciplines = [
        "Art & Design": ["Art", "Art_Theory", "Design", "Music"],
        "Business": ["Accounting", "Economics", "Finance", "Manage", "Marketing"],
        "Science": ["Biology", "Chemistry", "Geography", "Math", "Physics"],
        "Health & Medicine": [
            "Basic_Medical_Science", "Clinical_Medicine", "Diagnostics_and_Laboratory_Medicine", "Pharmacy",
            "Public_Health",
        ],
        "Humanities & Social Science": ["History", "Literature", "Psychology", "Sociology"],
        "Tech & Engineering": [
            "Agriculture", "Architecture_and_Engineering", "Computer_Science", "Electronics", "Energy_and_Power",
            "Materials", "Mechanical_Engineering",
        ],
    ]

    private static func discipline(of subject: String) -> String? {
        disciplines.first { $0.value.contains(subject) }?.key
    }
}
