import Evaluation
import Foundation
import GRDB
import Testing

/// Files that are not what they should be end in one sentence.
@Suite struct StoreDamageTests {
    private func file(_ folder: URL) -> URL { folder.appendingPathComponent(EvaluationStore.fileName) }

    /// Opens a folder that cannot be used, to write and to read.
    private func problems(_ folder: URL) -> [StoreError?] {
        [
            #expect(throws: StoreError.self) { try EvaluationStore(folder, settings: Made.settings) },
            #expect(throws: StoreError.self) { try EvaluationStore(reading: folder) },
        ]
    }

    private func expectSentence(_ error: StoreError?, _ part: String, _ location: SourceLocation = #_sourceLocation) {
        let text = error?.localizedDescription ?? ""
        #expect(text.contains(part) && !text.contains("\n") && text.hasSuffix("."), "\(text)", sourceLocation: location)
    }

    @Test func whatIsNoDatabaseIsNamed() async throws {
        try await withStoreFolder { folder in
            try Data("not a database, though long enough to be one".utf8).write(to: file(folder))
            for error in problems(folder) {
                expectSentence(error, "evaluation.sqlite is damaged (file is not a database)")
            }
            #expect(
                try String(contentsOf: file(folder), encoding: .utf8).hasPrefix("not a database"),
                "nothing is written over it")
        }
    }

    @Test func bytesThatWereOverwrittenAreFound() async throws {
        try await withStoreFolder { folder in
            let store = try Made.store(folder, questions: 400)
            for number in 0..<400 { try store.add(Made.answer(Made.key(number), String(repeating: "x", count: 300))) }
            try store.close()
            let whole = try Data(contentsOf: file(folder))
            var broken = whole
            for place in stride(from: 3 * 4096, to: broken.count - 4096, by: 4096) {
                broken.replaceSubrange(place..<place + 64, with: Data(repeating: 0xA5, count: 64))
            }
            try broken.write(to: file(folder))
            for error in problems(folder) { expectSentence(error, "evaluation.sqlite is damaged (") }
            try whole.prefix(whole.count / 2).write(to: file(folder))
            for error in problems(folder) { expectSentence(error, "evaluation.sqlite is damaged (") }
            try whole.write(to: file(folder))
            #expect(try EvaluationStore(reading: folder).counts().answered == 400)
        }
    }

    @Test func theDatabaseOfAnotherProgramIsLeftAlone() async throws {
        try await withStoreFolder { folder in
            try await DatabaseQueue(path: file(folder).path).write {
                try $0.execute(sql: "CREATE TABLE answers (text TEXT)")
            }
            for error in problems(folder) {
                expectSentence(error, "is the database of another program; give another --output")
            }
        }
    }

    @Test func aDatabaseOfALaterVersionIsLeftAlone() async throws {
        try await withStoreFolder { folder in
            try Made.store(folder, questions: 1).close()
            try await DatabaseQueue(path: file(folder).path).write {
                try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2')")
            }
            for error in problems(folder) { expectSentence(error, "is of a later version of avar") }
        }
    }

    @Test func anEmptyFileIsBegunAnew() async throws {
        try await withStoreFolder { folder in
            try Data().write(to: file(folder))
            let error = #expect(throws: StoreError.self) { try EvaluationStore(reading: folder) }
            expectSentence(error, "is empty")
            try Made.store(folder, questions: 1).close()
        }
    }

    @Test func aFolderThatCannotBeMadeIsNamed() async throws {
        try await withStoreFolder { folder in
            let place = folder.appendingPathComponent("file")
            try Data().write(to: place)
            let error = #expect(throws: StoreError.self) {
                try EvaluationStore(place.appendingPathComponent("run"), settings: [])
            }
            expectSentence(error, "cannot be made")
        }
    }
}
