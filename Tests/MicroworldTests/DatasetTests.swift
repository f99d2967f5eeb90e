import Foundation
import Images
import Microworld
import Samples
import Testing

/// Data sets as files.
@Suite struct DatasetTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("microworld-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func files(_ folder: URL) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var files: [String: Data] = [:]
        for name in names where name.contains(".") {
            files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
        }
        return files
    }

    @Test func sameSeedSameBytes() throws {
        try withFolder { folder in
            let (a, b, c) = (
                folder.appendingPathComponent("a"), folder.appendingPathComponent("b"),
                folder.appendingPathComponent("c")
            )
            let writer = try DatasetWriter(QuestionSource(split: .test, seed: 3), count: 70)
            #expect(try writer.write(to: a))
            #expect(try writer.write(to: b))
            #expect(try files(a) == files(b) && files(a).count == 73)
            #expect(try DatasetWriter(QuestionSource(split: .test, seed: 4), count: 70).write(to: c))
            #expect(try files(a)["data.jsonl"] != files(c)["data.jsonl"])
            // There already: nothing is done. Of other settings: refused.
            #expect(try !writer.write(to: a))
            #expect(throws: MicroworldError.foreign(path: a.path, problem: "it holds one of other settings")) {
                try DatasetWriter(QuestionSource(split: .test, seed: 4), count: 70).write(to: a)
            }
        }
    }

    @Test func readBackAsSamplesAndRows() throws {
        try withFolder { folder in
            let source = QuestionSource(split: .hard, seed: 8)
            let output = folder.appendingPathComponent("out")
            try DatasetWriter(source, count: 140).write(to: output)
            let samples = try SampleFile(output.appendingPathComponent("data.jsonl")).entries().map { try $0.sample() }
            let table = try String(contentsOf: output.appendingPathComponent("data.tsv"), encoding: .utf8)
            let rows = table.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
            #expect(samples.count == 140 && rows.count == 141 && !table.contains("\""))
            #expect(rows[0] == ["index", "image", "question", "hint", "A", "B", "C", "D", "answer", "category"])
            for (index, sample) in samples.enumerated() {
                let question = source.question(index)
                let row = rows[index + 1].map(String.init)
                #expect(sample.id == question.id && row.count == 10 && row[0] == "\(index)")
                let picture = try #require(sample.pictures.first)
                #expect(
                    sample.turns == [
                        .init(role: .user, content: [.picture(picture), .text(question.prompt)]),
                        .init(role: .assistant, content: [.text(question.answer)]),
                    ])
                let bytes = try #require(Data(base64Encoded: row[1]))
                let image = try RGBImage(encoded: bytes, name: question.id)
                #expect(try image == picture.image() && image.width == 112)
                #expect(row[2] == question.text && row[3] == question.hint?.text ?? "")
                #expect(row[4...7].filter { !$0.isEmpty } == question.options && row[9] == question.family.rawValue)
                #expect(row[8] == question.answer)
                let letter = ["A", "B", "C", "D"].firstIndex(of: row[8])
                #expect(question.options.isEmpty ? letter == nil : row[4 + (letter ?? 9)] == question.answerText)
            }
        }
    }

    @Test func recordsSayAllThereIs() throws {
        try withFolder { folder in
            let source = QuestionSource(split: .train, seed: 8)
            let output = folder.appendingPathComponent("out")
            try DatasetWriter(source, count: 70).write(to: output)
            let lines = try String(contentsOf: output.appendingPathComponent("data.jsonl"), encoding: .utf8)
                .split(separator: "\n")
            for (index, line) in lines.enumerated() {
                let question = source.question(index)
                let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect(json["family"] as? String == question.family.rawValue)
                #expect(json["options"] as? [String] == question.options)
                #expect(json["hint"] as? String == question.hint?.text)
                #expect(json["hint_is_right"] as? Bool == question.hint?.isRight)
                let scene = try #require(json["scene"] as? [String: Any])
                #expect(Solver(scene: scene).answer(question.text) == json["answer_text"] as? String)
            }
        }
    }

    @Test func stoppedWorkLeavesNothing() throws {
        struct Stop: Error {}
        try withFolder { folder in
            let output = folder.appendingPathComponent("out")
            let stale = folder.appendingPathComponent("out.partial-999999999")
            try FileManager.default.createDirectory(at: stale, withIntermediateDirectories: true)
            let writer = try DatasetWriter(QuestionSource(split: .test), count: 20)
            var done = 0
            #expect(throws: Stop.self) {
                try writer.write(to: output) {
                    done += 1
                    if done == 10 { throw Stop() }
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        }
    }
}
