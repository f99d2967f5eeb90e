import Foundation
import Parquet
import Testing

@Suite struct ParquetFileTests {
    // MARK: Values

    @Test func everyFixtureIsReadAsItWasWritten() throws {
        let expected = try Expected.all()
        #expect(expected.count >= 18)
        for (name, file) in expected {
            let read = try ParquetFile(contentsOf: fixture(name))
            #expect(read.columns.map { [$0.name, $0.kind.words] } == file.columns, "\(name)")
            #expect(read.rowGroups == file.rowGroups, "\(name)")
            #expect(read.rowCount == file.rowGroups.reduce(0, +), "\(name)")
            guard let rows = file.rows else { continue }
            for batchSize in [1, 4, 1000] {
                let found = try all(read.rows(batchSize: batchSize))
                #expect(found.count == rows.count, "\(name)")
                for (number, (row, wanted)) in zip(found, rows).enumerated() {
                    #expect(row.count == wanted.count)
                    for (column, value) in wanted {
                        let place = "\(column) of row \(number) of \(name), \(batchSize) rows a batch"
                        #expect(row[column] == value.value, "\(place)")
                    }
                }
            }
        }
    }

    @Test func picturesOfADataSetAreFoundWhereTheyAre() throws {
        let file = try ParquetFile(contentsOf: fixture("conversations-zstd.parquet"))
        let rows = try all(file.rows(columns: ["images"]))
        guard case .list(let images) = rows[2]["images"], case .structure(let image) = images.last,
            case .bytes(let data) = image["bytes"]
        else {
            Issue.record("row 2 has no picture: \(rows[2])")
            return
        }
        #expect(images.count == 2)
        #expect(image["path"] == .text("2-1.png"))
        #expect(data.starts(with: [0x89] + Array("PNG".utf8)) && data.suffix(8).starts(with: Array("IEND".utf8)))
    }

    // MARK: Columns

    @Test func onlyTheChosenColumnsAreGivenInTheOrderOfTheFile() throws {
        let file = try ParquetFile(contentsOf: fixture("conversations-snappy.parquet"))
        let everything = try all(file.rows())
        let rows = try file.rows(columns: ["id", "messages"])
        #expect(rows.columns.map(\.name) == ["messages", "id"])
        #expect(try all(rows) == everything.map { $0.filter { $0.key != "images" } })
        #expect(try all(file.rows(columns: [])) == everything.map { _ in [:] })
        #expect(try all(file.rows(columns: ["id", "id"])).count == everything.count)
    }

    @Test func columnThatIsNotThereIsNamed() throws {
        let url = fixture("conversations-snappy.parquet")
        let file = try ParquetFile(contentsOf: url)
        #expect(
            message(replacing: url) { _ = try file.rows(columns: ["id", "image"]) }
                == "PATH has no column \"image\"; its columns are images, messages, id.")
    }

    @Test func columnsOfTheSameNameAreRefusedUnlessTheyAreLeftOut() throws {
        let url = fixture("repeated-name.parquet")
        let file = try ParquetFile(contentsOf: url)
        #expect(
            message(replacing: url) { _ = try file.rows() }
                == "PATH has two columns called \"a\"; rename one of them, or choose others.")
        #expect(try all(file.rows(columns: ["b"])) == [["b": .integer(2)]])
    }

    @Test func columnOfATypeThatIsNotReadIsNamed() {
        // No writer of Arrow's makes such a file, so only the sentence is looked at.
        let error = ParquetError.unsupportedColumn(path: "a.parquet", column: "wait", type: "month_day_nano_interval")
        #expect(
            error.localizedDescription
                == "a.parquet: column \"wait\" is of the type month_day_nano_interval, which is not read; "
                + "choose the other columns.")
    }

    // MARK: Rows

    @Test func rowsGoThroughManyRowGroupsInTheirOrder() throws {
        let file = try ParquetFile(contentsOf: fixture("many-groups.parquet"))
        #expect(file.rowGroups == Array(repeating: 3, count: 200))
        for batchSize in [1, 2, 3, 7, 5000] {
            let rows = try file.rows(batchSize: batchSize)
            for id in 0..<600 {
                #expect(rows.position == id)
                #expect(try rows.next()?["id"] == .integer(Int64(id)))
            }
            #expect(try rows.next() == nil)
            #expect(try rows.next() == nil)
            #expect(rows.position == 600)
        }
    }

    @Test func memoryHoldsPagesAndABatchHoweverLongTheFileIs() throws {
        let file = try ParquetFile(contentsOf: fixture("zeros.parquet"))
        let megabyte = 1 << 20
        #expect(file.rowGroups == Array(repeating: 4, count: 100))
        for batchSize in [1, 16] {
            let rows = try file.rows(batchSize: batchSize)
            var total = 0
            while let row = try rows.next() {
                if case .bytes(let data) = row["picture"] { total += data.count }
            }
            #expect(total == 400 * megabyte)
            // A page holds 4 rows, and Arrow may hold the next page, or twice the batch while it grows.
            #expect(rows.peakMemory < (8 + 2 * batchSize) * megabyte, "\(rows.peakMemory)")
            #expect(rows.peakMemory > 4 * megabyte)
        }
    }

    @Test func readingBeginsAtAnyRow() throws {
        let file = try ParquetFile(contentsOf: fixture("many-groups.parquet"))
        for first in [0, 1, 2, 3, 4, 300, 301, 598, 599, 600, 601, 10000] {
            for batchSize in [1, 2, 4] {
                let rows = try file.rows(columns: ["id"], from: first, batchSize: batchSize)
                #expect(rows.position == min(first, 600))
                let expected = first < 600 ? (first..<600).map { ["id": ParquetValue.integer(Int64($0))] } : []
                #expect(try all(rows) == expected, "from \(first), \(batchSize) rows a batch")
            }
        }
    }

    @Test func twoReadersOfAFileDoNotDisturbEachOther() throws {
        let file = try ParquetFile(contentsOf: fixture("conversations-snappy.parquet"))
        let (one, other) = (try file.rows(batchSize: 3), try file.rows(batchSize: 4))
        let expected = try all(file.rows())
        for row in expected {
            #expect(try one.next() == row)
            #expect(try other.next() == row)
        }
    }

    @Test func rowsOutliveTheirBatchAndTheirReader() throws {
        let kept = try all(ParquetFile(contentsOf: fixture("kinds.parquet")).rows(batchSize: 1))
        #expect(try all(ParquetFile(contentsOf: fixture("kinds.parquet")).rows()) == kept)
    }

    @Test func readingOnManyThreadsGivesTheSame() async throws {
        let files = try ["kinds", "conversations-zstd", "nested", "spelled"].map {
            try ParquetFile(contentsOf: fixture("\($0).parquet"))
        }
        let expected = try files.map { try all($0.rows()) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<64 {
                let (file, rows) = (files[task % files.count], expected[task % files.count])
                group.addTask { try all(file.rows(batchSize: 1 + task / 4)) == rows }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}
