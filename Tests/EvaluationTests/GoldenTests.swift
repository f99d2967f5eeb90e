import Evaluation
import Foundation
import Samples
import Testing

/// Every layout of every set, read and put as pandas and VLMEvalKit's rules do (Tests/Fixtures/benchmarks/make.py).
@Suite struct GoldenTests {
    @Test func everySetIsThereInBothLayouts() {
        let sets = Set(BenchmarkSet.allCases).subtracting([.microworld])
        for folder in ["tsv", "parquet"] {
            #expect(Set(Fixture.files.filter { $0.file.hasPrefix(folder) }.map(\.set)) == sets)
        }
        #expect(Fixture.files.allSatisfy { $0.rows.count >= 2 })
    }

    @Test(arguments: Fixture.files)
    func aFileIsRecognisedAndReadAsItsLayoutSays(_ expected: Fixture.File) throws {
        let file = try BenchmarkFile(expected.url)
        #expect(file.set == expected.set)
        let questions = try file.questions()
        var found: [BenchmarkQuestion] = []
        for entry in questions { found.append(try entry.question()) }
        try #require(found.count == expected.rows.count)
        #expect(questions.withoutPicture == expected.withoutPicture)
        #expect(questions.ofOtherVersions == expected.ofOtherVersions)
        for (question, row) in zip(found, expected.rows) {
            #expect(question.number == row.number)
            #expect(question.index == row.index)
            #expect(question.exercise.benchmark == expected.set.benchmark)
            #expect(question.exercise.kind.rawValue == row.kind)
            #expect(question.exercise.answer == row.answer)
            #expect(question.exercise.choices.map { [$0.letter, $0.text] } == row.choices)
            for (key, value) in row.metadata { #expect(question.metadata[key] == value, "\(key)") }
        }
    }

    @Test(arguments: Fixture.files)
    func picturesAreTheFilesBytesAndPillowsPixels(_ expected: Fixture.File) throws {
        for (question, row) in zip(try BenchmarkFile(expected.url).all(), expected.rows) {
            try #require(question.pictures.count == row.pictures.count)
            for (picture, (bytes, pixels)) in zip(question.pictures, zip(row.pictures, row.pixels)) {
                guard case .bytes(let data, _) = picture else {
                    Issue.record("The picture of row \(row.number) is a file")
                    continue
                }
                #expect(digest(data) == bytes)
                // Transparency is dropped without a background, as Pillow's convert("RGB") does.
                #expect(digest(Data(try picture.image().pixels)) == pixels)
            }
        }
    }

    @Test(arguments: Fixture.files, PromptStyle.allCases)
    func promptsAreThoseOfTheKitsRules(_ expected: Fixture.File, _ style: PromptStyle) throws {
        for (question, row) in zip(try BenchmarkFile(expected.url).all(), expected.rows) {
            let prompt = try question.prompt(style)
            let pieces = prompt.content.map { piece -> Fixture.Piece in
                switch piece {
                case .text(let text): .text(text)
                case .picture(let picture): .picture(question.pictures.firstIndex(of: picture) ?? -1)
                }
            }
            #expect(pieces == row.styles[style.rawValue], "row \(row.number)")
            let stored = (row.styles[style.rawValue] ?? []).map { piece -> String in
                if case .text(let text) = piece { return text }
                return "<|vision_start|><|image_pad|><|vision_end|>"
            }.joined()
            #expect(prompt.text == stored)
            #expect(try prompt.messages().map(\.content.count) == [prompt.content.count])
        }
    }

    @Test(arguments: Fixture.files)
    func aFileIsASourceOfSamplesToo(_ expected: Fixture.File) throws {
        let source: any SampleSource = try #require(
            try BenchmarkFile.ifRecognised(expected.url.path, sampleStyle: .reasoning))
        var kept: [SampleEntry] = []
        for entry in try source.entries() { kept.append(entry.kept) }
        try #require(kept.count == expected.rows.count)
        // Read again in another order, after everything has been gone through.
        for (entry, row) in zip(kept, expected.rows).reversed() {
            let sample = try entry.sample()
            #expect(entry.number == row.number)
            #expect(sample.id == row.index)
            #expect(sample.answer == row.answer)
            #expect(sample.turns.first?.content.count == row.styles["reasoning"]?.count)
            #expect(
                sample.pictures.count
                    == row.styles["reasoning"]?.count { if case .picture = $0 { true } else { false } })
        }
    }

    @Test(arguments: Fixture.files.filter { $0.file.hasSuffix(".tsv") })
    func columnsTellTheSetWhereTheNameDoesNot(_ expected: Fixture.File) throws {
        let folder = try TemporaryFolder()
        let copy = try folder.write("questions.tsv", Data(contentsOf: expected.url))
        // The two forms of MMMU-Pro differ in a text that stands for the question, which columns do not show.
        guard expected.set != .mmmuProVision else {
            #expect(try BenchmarkFile(copy, set: .mmmuProVision).all().count == expected.rows.count)
            return
        }
        #expect(try BenchmarkFile(copy).set == expected.set)
    }

    @Test func jsonLinesWithTheTablesColumnsGiveTheSameQuestions() throws {
        let lines = try BenchmarkFile(Fixture.folder.appendingPathComponent("jsonl/MMStar.jsonl")).all()
        let table = try BenchmarkFile(Fixture.folder.appendingPathComponent("tsv/MMStar.tsv")).all()
        try #require(lines.count == table.count)
        for (line, row) in zip(lines, table) {
            var same = line
            same.place = row.place
            // The members of an object have no order, and those that say nothing may be absent.
            let columns = same.fileColumns.filter { $0.value != nil }
            #expect(
                Set(columns.map { "\($0.name) \($0.value ?? "")" })
                    == Set(
                        row.fileColumns.filter { $0.value != nil }.map { "\($0.name) \($0.value ?? "")" }))
            same.fileColumns = row.fileColumns
            #expect(same == row)
        }
    }
}
