import ChatEndpoints
import Evaluation
import Foundation
import Scoring

/// A folder that is removed afterwards.
func withStoreFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// Made-up questions, answers and settings.
enum Made {
    static let settings = [RunSetting("model", "tiny"), RunSetting("temperature", "0")]

    static func key(_ number: Int, sample: Int = 0, set: String = "MMStar") -> AnswerKey {
        AnswerKey(QuestionKey(benchmark: set, index: String(number)), sample: sample)
    }

    static func question(_ number: Int, set: String = "MMStar", prompt: String? = nil) -> StoredQuestion {
        StoredQuestion(
            key: QuestionKey(benchmark: set, index: String(number)), prompt: prompt ?? "Question \(number)?",
            pictures: ["ab\(number)"],
            exercise: Exercise(
                .mmStar, .multipleChoice,
                choices: [.init(letter: "A", text: "a boat"), .init(letter: "B", text: "a tent")], answer: "B"),
            columns: [.init("index", String(number)), .init("question", "Question \(number)?"), .init("C", nil)])
    }

    static func answer(_ key: AnswerKey, _ text: String = "B", finish: FinishReason = .stop) -> StoredAnswer {
        StoredAnswer(
            key, .answered(AnswerReply(text: text, finish: finish, promptTokens: 10, newTokens: 3)), seconds: 0.5,
            seed: -4)
    }

    /// A store of questions 0 up to a number.
    static func store(_ folder: URL, questions: Int) throws -> EvaluationStore {
        let store = try EvaluationStore(folder, settings: settings)
        try store.add((0..<questions).map { question($0) })
        return store
    }
}

/// Rows of delimited text, read independently of how they are written: quotes may stand round a field and double inside it.
func rows(_ text: String, separator: UInt8) -> [[String]] {
    var rows: [[String]] = [], row: [String] = [], field: [UInt8] = []
    var isQuoted = false
    let bytes = Array(text.utf8)
    var place = 0
    func endField() {
        row.append(String(decoding: field, as: UTF8.self))
        field = []
    }
    while place < bytes.count {
        let byte = bytes[place]
        if isQuoted {
            if byte != 0x22 {
                field.append(byte)
            } else if place + 1 < bytes.count, bytes[place + 1] == 0x22 {
                field.append(0x22)
                place += 1
            } else {
                isQuoted = false
            }
        } else if byte == 0x22, field.isEmpty {
            isQuoted = true
        } else if byte == separator {
            endField()
        } else if byte == 0x0A || byte == 0x0D {
            if byte == 0x0D, place + 1 < bytes.count, bytes[place + 1] == 0x0A { place += 1 }
            endField()
            rows.append(row)
            row = []
        } else {
            field.append(byte)
        }
        place += 1
    }
    return rows
}
