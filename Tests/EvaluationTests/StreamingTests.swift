import Evaluation
import Foundation
import Microworld
import Samples
import Synchronization
import Testing

/// What is read and when.
@Suite struct StreamingTests {
    @Test func theFirstRowsOfALargeTableAreReadWithoutTheRest() throws {
        let folder = try TemporaryFolder()
        let cell = String(repeating: "A", count: 100_000) + (try picture())
        var text = "index\timage\tquestion\tA\tanswer\tl2-category\n"
        for number in 0..<300 {
            // Every third row uses the picture of the row before it.
            let image = number % 3 == 2 ? "\(number - 1)" : number == 1 ? try picture() : cell
            text += "\(number)\t\(image)\t\"line\nbreak\"\ta\tA\tk\n"
        }
        let file = try BenchmarkFile(folder.write("MMStar.tsv", text))
        let questions = try Array(file.questions().prefix(100).map(\.kept))
        #expect(questions.count == 100)
        for (number, entry) in questions.enumerated().reversed() {
            #expect(try entry.question().index == "\(number)")
        }
        let read = try #require(file.bytesRead)
        #expect(read > 5_000_000)
        #expect(read < text.utf8.count / 3 + 1_000_000)
        // Whoever goes through it again gets the same.
        #expect(try file.questions().count { _ in true } == 300)
        #expect(file.bytesRead == text.utf8.count)
    }

    @Test func entriesThatAreKeptHoldNothingOfTheirRows() throws {
        let folder = try TemporaryFolder()
        let cell = String(repeating: "A", count: 4_000_000) + (try picture())
        let row = "\(cell)\tq\ta\tA\tk\n"
        let url = try folder.write("MMStar.tsv", "index\timage\tquestion\tA\tanswer\tl2-category\n")
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        for number in 0..<100 { try handle.write(contentsOf: Data("\(number)\t\(row)".utf8)) }
        try handle.close()
        let before = try residentBytes()
        let entries = try BenchmarkFile(url).entries().map(\.kept)
        let after = try residentBytes()
        #expect(entries.count == 100)
        // The rows are 400 MB.
        #expect(after - before < 100_000_000)
        #expect(try entries[77].sample().id == "77")
    }

    /// What of this process lies in memory.
    private func residentBytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (try #require(Int(pages[1]))) * sysconf(Int32(_SC_PAGESIZE))
    }

    @Test func rowsAreTheSameWhereverTheFileIsCutIntoPieces() throws {
        let folder = try TemporaryFolder()
        var text = "index\timage\tquestion\tA\tanswer\tl2-category\r\n"
        let cell = try picture()
        // 260 KB a row, so that pieces of 256 KiB end at another place of every row.
        let long = String(repeating: "\"\"\tx\r\n", count: 37_143)
        for number in 0..<40 { text += "\(number)\t\(cell)\t\"\(long)\(number)\"\ta\tA\tk\r\n" }
        let found = try BenchmarkFile(folder.write("MMStar.tsv", text)).all()
        #expect(found.map(\.index) == (0..<40).map(String.init))
        let plain = long.replacingOccurrences(of: "\"\"", with: "\"")
        #expect(found.enumerated().allSatisfy { $1.question == plain + "\($0)" })
    }

    @Test(arguments: [1, 2, 5])
    func resultsComeInOrderHoweverManyThreadsWork(_ threads: Int) throws {
        let working = Mutex(0)
        let most = Mutex(0)
        var waiting = Array(0..<50)[...]
        let results = OrderedPrefetch(threads: threads, ahead: 8) {
            waiting.popFirst()
        } make: { (number: Int) -> Int in
            let now = working.withLock { count in
                count += 1
                return count
            }
            most.withLock { $0 = max($0, now) }
            defer { working.withLock { $0 -= 1 } }
            usleep(UInt32(number % 7) * 1000)
            if number == 13 { throw CocoaError(.fileNoSuchFile) }
            return number * number
        }
        var found: [Int?] = []
        for result in results { found.append(try? result.get()) }
        #expect(found == (0..<50).map { $0 == 13 ? nil : $0 * $0 })
        #expect(results.next() == nil)
        #expect(most.withLock { $0 } <= threads)
        if threads == 5 { #expect(most.withLock { $0 } > 1) }
    }

    @Test func noMoreIsMadeThanWasAskedForAhead() throws {
        let made = Mutex(0)
        var number = 0
        let results = OrderedPrefetch(threads: 2, ahead: 4) {
            number += 1
            return number
        } make: { (number: Int) -> Int in
            made.withLock { $0 += 1 }
            return number
        }
        for expected in 1...10 { #expect(try results.next()?.get() == expected) }
        usleep(100_000)
        #expect(made.withLock { $0 } <= 14)
    }

    @Test func theMicroworldIsABenchmarkToo() throws {
        let source = QuestionSource(split: .test, seed: 3)
        let benchmark = try MicroworldBenchmark(source, count: 40)
        let found = try benchmark.questions().map { try $0.question() }
        #expect(found.count == 40)
        for (number, question) in found.enumerated() {
            let original = source.question(number)
            #expect(question.index == original.id)
            #expect(question.pictures.count == 1)
            #expect(try question.prompt(.kit).text == BenchmarkPrompt.pictureMark + original.prompt)
            #expect(
                try question.prompt(.reasoning).text
                    == BenchmarkPrompt.pictureMark + original.prompt + "\n" + ReasoningPrompt.instruction)
            let isYesOrNo = ["yes", "no"].contains(original.answer)
            #expect(question.exercise.answer == (isYesOrNo ? original.answer.capitalized : original.answer))
            #expect(question.exercise.choices.map(\.text) == original.options)
        }
        #expect(Set(found.map(\.exercise.kind)).count == 3)
    }

    @Test func theMicroworldsTableGivesItsOwnQuestions() throws {
        let folder = try TemporaryFolder()
        let source = QuestionSource(split: .test, seed: 3)
        let data = folder.url.appendingPathComponent("world")
        try DatasetWriter(source, count: 20).write(to: data)
        let table = try BenchmarkFile(data.appendingPathComponent("data.tsv"))
        #expect(table.set == .microworld)
        let made = try MicroworldBenchmark(source, count: 20).questions().map { try $0.question() }
        for (row, question) in zip(try table.all(), made) {
            #expect(row.exercise == question.exercise)
            #expect(row.clusterKey == question.clusterKey)
            for style in PromptStyle.allCases { #expect(try row.prompt(style).text == question.prompt(style).text) }
        }
    }
}
