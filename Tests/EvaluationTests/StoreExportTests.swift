import ChatEndpoints
import Evaluation
import Foundation
import Scoring
import Testing

/// Tables for other programs: everything can be read back, whatever a model wrote.
@Suite struct StoreExportTests {
    /// Texts that break tables which are written carelessly.
    static let texts = [
        "plain", "with, comma", "with\ttab", "with \"quotes\"", "\"", "\"\"", "two\nlines", "old\rline", "both\r\nends",
        "",
        " spaces ", "漢字 é e\u{301} 🚤", "=1+1", "'", "a,b\t\"c\"\n\r\n,", "back\\slash \\n", "\u{2028}\u{FEFF}",
    ]

    private func store(_ folder: URL) throws -> EvaluationStore {
        let store = try EvaluationStore(folder, settings: [])
        for (number, text) in Self.texts.enumerated() {
            var question = Made.question(number, prompt: "Say \(text)")
            question.columns = [
                .init("index", String(number)), .init("question", text), .init("A", number % 2 == 0 ? nil : text),
                .init("image", "iVBORw0KGgo="), .init("category", "c"),
            ]
            if number == 3 { question.columns.append(.init("hint", text)) }
            try store.add([question])
            let key = Made.key(number)
            try store.add(Made.answer(key, text))
            try store.add([StoredVerdict(key, reading: "strict", Judgement(extracted: text, isCorrect: number < 3))])
        }
        try store.add(Made.answer(Made.key(2, sample: 1), "second"))
        try store.add([Made.question(99), Made.question(100)])
        try store.add(StoredAnswer(Made.key(99), .failed("too, \"big\""), seconds: 1))
        return store
    }

    private func text(_ url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }

    @Test func theTableOfCommasComesBack() async throws {
        try await withStoreFolder { folder in
            let file = folder.appendingPathComponent("answers.csv")
            #expect(try store(folder).exportCSV(to: file) == Self.texts.count + 2)
            let written = try text(file)
            #expect(written.hasSuffix("\r\n"))
            let table = rows(written, separator: 0x2C)
            let header = try #require(table.first)
            #expect(table.allSatisfy { $0.count == header.count } && table.count == Self.texts.count + 3)
            func column(_ name: String) throws -> [String] {
                let place = try #require(header.firstIndex(of: name))
                return table.dropFirst().map { $0[place] }
            }
            var texts = Self.texts
            texts.insert("second", at: 3)
            #expect(try column("text") == texts + [""])
            #expect(try Array(column("prompt").prefix(3)) == Self.texts.prefix(3).map { "Say \($0)" })
            #expect(try column("error").last == "too, \"big\"" && column("error")[0].isEmpty)
            #expect(try Array(column("correct_strict").prefix(5)) == ["true", "true", "true", "", "false"])
            #expect(try column("extracted_strict")[9] == Self.texts[8])
            #expect(
                try column("seed")[0] == "-4" && column("seconds")[0] == "0.5" && column("kind")[0] == "multiple_choice"
            )
        }
    }

    @Test func thePredictionTableHasTheQuestionsColumnsButNoPicture() async throws {
        try await withStoreFolder { folder in
            let file = folder.appendingPathComponent("predictions.tsv")
            #expect(try store(folder).exportPredictions(to: file, of: "MMStar") == Self.texts.count + 1)
            let table = rows(try text(file), separator: 0x09)
            #expect(table.first == ["index", "question", "A", "category", "hint", "C", "prediction"])
            #expect(table.dropFirst().dropLast().map { $0.last } == Self.texts)
            #expect(table.dropFirst().dropLast().map { $0[1] } == Self.texts)
            #expect(table[2][2] == Self.texts[1] && table[1][2].isEmpty && table[4][4] == Self.texts[3])
            #expect(table.last?.first == "99" && table.last?.last == "Failed to obtain answer via API.")
            #expect(
                try secondAnswers(folder, file) == [
                    ["index", "question", "A", "category", "hint", "C", "prediction"], ["2"],
                ])
        }
    }

    /// The header and the indices of the table of the second answers.
    private func secondAnswers(_ folder: URL, _ file: URL) throws -> [[String]] {
        try EvaluationStore(reading: folder).exportPredictions(to: file, of: "MMStar", sample: 1)
        let table = rows(try text(file), separator: 0x09)
        return [table[0], table.dropFirst().map { $0[0] }]
    }

    @Test func everyLineOfJSONHasEverything() async throws {
        try await withStoreFolder { folder in
            let file = folder.appendingPathComponent("answers.jsonl"), store = try store(folder)
            let key = Made.key(100)
            let reply = AnswerReply(
                text: "\0", finish: .length, attention: AttentionScores(paper: 19.5, reward: .nan),
                tokenScores: [1.5, -2])
            try store.add(StoredAnswer(key, .answered(reply), seconds: 3))
            #expect(try store.exportJSONL(to: file, of: "MMStar") == Self.texts.count + 3)
            let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            let objects = try lines.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(objects.count == Self.texts.count + 3)
            #expect(objects.filter { $0["sample"] as? Int == 0 }.prefix(17).map { $0["text"] as? String } == Self.texts)
            let last = try #require(objects.last)
            #expect(last["text"] as? String == "\0" && last["finish"] as? String == "length")
            #expect(last["token_scores"] as? [Double] == [1.5, -2] && last["index"] as? String == "100")
            #expect((last["attention"] as? [String: Any])?["paper"] as? Double == 19.5)
            #expect(last["pictures"] as? [String] == ["ab100"] && last["error"] == nil)
            #expect(((last["exercise"] as? [String: Any])?["answer"] as? String) == "B")
            let verdict = (objects[1]["verdicts"] as? [String: Any])?["strict"] as? [String: Any]
            #expect(verdict?["correct"] as? Bool == true && verdict?["extracted"] as? String == Self.texts[1])
        }
    }

    @Test func anExportThatFailsLeavesWhatWasThere() async throws {
        try await withStoreFolder { folder in
            let store = try store(folder)
            let file = folder.appendingPathComponent("taken")
            try FileManager.default.createDirectory(
                at: file.appendingPathComponent("inside"), withIntermediateDirectories: true)
            let error = #expect(throws: StoreError.self) { try store.exportCSV(to: file) }
            #expect(error?.localizedDescription.hasPrefix("\(file.path) cannot be written: ") == true)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!names.contains { $0.hasSuffix(".tmp") } && names.contains("taken"), "\(names)")
        }
    }
}
