import Foundation
import Samples

/// The rows of a file, whatever its format, read as they are asked for.
protocol BenchmarkTable: Sendable {
    /// Where it lies.
    var url: URL { get }
    /// The names of the columns; of JSON lines those of the first.
    var columns: [String] { get }

    /// The rows from the first on.
    /// - Returns: what gives the next row, nil at the end.
    /// - Throws: if the file cannot be opened any more.
    func rows() throws -> () -> TableRow?

    /// The fields of a row that was there before.
    /// - Parameter number: counted from 1.
    /// - Returns: its values by their columns.
    /// - Throws: if the row cannot be read.
    func fields(_ number: Int) throws -> [String: FieldValue]

    /// The number of the row with some index; the file is read on as far as that takes.
    /// - Parameter index: as the file has it.
    /// - Returns: nil if no row has it.
    /// - Throws: if the file cannot be read on.
    func number(ofIndex index: String) throws -> Int?
}

/// A row whose fields are looked at when they are asked for.
struct TableRow: Sendable {
    /// Counted from 1.
    var number: Int
    /// For messages: `Row 3 of MMStar.tsv`.
    var place: String
    /// Gives what reads the row later, if `fields` holds something large.
    var keep: (@Sendable () -> @Sendable () throws -> [String: FieldValue])?
    /// Its values by their columns; missing ones are left out.
    var fields: @Sendable () throws -> [String: FieldValue]
}
