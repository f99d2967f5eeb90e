import Foundation
import Parquet

/// A Parquet file of conversations about pictures, with the columns that ``SampleFile`` has keys.
///
/// Pictures are a column `images` or `image`: structures of `bytes` and `path` as the Hugging Face Hub has them, bytes, or paths.
/// Rows are read in order, a few at a time; one that is wanted again later is looked up in its row group.
public struct ParquetSamples: SampleSource {
    /// Where it lies.
    public let url: URL
    private let file: ParquetFile
    private let columns: [String]
    private let parser: SampleParser

    /// A data file.
    /// - Parameter url: a Parquet file.
    /// - Throws: ``SampleError/unreadable(path:reason:)``, `ParquetError` if it is damaged.
    public init(_ url: URL) throws {
        try self.init(url, SampleParser(folders: [url.deletingLastPathComponent()]))
    }

    init(_ url: URL, _ parser: SampleParser) throws {
        (self.url, self.parser) = (url, parser)
        file = try ParquetFile(contentsOf: url)
        let keys = parser.layout.keys
        columns = file.columns.map(\.name).filter(keys.contains)
    }

    /// Where it lies, in full.
    public var name: String { url.path }
    /// The file itself.
    public var files: [URL] { [url] }

    /// The samples from the first row on.
    /// - Returns: a sequence that reads the file as it goes.
    /// - Throws: `ParquetError` if the file cannot be opened any more.
    public func entries() throws -> SampleEntries {
        let rows = try file.rows(columns: columns)
        var isOver = false
        return SampleEntries {
            guard !isOver else { return nil }
            let number = rows.position
            let place = "Row \(number + 1) of \(url.path)"
            do {
                guard let row = try rows.next() else { return nil }
                return SampleEntry(
                    number: number + 1, place: place, readAgain: { try sample(at: number) },
                    read: { try parser.sample(FieldValue(row: row)) })
            } catch {
                isOver = true
                return SampleEntry(number: number + 1, place: place) { throw error }
            }
        }
    }

    /// The sample of a row, counted from 0.
    private func sample(at number: Int) throws -> Sample {
        guard let row = try file.rows(columns: columns, from: number, batchSize: 1).next() else {
            throw SampleError.content("\(url.path) has become shorter while it was being used; start again")
        }
        return try parser.sample(FieldValue(row: row))
    }
}
