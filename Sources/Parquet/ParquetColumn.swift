/// A column of a Parquet file, or a member of a structure in one.
public struct ParquetColumn: Sendable, Equatable {
    /// What the file calls it.
    public let name: String
    /// What its values are.
    public let kind: ParquetKind
}

/// What the values of a column are, unless they are null.
public indirect enum ParquetKind: Sendable, Equatable {
    /// Nothing but nulls.
    case null
    /// Truth values.
    case bool
    /// Integers of any width.
    case integer
    /// Floating-point numbers of any width.
    case number
    /// Text; also dates, times, durations and decimals, which come as text.
    case text
    /// Bytes, such as those of a picture's file.
    case bytes
    /// Lists; a map is a list of structures `key`, `value`.
    case list(ParquetKind)
    /// Structures with these members.
    case structure([ParquetColumn])
    /// A type, in Arrow's words, that no ``ParquetValue`` holds.
    case unsupported(String)

    /// The first type in it that no ``ParquetValue`` holds.
    var unsupportedType: String? {
        switch self {
        case .unsupported(let type): type
        case .list(let items): items.unsupportedType
        case .structure(let members): members.lazy.compactMap(\.kind.unsupportedType).first
        default: nil
        }
    }
}
