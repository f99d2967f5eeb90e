import Foundation
import Parquet
import Samples

/// A Parquet file of a benchmark, read a few rows at a time.
///
/// A row that is wanted again is looked up in its row group; of files with large groups the rows that are kept are put aside in a
/// temporary file.
struct ParquetTable: BenchmarkTable {
    let url: URL
    private let file: ParquetFile
    /// The most rows of a group in which rows are looked up.
    private static let largestGroup = 256

    /// Opens a file.
    /// - Throws: `ParquetError`.
    init(_ url: URL) throws {
        self.url = url
        file = try ParquetFile(contentsOf: url)
    }

    var columns: [String] { file.columns.map(\.name) }

    /// What a column holds; nil if there is none.
    func kind(of column: String) -> ParquetKind? { file.columns.first { $0.name == column }?.kind }

    func rows() throws -> () -> TableRow? {
        let rows = try file.rows()
        let store = try file.rowGroups.contains { $0 > Self.largestGroup } ? RowStore() : nil
        var isOver = false
        return { [self] in
            guard !isOver else { return nil }
            let number = rows.position + 1
            let place = "Row \(number) of \(url.path)"
            do {
                guard let row = try rows.next() else { return nil }
                let fields = FieldValue(row: row)
                return TableRow(number: number, place: place) {
                    guard let store else { return { try self.fields(number) } }
                    let kept = Result { try store.append(fields) }
                    return { try store.row(kept.get()).object ?? [:] }
                } fields: {
                    fields.object ?? [:]
                }
            } catch {
                isOver = true
                return TableRow(number: number, place: place) { throw error }
            }
        }
    }

    func fields(_ number: Int) throws -> [String: FieldValue] {
        guard let row = try file.rows(from: number - 1, batchSize: 1).next() else {
            throw BenchmarkError.content("\(url.path) has become shorter while it was being used; start again")
        }
        return FieldValue(row: row).object ?? [:]
    }

    /// Pictures of a Parquet file lie in their own rows.
    func number(ofIndex index: String) -> Int? { nil }
}
