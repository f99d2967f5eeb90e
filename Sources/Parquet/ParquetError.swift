import Foundation

/// What can be wrong with a Parquet file and with what is asked of it.
public enum ParquetError: Error, LocalizedError, Equatable {
    /// No file lies at `path`.
    case missing(path: String)
    /// The file at `path` cannot be opened or is none.
    case unreadable(path: String, reason: String)
    /// The file at `path` is of another kind.
    case notParquet(path: String)
    /// The file at `path` begins as a Parquet file and does not end as one.
    case cutOff(path: String)
    /// The file at `path` is encrypted.
    case encrypted(path: String)
    /// The footer of the file at `path`, which says what lies where, makes no sense.
    case footer(path: String, reason: String)
    /// The rows of the file at `path` from `row` on, counted from 0, cannot be read.
    case rows(path: String, row: Int, reason: String)
    /// The file at `path` has no such column; `columns` are those it has.
    case unknownColumn(path: String, column: String, columns: [String])
    /// Two columns of the file at `path` have the same name.
    case repeatedColumn(path: String, column: String)
    /// A column of the file at `path` is of a type, in Arrow's words, that no ``ParquetValue`` holds.
    case unsupportedColumn(path: String, column: String, type: String)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .missing(let path):
            "\(path) does not exist."
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)."
        case .notParquet(let path):
            "\(path) is not a Parquet file; one begins and ends with PAR1."
        case .cutOff(let path):
            "\(path) is cut off: it begins as a Parquet file but does not end as one; download it again."
        case .encrypted(let path):
            "\(path) is encrypted, and encrypted Parquet files are not read; write it again without encryption."
        case .footer(let path, let reason):
            "\(path) is damaged: its footer cannot be read (\(reason)); download it again."
        case .rows(let path, let row, let reason):
            "\(path) cannot be read from row \(row) on (\(reason)); if it is damaged, download it again."
        case .unknownColumn(let path, let column, let columns):
            columns.isEmpty
                ? "\(path) has no column \"\(column)\", and no other."
                : "\(path) has no column \"\(column)\"; its columns are \(columns.joined(separator: ", "))."
        case .repeatedColumn(let path, let column):
            "\(path) has two columns called \"\(column)\"; rename one of them, or choose others."
        case .unsupportedColumn(let path, let column, let type):
            "\(path): column \"\(column)\" is of the type \(type), which is not read; choose the other columns."
        }
    }

    /// Arrow's words for the last failure on this thread, as a part of a sentence.
    static func reason(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "the reason is unknown"
        return line.trimmingCharacters(in: CharacterSet(charactersIn: ". "))
    }
}
