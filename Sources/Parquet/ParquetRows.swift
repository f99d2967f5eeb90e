import CParquet

/// Rows of a Parquet file in their order, read as they are asked for.
///
/// It has a file open of its own and is not `Sendable`: one owner takes the rows.
public final class ParquetRows {
    /// The columns that rows have values of, in the file's order.
    public let columns: [ParquetColumn]
    /// The number of the row that comes next, counted from 0; the count of all rows at the end.
    public private(set) var position: Int

    /// The most bytes that Arrow has held at once to read these rows.
    ///
    /// They are a batch, pages and dictionaries; a row that has been given is a copy and does not count.
    public var peakMemory: Int { file.peakMemory }

    private let file: OpenFile
    /// The values of each column in the batch; the rows from `index` to `count` have not been given yet.
    private var values: [CParquetArray] = []
    private var index = 0
    private var count = 0
    /// Rows of the first row group that lie before the first row asked for.
    private var skipped: Int
    private var isOver = false

    init(_ file: OpenFile, columns names: [String]?, from first: Int, batchSize: Int) throws {
        self.file = file
        let selection = try file.selection(names)
        columns = selection.map { file.columns[$0] }
        position = min(first, file.rowCount)
        skipped = position
        var group = 0
        while group < file.rowGroups.count, skipped >= file.rowGroups[group] {
            skipped -= file.rowGroups[group]
            group += 1
        }
        try file.select(columns: selection, from: group, batchSize: batchSize)
    }

    /// The next row: a value for each column, by its name.
    /// - Returns: nil at the end of the file, and after a failure.
    /// - Throws: ``ParquetError/rows(path:row:reason:)`` if the file is damaged there or cannot be read on.
    public func next() throws -> [String: ParquetValue]? {
        while !isOver, index == count { try readBatch() }
        guard !isOver else { return nil }
        var row = [String: ParquetValue](minimumCapacity: columns.count)
        do {
            for (column, array) in zip(columns, values) {
                row[column.name] = try ParquetValue(array, at: Int64(index), kind: column.kind)
            }
        } catch let failure as ShimFailure {
            throw fail(failure.reason)
        }
        index += 1
        position += 1
        return row
    }

    /// Reads the next batch, and finds whether there is one.
    private func readBatch() throws {
        do {
            count = try file.nextBatch()
        } catch let failure as ShimFailure {
            throw fail(failure.reason)
        }
        guard count > 0 else {
            isOver = true
            guard position == file.rowCount else {
                throw fail("there are no more, though its footer counts \(file.rowCount)")
            }
            return
        }
        index = min(skipped, count)
        skipped -= index
        values = columns.indices.map { file.values(of: $0) }
    }

    private func fail(_ reason: String) -> ParquetError {
        isOver = true
        return .rows(path: file.path, row: position, reason: reason)
    }
}
