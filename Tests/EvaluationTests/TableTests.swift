import Evaluation
import Foundation
import Scoring
import Testing

/// Cells, rows and pictures of tables.
@Suite struct TableTests {
    private static let header = "index\timage\tquestion\tA\tB\tC\tanswer\tl2-category\n"

    private func questions(_ rows: String, name: String = "MMStar.tsv") throws -> [BenchmarkQuestion] {
        let folder = try TemporaryFolder()
        return try BenchmarkFile(folder.write(name, Self.header + rows)).all()
    }

    @Test func quotationsHoldTabsLineBreaksAndDoubledMarks() throws {
        let found = try questions(
            "1\t\(picture())\t\"a\tb\nc\r\nd \"\"e\"\"\"\t\"\"\"x\"\"\"\ty \"z\"\t\"left\"right\"\tA\tk\n")
        #expect(found.map(\.question) == ["a\tb\nc\r\nd \"e\""])
        // A mark within a cell is text, and so is what follows a closing mark.
        #expect(found.first?.options.map(\.text) == ["\"x\"", "y \"z\"", "leftright\""])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func everyLineBreakEndsARow(_ lineBreak: String) throws {
        let row = "1\t\(try picture())\tq\ta\tb\tc\tA\tk"
        let folder = try TemporaryFolder()
        let text = [Self.header.trimmingCharacters(in: .newlines), row, "", "   ", row].joined(separator: lineBreak)
        let found = try BenchmarkFile(folder.write("MMStar.tsv", "\u{FEFF}" + text)).all()
        #expect(found.map(\.number) == [1, 2])
        #expect(found.map(\.question) == ["q", "q"])
    }

    @Test(arguments: ["", "NA", "N/A", "NaN", "nan", "null", "None", "<NA>", "#N/A", "n/a", "NULL", "\"None\""])
    func anOptionThatIsNoValueVanishes(_ cell: String) throws {
        let found = try questions("1\t\(picture())\tq\ta\t\(cell)\tc\tC\tk\n")
        #expect(found.first?.options.map(\.letter) == ["A", "C"])
        #expect(try found.first?.prompt(.kit).text.contains("A. a\nC. c\n") == true)
    }

    @Test(arguments: ["none", "Na", " NA", "NONE", "Null"])
    func otherWordsAreOptions(_ cell: String) throws {
        let found = try questions("1\t\(picture())\tq\ta\t\(cell)\tc\tC\tk\n")
        #expect(found.first?.options.map(\.text) == ["a", cell, "c"])
    }

    @Test func rowsWithoutPictureAreLeftOutAndCounted() throws {
        let folder = try TemporaryFolder()
        let rows = try "1\t\tq\ta\tb\tc\tA\tk\n2\t\(picture())\tq\ta\tb\tc\tA\tk\n3\tnan\tq\ta\tb\tc\tA\tk\n"
        let found = try BenchmarkFile(folder.write("MMStar.tsv", Self.header + rows)).questions()
        #expect(try found.map { try $0.question().index } == ["2"])
        #expect(found.withoutPicture == 2)
    }

    @Test func aPictureIsReusedByTheIndexOfItsRow() throws {
        let rows =
            try "a\t\(picture(1))\tq\ta\tb\tc\tA\tk\nb\tc\tq\ta\tb\tc\tA\tk\nc\t\(picture(2))\tq\ta\tb\tc\tA\tk\n"
            + "d\ta\tq\ta\tb\tc\tA\tk\n"
        let found = try questions(rows)
        // The row may stand further down as well.
        #expect(try found.map { try $0.pictures.map { try $0.image() } }[1] == found[2].pictures.map { try $0.image() })
        #expect(found.map(\.clusterKey) == [0, 2, 2, 0].map { found[$0].clusterKey })
        #expect(Set(found.map(\.clusterKey)).count == 2)
    }

    @Test func picturesLieInFilesWhereThereAreNone() throws {
        let folder = try TemporaryFolder()
        let png = try #require(Data(base64Encoded: picture()))
        try folder.write("images/MMStar/1.png", png)
        try folder.write("2.png", png)
        let file = try folder.write(
            "MMStar_local.tsv",
            "index\timage_path\tquestion\tA\tanswer\n1\t1.png\tq\ta\tA\n2\t['2.png', '1.png']\tq\ta\tA\n")
        let found = try BenchmarkFile(file).all()
        #expect(found.map(\.pictures.count) == [1, 2])
        #expect(try found.allSatisfy { try $0.messages(.kit).count == 1 })
    }

    @Test func anOpenQuestionOfMMMUHasTheReferenceAsAnswer() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "MMMU_DEV_VAL.tsv",
            "index\timage\tquestion\tA\tB\tanswer\tsplit\n1\t\(picture())\tHow many?\t\tnone of them\t['3', 'three']\tdev\n"
        )
        let question = try #require(try BenchmarkFile(file).all().first)
        #expect(question.exercise.kind == .freeForm)
        #expect(question.exercise.choices.isEmpty)
        #expect(question.exercise.answer == "['3', 'three']")
        // The model is shown what options there are all the same.
        #expect(try question.prompt(.kit).text.contains("Options:\nB. none of them\n"))
    }

    @Test func indicesAreTextWhateverTheyLookLike() throws {
        let cell = try picture()
        let found = try questions("007\t\(cell)\tq\ta\tb\tc\tA\tk\ntest_1\t\(cell)\tq\ta\tb\tc\tA\tk\n")
        #expect(found.map(\.index) == ["007", "test_1"])
    }

    @Test func theChecksumSaysWhetherTheFileIsTheKits() throws {
        let folder = try TemporaryFolder()
        let file = try BenchmarkFile(folder.write("MMStar.tsv", Self.header))
        let checksum = try #require(try file.checksum())
        #expect(checksum.md5 == "f1dbb2aa361b6bf590b52b1eab996d53")
        #expect(!checksum.isKnown)
        #expect(checksum.expected == ["MMStar": "e1ecd2140806c1b1bbf54b43372efb9e"])
        #expect(try file.checksum(isStopped: { true }) == nil)
    }

    @Test(arguments: [
        ("mmstar", BenchmarkSet.mmStar), ("MMMU_DEV_VAL", .mmmu), ("MMMU_Pro_V_COT", .mmmuProVision),
        ("MathVerse_MINI_Vision_Only_cot", .mathVerse), ("mmmu-pro", .mmmuPro), ("MathVision_MINI", .mathVision),
    ])
    func namesOfTheKitAreKnown(_ name: String, _ set: BenchmarkSet) { #expect(BenchmarkSet(named: name) == set) }
}
