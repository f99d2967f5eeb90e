import ChatEndpoints
import DurableFiles
import Foundation
import Scoring

extension EvaluationStore {
    /// What VLMEvalKit writes where a model gave no answer; its rules know the text.
    public static let failedPrediction = "Failed to obtain answer via API."

    /// Writes everything that is stored of answers, a line of JSON for each.
    ///
    /// The file is written beside its place and takes it when it is whole, as every export.
    /// - Parameters:
    ///   - file: where to.
    ///   - benchmark: the name of a set; nil for all.
    /// - Returns: how many lines were written.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func exportJSONL(to file: URL, of benchmark: String? = nil) throws -> Int {
        var count = 0
        let output = try OutputFile(file, .taken, failure: StoreError.init)
        try forEachItem(of: benchmark) { item in
            try output.write(StoredJSON.text(ExportedItem(item)) + "\n")
            count += 1
        }
        try output.finish()
        return count
    }

    /// Writes a table of answers and verdicts as CSV (RFC 4180, UTF-8): one row for each answer, and one column for what each
    /// reading extracted and one for whether that is right.
    /// - Parameters:
    ///   - file: where to.
    ///   - benchmark: the name of a set; nil for all.
    /// - Returns: how many rows were written, without the header.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func exportCSV(to file: URL, of benchmark: String? = nil) throws -> Int {
        var readings: Set<String> = []
        try forEachItem(of: benchmark) { readings.formUnion($0.verdicts.map(\.reading)) }
        let names = readings.sorted(), text = DelimitedText.csv
        let output = try OutputFile(file, .taken, failure: StoreError.init)
        var header = [
            "benchmark", "index", "sample", "kind", "answer", "prompt", "pictures", "text", "finish", "prompt_tokens",
            "new_tokens", "seconds", "seed", "vas_paper", "vas_pooled", "vas_reward", "vas_geometric", "visual_share",
            "system_share", "error",
        ]
        for name in names { header += ["extracted_\(name)", "correct_\(name)"] }
        try output.write(text.row(header))
        var count = 0
        try forEachItem(of: benchmark) { item in
            try output.write(text.row(Self.fields(of: item, readings: names)))
            count += 1
        }
        try output.finish()
        return count
    }

    /// Writes the table that VLMEvalKit reads as a model's predictions: TSV with the columns of the questions, but no pictures, and
    /// `prediction`.
    ///
    /// A question that could not be answered has the kit's own words for that as its prediction. Questions that were not asked yet
    /// are left out. The kit reads a prediction that is empty, or exactly `nan`, `None`, `NA` and the like, as a missing cell,
    /// however it is quoted.
    /// - Parameters:
    ///   - file: where to.
    ///   - benchmark: the name of the set.
    ///   - sample: which of the answers to each question.
    /// - Returns: how many rows were written, without the header.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func exportPredictions(to file: URL, of benchmark: String, sample: Int = 0) throws -> Int {
        let left: Set = ["image", "prediction"]
        let names = try columnNames(of: benchmark).filter { !left.contains($0) }
        let hasIndex = names.contains("index"), text = DelimitedText.tsv
        let output = try OutputFile(file, .taken, failure: StoreError.init)
        try output.write(text.row((hasIndex ? [] : ["index"]) + names + ["prediction"]))
        var count = 0
        try forEachItem(of: benchmark) { item in
            guard item.answer.key.sample == sample else { return }
            let values = Dictionary(
                item.question.columns.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            var fields: [String?] = hasIndex ? [] : [item.question.key.index]
            fields += names.map { values[$0] ?? nil }
            fields.append(item.answer.reply?.text ?? Self.failedPrediction)
            try output.write(text.row(fields))
            count += 1
        }
        try output.finish()
        return count
    }

    private static func fields(of item: StoredItem, readings: [String]) -> [String?] {
        let (question, answer, reply) = (item.question, item.answer, item.answer.reply)
        var error: String?
        if case .failed(let reason) = answer.outcome { error = reason }
        let attention = reply?.attention
        var fields: [String?] = [
            question.key.benchmark, question.key.index, String(answer.key.sample), question.exercise.kind.rawValue,
            question.exercise.answer, question.prompt, question.pictures.joined(separator: " "), reply?.text,
            reply?.finish.word, reply?.promptTokens.map { String($0) }, reply?.newTokens.map { String($0) },
            String(answer.seconds), answer.seed.map { String($0) },
        ]
        fields += [
            attention?.paper, attention?.pooled, attention?.reward, attention?.geometric, attention?.visualShare,
            attention?.systemShare,
        ].map { number in number.map { String($0) } }
        fields.append(error)
        for reading in readings {
            let judgement = item.verdicts.first { $0.reading == reading }?.judgement
            fields += [judgement?.extracted, judgement.map { $0.isCorrect ? "true" : "false" }]
        }
        return fields
    }
}

/// A line of the JSON export.
private struct ExportedItem: Encodable {
    struct Verdict: Encodable {
        let extracted: String?
        let correct: Bool
    }

    let benchmark: String
    let index: String
    let sample: Int
    let prompt: String
    let pictures: [String]
    let exercise: Exercise
    let columns: [StoredQuestion.Column]
    let text: String?
    let finish: String?
    let promptTokens: Int?
    let newTokens: Int?
    let seconds: Double
    let seed: Int64?
    let attention: AttentionScores?
    let tokenScores: [Float]?
    let error: String?
    let verdicts: [String: Verdict]

    init(_ item: StoredItem) {
        let (question, answer, reply) = (item.question, item.answer, item.answer.reply)
        (benchmark, index, sample) = (question.key.benchmark, question.key.index, answer.key.sample)
        (prompt, pictures, exercise) = (question.prompt, question.pictures, question.exercise)
        columns = question.columns
        (text, finish) = (reply?.text, reply?.finish.word)
        (promptTokens, newTokens) = (reply?.promptTokens, reply?.newTokens)
        (seconds, seed) = (answer.seconds, answer.seed)
        (attention, tokenScores) = (reply?.attention, reply?.tokenScores)
        if case .failed(let reason) = answer.outcome { error = reason } else { error = nil }
        verdicts = Dictionary(
            item.verdicts.map {
                ($0.reading, Verdict(extracted: $0.judgement.extracted, correct: $0.judgement.isCorrect))
            }, uniquingKeysWith: { first, _ in first })
    }

    private enum CodingKeys: String, CodingKey {
        case benchmark, index, sample, prompt, pictures, exercise, columns, text, finish, seconds, seed, attention
        case error, verdicts
        case promptTokens = "prompt_tokens"
        case newTokens = "new_tokens"
        case tokenScores = "token_scores"
    }
}
