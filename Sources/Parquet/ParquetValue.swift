import Foundation

/// A value of one row and column.
public indirect enum ParquetValue: Sendable, Equatable {
    /// No value.
    case null
    /// A truth value.
    case bool(Bool)
    /// An integer. One above `Int64.max` comes as ``text(_:)``, in digits.
    case integer(Int64)
    /// A floating-point number.
    case number(Double)
    /// Text; also a date, a time, a duration or a decimal: `2024-02-29`, `2024-02-29 12:30:00.000Z` (with Z if it has a time
    /// zone, and then in universal time), `1500ms`, `-12.50`.
    case text(String)
    /// Bytes, such as those of a picture's file.
    case bytes(Data)
    /// A list; a map is a list of structures `key`, `value`.
    case list([ParquetValue])
    /// A structure by the names of its members.
    case structure([String: ParquetValue])
}
