import CParquet
import Foundation

/// An open file: the owner of a handle of the shim, and the only caller of its functions beside ``ParquetValue``.
final class OpenFile {
    let path: String
    let columns: [ParquetColumn]
    let rowGroups: [Int]
    let rowCount: Int

    private let handle: CParquetFile

    init(_ url: URL) throws {
        path = url.path
        try FileMarks.check(path)
        var handle = CParquetFile()
        do {
            try checked(cparquet_open(path, &handle))
        } catch let failure as ShimFailure {
            throw ParquetError.footer(path: path, reason: failure.reason)
        }
        self.handle = handle
        columns = (0..<cparquet_column_count(handle)).map { ParquetColumn(cparquet_column(handle, $0)) }
        rowGroups = (0..<cparquet_row_group_count(handle)).map { Int(cparquet_row_group_rows(handle, $0)) }
        rowCount = Int(cparquet_row_count(handle))
    }

    deinit { cparquet_close(handle) }

    var peakMemory: Int { Int(cparquet_peak_memory(handle)) }

    /// The places of columns in the file's order.
    func selection(_ names: [String]?) throws -> [Int] {
        for name in names ?? [] where !columns.contains(where: { $0.name == name }) {
            throw ParquetError.unknownColumn(path: path, column: name, columns: columns.map(\.name))
        }
        let selection = columns.indices.filter { names?.contains(columns[$0].name) ?? true }
        var seen = Set<String>()
        for column in selection.map({ columns[$0] }) {
            if !seen.insert(column.name).inserted {
                throw ParquetError.repeatedColumn(path: path, column: column.name)
            }
            if let type = column.kind.unsupportedType {
                throw ParquetError.unsupportedColumn(path: path, column: column.name, type: type)
            }
        }
        return selection
    }

    /// Begins to read the columns at `selection` from a row group on.
    func select(columns selection: [Int], from group: Int, batchSize: Int) throws {
        do {
            try checked(
                cparquet_select(
                    handle, selection.map(Int32.init), Int32(selection.count), Int32(group), Int64(batchSize)))
        } catch let failure as ShimFailure {
            throw ParquetError.rows(path: path, row: rowGroups.prefix(group).reduce(0, +), reason: failure.reason)
        }
    }

    /// Reads the next batch in place of the last.
    /// - Returns: how many rows it has, 0 at the end.
    /// - Throws: ``ShimFailure``.
    func nextBatch() throws -> Int {
        var rows: Int64 = 0
        try checked(cparquet_next_batch(handle, &rows))
        return Int(rows)
    }

    /// The values of a selected column in the batch.
    func values(of column: Int) -> CParquetArray { cparquet_values(handle, Int32(column)) }
}

/// A failure in the shim, before anybody has said in which file and where.
struct ShimFailure: Error {
    let reason: String
}

/// Throws the reason of a failure, on the thread of the call.
func checked(_ status: Int32) throws {
    guard status != 0 else { return }
    throw ShimFailure(reason: ParquetError.reason(String(cString: cparquet_last_error())))
}
