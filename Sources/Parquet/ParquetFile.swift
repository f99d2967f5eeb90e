import Foundation

/// A Parquet file, read a few rows at a time, as the Hugging Face Hub serves data sets: pictures embedded.
///
/// It holds what the footer says, and no open file: every ``ParquetRows`` opens its own, so that rows can be read several
/// times, also at once on several threads.
///
///     let file = try ParquetFile(contentsOf: url)
///     let rows = try file.rows(columns: ["images", "messages"])
///     while let row = try rows.next() { ... }
public struct ParquetFile: Sendable {
    /// Where it lies.
    public let url: URL
    /// The columns in the file's order.
    public let columns: [ParquetColumn]
    /// How many rows each row group has; a row group is what reading can start from.
    public let rowGroups: [Int]
    /// How many rows there are.
    public let rowCount: Int

    /// Reads a file's footer.
    /// - Parameter url: a file of this machine.
    /// - Throws: ``ParquetError`` if it is missing, of another kind, cut off or damaged.
    public init(contentsOf url: URL) throws {
        let file = try OpenFile(url)
        self.url = url
        columns = file.columns
        rowGroups = file.rowGroups
        rowCount = file.rowCount
    }

    /// The rows in the file's order.
    ///
    /// Memory holds one batch, and of each selected column one page, packed and unpacked, and its dictionary. Pages are as
    /// large as the writer made them, at most a row group: 100 rows or 100 MB in what `datasets` writes with pictures.
    /// - Parameters:
    ///   - names: the columns that are read, all of them by default; the others cost nothing.
    ///   - first: the row to begin with, counted from 0. Row groups before it cost nothing.
    ///   - batchSize: how many rows are decoded at once. Small by default, because rows hold pictures.
    /// - Returns: the rows, of which none has been read yet.
    /// - Throws: ``ParquetError`` if there is no such column, one cannot be held by ``ParquetValue``, or the file has changed
    ///   since and cannot be opened any more.
    public func rows(columns names: [String]? = nil, from first: Int = 0, batchSize: Int = 16) throws -> ParquetRows {
        precondition(first >= 0, "Rows are counted from 0, so none is number \(first).")
        precondition(batchSize > 0, "A batch has 1 row or more, not \(batchSize).")
        return try ParquetRows(OpenFile(url), columns: names, from: first, batchSize: batchSize)
    }
}
