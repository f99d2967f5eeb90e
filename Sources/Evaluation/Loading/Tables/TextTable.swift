import Foundation
import Samples
import Synchronization

/// A file of tab-separated values as pandas writes it.
///
/// The file is cut into rows once and as far as rows are asked for; of each row is kept where it lies, so that reading one again is
/// one read at a known place.
final class TextTable: BenchmarkTable {
    let url: URL
    let columns: [String]

    private struct State {
        var scanner: RowScanner
        /// The rows found so far, without the header.
        var rows: [RowScanner.Row] = []
        var isOver = false
        /// The numbers of the rows by their indices, as far as `indexed`.
        var numbers: [String: Int] = [:]
        var indexed = 0
    }

    private let file: DataFile
    private let state: Mutex<State>

    /// Opens a file and reads its header.
    /// - Throws: `SampleError` if it cannot be read, ``BenchmarkError`` if it has no header or one that makes no sense.
    init(_ url: URL, chunk: Int = 1 << 18) throws {
        self.url = url
        file = try DataFile(url)
        var scanner = try RowScanner(file, chunk: chunk)
        guard let header = try scanner.next(), !header.isQuotationOpen, header.range.count < 1 << 20 else {
            throw BenchmarkError.content("\(url.path) has no header with the names of columns")
        }
        let cells = RowCells(try file.bytes(header.range))
        let names = try cells.ranges.indices.map { number in
            guard let name = cells.text(number) else {
                throw BenchmarkError.content("The header of \(url.path) is not UTF-8")
            }
            return name
        }
        if let name = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw BenchmarkError.content("\(url.path) has two columns '\(name)'; rename one of them")
        }
        columns = names
        state = Mutex(State(scanner: scanner))
    }

    /// How many bytes of the file have been looked at so far.
    var bytesRead: Int { state.withLock { $0.scanner.bytesRead } }

    func rows() throws -> () -> TableRow? {
        var (number, isOver) = (0, false)
        return { [self] in
            guard !isOver else { return nil }
            number += 1
            let place = "Row \(number) of \(url.path)"
            do {
                guard let row = try row(number) else { return nil }
                // The bytes are read once for whoever asks now, and again for whoever asks later.
                let fields = Result { try self.fields(of: row) }
                return TableRow(
                    number: number, place: place, keep: { [number] in { try self.fields(number) } },
                    fields: { try fields.get() })
            } catch {
                isOver = true
                return TableRow(number: number, place: place) { throw error }
            }
        }
    }

    func fields(_ number: Int) throws -> [String: FieldValue] {
        guard let row = try row(number) else {
            throw BenchmarkError.content("There is no row \(number)")
        }
        return try fields(of: row)
    }

    func number(ofIndex index: String) throws -> Int? {
        guard let column = columns.firstIndex(of: "index") else { return nil }
        return try state.withLock { state in
            while true {
                if let number = state.numbers[index] { return number }
                guard try Self.find(state.indexed + 1, &state) else { return nil }
                let row = state.rows[state.indexed]
                state.indexed += 1
                // Of rows with the same index the first counts.
                if let text = try cell(column, of: row), state.numbers[text] == nil {
                    state.numbers[text] = state.indexed
                }
            }
        }
    }

    /// One cell of a row, of which no more is read than that takes, as a rule.
    private func cell(_ column: Int, of row: RowScanner.Row) throws -> String? {
        let head = row.range.lowerBound..<min(row.range.upperBound, row.range.lowerBound + 4096)
        var cells = RowCells(try file.bytes(head))
        if head != row.range, cells.ranges.count <= column + 1 { cells = RowCells(try file.bytes(row.range)) }
        return column < cells.ranges.count ? cells.text(column) : nil
    }

    private func row(_ number: Int) throws -> RowScanner.Row? {
        try state.withLock { state in try Self.find(number, &state) ? state.rows[number - 1] : nil }
    }

    /// Reads on until there are so many rows; false if there are not.
    private static func find(_ count: Int, _ state: inout State) throws -> Bool {
        while state.rows.count < count, !state.isOver {
            if let row = try state.scanner.next() {
                state.rows.append(row)
            } else {
                state.isOver = true
            }
        }
        return state.rows.count >= count
    }

    private func fields(of row: RowScanner.Row) throws -> [String: FieldValue] {
        guard !row.isQuotationOpen else {
            throw BenchmarkError.content(
                "The file ends within a cell in quotation marks; it is cut short, so download it again")
        }
        let cells = RowCells(try file.bytes(row.range))
        let count = cells.ranges.count
        guard row.isEnded || count == columns.count else {
            throw BenchmarkError.content(
                "The file ends in the middle of the row, in column '\(columns[min(count, columns.count) - 1])'; it is cut "
                    + "short, so download it again")
        }
        guard count <= columns.count else {
            throw BenchmarkError.content("The row has \(count) cells, and the header names \(columns.count) columns")
        }
        var fields = [String: FieldValue](minimumCapacity: count)
        for number in 0..<count {
            guard let text = cells.text(number) else {
                throw BenchmarkError.content("Column '\(columns[number])' is not UTF-8")
            }
            if !RowCells.isMissing(text) { fields[columns[number]] = .text(text) }
        }
        return fields
    }
}
