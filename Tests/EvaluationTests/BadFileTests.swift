import Evaluation
import Foundation
import Samples
import Testing

/// What is said of files that are not as they should be.
@Suite struct BadFileTests {
    private static let header = "index\timage\tquestion\tA\tB\tanswer\tl2-category\n"

    /// What is wrong with the questions of a table.
    private func problem(_ text: String, _ name: String = "MMStar.tsv", set: BenchmarkSet? = nil) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write(name, text)
        return sentence(in: folder) {
            for entry in try BenchmarkFile(file, set: set).questions() { _ = try entry.question().messages(.kit) }
        }
    }

    @Test func missingColumnsAreNamed() throws {
        #expect(
            try problem("index\timage\tquestion\tl2-category\n")
                == "MMStar.tsv has no column 'answer', 'A', which MMStar needs; its columns are index, image, question, l2-category."
        )
        #expect(
            try problem("index\tquestion\tanswer\tchoices\n", "x.tsv", set: .mathVision)
                == "x.tsv has no column 'image', which MathVision needs; its columns are index, question, answer, choices."
        )
    }

    @Test func aFileOfUnknownColumnsIsNotGuessedAt() throws {
        #expect(
            try problem("a\tb\n1\t2\n", "x.tsv")
                == "x.tsv is not recognised as a benchmark by its columns (a, b); say which one it is.")
        #expect(try problem("", "x.tsv") == "x.tsv has no header with the names of columns.")
        #expect(try problem("a\ta\n", "x.tsv") == "x.tsv has two columns 'a'; rename one of them.")
    }

    @Test func cutBase64IsNamedByRow() throws {
        let cell = try picture()
        #expect(
            try problem(Self.header + "1\t\(cell.dropLast(2))\tq\ta\tb\tA\tk\n")
                == "Row 1 of MMStar.tsv: The base64 of picture 1 is cut short: \(cell.count - 2) characters are no multiple of 4."
        )
        // A whole number of bytes, and not all of them: that shows when the picture is decoded.
        let most = cell.dropLast(24)
        let said = try problem(Self.header + "1\t\(cell)\tq\ta\tb\tA\tk\n2\t\(most)\tq\ta\tb\tA\tk\n")
        #expect(said.hasPrefix("Row 2 of MMStar.tsv: picture 1 cannot be decoded as PNG: "), "\(said)")
        #expect(
            try problem(Self.header + "1\t\(String(repeating: "?!", count: 40))\tq\ta\tb\tA\tk\n")
                == "Row 1 of MMStar.tsv: The bytes of picture 1 are not base64.")
    }

    @Test func aFileThatIsCutIsNamedAtItsLastRow() throws {
        let row = "1\t\(try picture())\tq\ta\tb\tA\tk\n"
        #expect(
            try problem(Self.header + row + row.prefix(30))
                == "Row 2 of MMStar.tsv: The file ends in the middle of the row, in column 'image'; it is cut short, so download it again."
        )
        #expect(
            try problem(Self.header + row + row.replacingOccurrences(of: "\tq\t", with: "\t\"q"))
                == "Row 2 of MMStar.tsv: The file ends within a cell in quotation marks; it is cut short, so download it again."
        )
        // Without the last line break alone nothing is missing.
        #expect(try problem(Self.header + row.dropLast()) == "nothing is wrong")
        // Every cut leaves the rows before it as they are.
        let folder = try TemporaryFolder()
        for length in stride(from: Self.header.count + row.count + 1, to: Self.header.count + 2 * row.count - 2, by: 7)
        {
            let file = try folder.write("MMStar.tsv", String((Self.header + row + row).prefix(length)))
            var entries = Array(try BenchmarkFile(file).questions())[...]
            let next = entries.popFirst()
            let first = try #require(next)
            #expect(try first.question().index == "1")
            #expect(throws: SampleError.self) { try entries.first.map { try $0.question() } }
        }
    }

    @Test func cellsOfTheWrongKindAreNamed() throws {
        let cell = try picture()
        let vision = "index\timage\tquestion\tchoices\tanswer\n1\t\(cell)\tq\tred, blue\tA\n"
        #expect(
            try problem(vision, "MathVision.tsv")
                == "Row 1 of MathVision.tsv: Column 'choices' should hold a list such as ['red', 'blue'], and holds 'red, blue'."
        )
        let header = "index\timage\tquestion\tchoices\tanswer\tquestion_type\tanswer_type\tprecision\n"
        #expect(
            try problem(header + "1\t\(cell)\tq\t\t3\tfree_form\tnumber\t\n", "MathVista_MINI.tsv")
                == "Row 1 of MathVista_MINI.tsv: Column 'answer_type' is 'number', not integer, float, list or text.")
        #expect(
            try problem(header + "1\t\(cell)\tq\t\t3\tfree_form\tfloat\tone\n", "MathVista_MINI.tsv")
                == "Row 1 of MathVista_MINI.tsv: Column 'precision' is 'one', not a whole number.")
        #expect(
            try problem(header + "1\t\(cell)\tq\t['a', 'b']\tc\tmulti_choice\ttext\t\n", "MathVista_MINI.tsv")
                == "Row 1 of MathVista_MINI.tsv: The answer 'c' is none of the choices.")
        #expect(
            try problem(Self.header + "1\t\(cell)\tq\ta\tb\t\tk\n")
                == "Row 1 of MMStar.tsv: Column 'answer' is missing here.")
        #expect(
            try problem(Self.header + "1\t\(cell)\tq\ta\tb\tA\tk\tmore\n")
                == "Row 1 of MMStar.tsv: The row has 8 cells, and the header names 7 columns.")
        #expect(
            try problem(
                "{\"index\": 1, \"image\": \"\(cell)\", \"question\": [\"q\"], \"A\": \"a\", \"answer\": \"A\"}\n",
                "MMStar.jsonl")
                == "Line 1 of MMStar.jsonl: Column 'question' holds a list, not text.")
    }

    @Test func referencesThatLeadNowhereAreNamed() throws {
        let row = "1\t\(try picture())\tq\ta\tb\tA\tk\n"
        #expect(
            try problem(Self.header + row + "2\t9\tq\ta\tb\tA\tk\n")
                == "Row 2 of MMStar.tsv: Column 'image' names the row with the index '9', and there is none.")
        // One hop and no more.
        #expect(
            try problem(Self.header + row + "2\t1\tq\ta\tb\tA\tk\n3\t2\tq\ta\tb\tA\tk\n")
                == "Row 3 of MMStar.tsv: Column 'image' names the row '2', which has no picture of its own.")
    }

    @Test func marksOfPicturesThatAreNotThereAreNamed() throws {
        let header = "index\timage\tquestion\tA\tanswer\tsplit\n"
        let cell = try picture()
        #expect(
            try problem(header + "1\t\(cell)\t<image 2>\ta\tA\tdev\n", "MMMU_DEV_VAL.tsv")
                == "Row 1 of MMMU_DEV_VAL.tsv: The text names <image 2>, and there are 1 pictures.")
        #expect(
            try problem(header + "1\t\(cell)\t<image of> <image 12>\ta\tA\tdev\n", "MMMU_DEV_VAL.tsv")
                == "nothing is wrong")
    }

    @Test func columnsOfTheWrongKindInParquetAreNamedBeforeAnyRowIsRead() throws {
        let folder = try TemporaryFolder()
        func copy(_ path: String) throws -> URL {
            try folder.write("x.parquet", Data(contentsOf: Fixture.folder.appendingPathComponent(path)))
        }
        let wrong = try copy("wrong/mmstar-image-is-text.parquet")
        #expect(
            sentence(in: folder) { _ = try BenchmarkFile(wrong) }
                == "Column 'image' of x.parquet holds text, not pictures.")
        let other = try copy("wrong/mmstar-question-is-list.parquet")
        #expect(
            sentence(in: folder) { _ = try BenchmarkFile(other) }
                == "Column 'question' of x.parquet holds lists, not text.")
        // Another set than the user says it is.
        let vista = try copy("parquet/mathvista.parquet")
        #expect(
            sentence(in: folder) { _ = try BenchmarkFile(vista, set: .mmStar) }
                == "x.parquet has no column 'index', 'A', which MMStar needs; its columns are pid, question, image, decoded_image, "
                + "choices, unit, precision, answer, question_type, answer_type, metadata, query.")
    }

    @Test func otherDataFilesAreNoBenchmarks() throws {
        let folder = try TemporaryFolder()
        let sample = try folder.write(
            "a.jsonl", "{\"problem\": \"<image>what?\", \"images\": [\"a.png\"], \"answer\": \"b\"}\n")
        #expect(try BenchmarkFile.ifRecognised(sample.path) == nil)
        #expect(try BenchmarkFile.ifRecognised(folder.url.path) == nil)
        #expect(try BenchmarkFile.ifRecognised(folder.url.path + "/missing.json") == nil)
        #expect(throws: SampleError.self) { try BenchmarkFile.ifRecognised(folder.url.path + "/missing.tsv") }
    }
}
