import Foundation
import Parquet
import Testing

/// Files that are missing, of another kind, cut off or damaged: an error that says so in one sentence, and no crash.
@Suite struct DamagedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What reading everything says of a file that holds `data`, nil if nothing is wrong.
    private func complaint(of data: Data) throws -> String? {
        let url = try folder.write(data)
        var isOurs = true
        let message = message(replacing: url) {
            do {
                let rows = try ParquetFile(contentsOf: url).rows()
                while try rows.next() != nil {}
            } catch {
                isOurs = error is ParquetError
                throw error
            }
        }
        #expect(isOurs)
        if let message {
            #expect(message.hasPrefix("PATH") && message.hasSuffix(".") && !message.contains("\n"), "\(message)")
        }
        return message
    }

    /// Where the footer begins: its length stands before the last mark.
    private func footer(of data: Data) -> Range<Int> {
        let length = data.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        return (data.count - 8 - length)..<(data.count - 8)
    }

    // MARK: Files of another kind

    @Test func fileThatIsNotThereIsMissing() {
        let url = folder.url.appendingPathComponent("nothing.parquet")
        #expect(message(replacing: url) { _ = try ParquetFile(contentsOf: url) } == "PATH does not exist.")
    }

    @Test func whatIsNoFileIsNotRead() throws {
        #expect(
            message(replacing: folder.url) { _ = try ParquetFile(contentsOf: folder.url) }
                == "PATH cannot be read: it is a folder.")
        let pipe = folder.url.appendingPathComponent("pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        #expect(
            message(replacing: pipe) { _ = try ParquetFile(contentsOf: pipe) }
                == "PATH cannot be read: it is no regular file.")
    }

    @Test func fileOfAnotherKindIsSaidToBeNone() throws {
        let sentence = "PATH is not a Parquet file; one begins and ends with PAR1."
        for text in [
            "", "PAR", "{\"a\": 1}\n", "version https://git-lfs.github.com/spec/v1\n", "PK\u{3}\u{4}........PAR1",
        ] {
            #expect(try complaint(of: Data(text.utf8)) == sentence)
        }
        #expect(try complaint(of: Data("PARE....0000PARE".utf8))?.contains("is encrypted") == true)
    }

    @Test func fileThatVanishesBetweenIsMissing() throws {
        let url = try folder.write(try Data(contentsOf: fixture("plain.parquet")))
        let file = try ParquetFile(contentsOf: url)
        let rows = try file.rows()
        try FileManager.default.removeItem(at: url)
        #expect(try all(rows).count == 40)
        #expect(message(replacing: url) { _ = try file.rows() } == "PATH does not exist.")
    }

    // MARK: Damage

    @Test func fileThatIsCutAnywhereIsCutOff() throws {
        for name in ["encodings", "conversations-zstd"] {
            let data = try Data(contentsOf: fixture("\(name).parquet"))
            for length in stride(from: 4, to: data.count, by: max(1, data.count / 150)) {
                #expect(
                    try complaint(of: data.prefix(length))
                        == "PATH is cut off: it begins as a Parquet file but does not end as one; download it again.")
            }
        }
    }

    @Test func fileThatLacksItsMiddleGivesNoOtherRows() throws {
        let whole = try all(ParquetFile(contentsOf: fixture("checksums.parquet")).rows())
        let data = try Data(contentsOf: fixture("checksums.parquet"))
        let pages = footer(of: data).lowerBound
        var complaints = 0
        for start in stride(from: 4, to: pages, by: 13) {
            for length in [1, 16, pages - start] where start + length <= pages {
                let damaged = data.prefix(start) + data.dropFirst(start + length)
                if try complaint(of: damaged) != nil {
                    complaints += 1
                } else {
                    // A byte less in the statistics of a page's header can leave a header that makes sense.
                    #expect(try all(ParquetFile(contentsOf: folder.write(damaged)).rows()) == whole)
                }
            }
        }
        #expect(complaints > 250)
    }

    @Test func everyFlippedByteOfAFooterIsAnErrorOrHarmless() throws {
        var complaints = 0
        for name in ["plain", "nested", "conversations-zstd", "kinds"] {
            let data = try Data(contentsOf: fixture("\(name).parquet"))
            let footer = footer(of: data)
            for place in stride(from: footer.lowerBound, to: data.count, by: max(1, footer.count / 100)) {
                for flip: UInt8 in [0x01, 0x80, 0xFF] {
                    var damaged = data
                    damaged[place] ^= flip
                    if try complaint(of: damaged) != nil { complaints += 1 }
                }
            }
        }
        #expect(complaints > 600)
    }

    @Test func footerThatIsNoFooterIsDamaged() throws {
        let data = try Data(contentsOf: fixture("plain.parquet"))
        var zeros = data
        for place in footer(of: data) { zeros[place] = 0 }
        #expect(try complaint(of: zeros)?.hasPrefix("PATH is damaged: its footer cannot be read (") == true)
        let lengths: [[UInt8]] = [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF]]
        for length in lengths {
            let damaged = data.dropLast(8) + Data(length) + data.suffix(4)
            #expect(try complaint(of: damaged)?.hasPrefix("PATH is damaged: its footer cannot be read (") == true)
        }
    }

    @Test func flippedByteOfAValueIsAnErrorWhereThereIsAChecksum() throws {
        let squares = (0..<40).flatMap { row in withUnsafeBytes(of: Int64(row * row).littleEndian, Array.init) }
        for (name, hasChecksums) in [("checksums", true), ("plain", false)] {
            let data = try Data(contentsOf: fixture("\(name).parquet"))
            let values = try #require(data.range(of: Data(squares)))
            for place in values {
                var damaged = data
                damaged[place] ^= 0x10
                #expect(
                    try complaint(of: damaged)?.contains("CRC checksum verification failed")
                        == (hasChecksums ? true : nil))
            }
        }
    }

    @Test func textThatIsNotUTF8IsAnError() throws {
        var data = try Data(contentsOf: fixture("plain.parquet"))
        let place = try #require(data.range(of: Data("text 3".utf8)))
        data[place.lowerBound] = 0xFF
        #expect(try complaint(of: data)?.contains("Invalid UTF8 sequence") == true)
    }

    @Test func flippedByteOfAPageNeverEndsTheProcess() throws {
        for name in ["plain", "encodings", "compressed-snappy", "compressed-lz4", "conversations-zstd", "nested"] {
            let data = try Data(contentsOf: fixture("\(name).parquet"))
            let pages = 4..<footer(of: data).lowerBound
            for place in stride(from: pages.lowerBound, to: pages.upperBound, by: max(1, pages.count / 100)) {
                for flip: UInt8 in [0x01, 0xFF] {
                    var damaged = data
                    damaged[place] ^= flip
                    _ = try complaint(of: damaged)
                }
            }
        }
    }

    @Test func rowsBeforeTheDamageAreReadAndThenNothing() throws {
        let url = fixture("many-groups.parquet")
        let rows = try ParquetFile(contentsOf: url).rows(batchSize: 3)
        let good = try all(rows)
        var data = try Data(contentsOf: url)
        // The digest of row 300, which this file holds as it is, follows its length; 0xFF... is no length.
        guard case .bytes(let digest) = good[300]["digest"], let place = data.range(of: digest) else {
            Issue.record("row 300 has no digest")
            return
        }
        for offset in 1...4 { data[place.lowerBound - offset] = 0xFF }
        let damaged = try ParquetFile(contentsOf: folder.write(data)).rows(batchSize: 3)
        for row in 0..<300 { #expect(try damaged.next() == good[row]) }
        let error = #expect(throws: ParquetError.self) { try damaged.next() }
        #expect(error?.localizedDescription.contains("cannot be read from row 300 on (") == true)
        #expect(try damaged.next() == nil)
    }
}
