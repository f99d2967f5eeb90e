import Foundation
import Parquet

/// A Parquet file of conversations about pictures, with the columns that ``SampleFile`` has keys.
///
/// Pictures are a column `images` or `image`: structures of `bytes` and `path` as the Hugging Face Hub has them, bytes, or paths.
/// Rows are read in order, a few at a time. One that is wanted again later is looked up in its row group, which takes a moment for
/// those of 100 rows that the Hub has. In a file of larger groups it would take long: there the rows of entries that are kept are put
/// aside in a temporary file.
public struct ParquetSamples: SampleSource {
    /// Where it lies.
    public let url: URL
    private let file: ParquetFile
    private let columns: [String]
    private let parser: SampleParser
    /// The most rows of a group in which rows are looked up.
    private static let largestGroup = 256

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
    /// The Parquet file alone: pictures lie in it.
    public var files: [URL] { [url] }

    /// The samples from the first row on.
    /// - Returns: a sequence that reads the file as it goes.
    /// - Throws: `ParquetError` if the file cannot be opened any more.
    public func entries() throws -> SampleEntries {
        let rows = try file.rows(columns: columns)
        let store = try file.rowGroups.contains { $0 > Self.largestGroup } ? RowStore() : nil
        var isOver = false
        return SampleEntries {
            guard !isOver else { return nil }
            let number = rows.position
            let place = "Row \(number + 1) of \(url.path)"
            do {
                guard let row = try rows.next() else { return nil }
                return SampleEntry(number: number + 1, place: place) {
                    keep(row, at: number, in: store)
                } read: {
                    try parser.sample(FieldValue(row: row))
                }
            } catch {
                isOver = true
                return SampleEntry(number: number + 1, place: place) { throw error }
            }
        }
    }

    /// What reads a row again.
    private func keep(
        _ row: [String: ParquetValue], at number: Int, in store: RowStore?
    ) -> @Sendable () throws -> Sample {
        guard let store else { return { try sample(at: number) } }
        let place = Result { try store.append(FieldValue(row: row)) }
        return { try parser.sample(store.row(place.get())) }
    }

    /// The sample of a row, counted from 0.
    private func sample(at number: Int) throws -> Sample {
        guard let row = try file.rows(columns: columns, from: number, batchSize: 1).next() else {
            throw SampleError.content("\(url.path) has become shorter while it was being used; start again")
        }
        return try parser.sample(FieldValue(row: row))
    }
}
