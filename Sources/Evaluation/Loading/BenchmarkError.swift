import Foundation

/// What can be wrong with the file of a benchmark.
public enum BenchmarkError: Error, LocalizedError, Equatable {
    /// A name that is no set's.
    case unknownSet(name: String)
    /// A file that cannot be told to hold a benchmark.
    case unrecognised(path: String, columns: [String])
    /// Columns that a set needs and the file does not have.
    case missingColumns(path: String, set: BenchmarkSet, missing: [String], columns: [String])
    /// A column of another kind than the set needs.
    case columnKind(path: String, column: String, found: String, needed: String)
    /// Something in the file that cannot be used.
    case content(String)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .unknownSet(let name):
            "There is no benchmark '\(name)'; there are \(BenchmarkSet.allCases.map(\.rawValue).joined(separator: ", "))."
        case .unrecognised(let path, let columns):
            "\(path) is not recognised as a benchmark by its columns (\(Self.list(columns))); say which one it is."
        case .missingColumns(let path, let set, let missing, let columns):
            "\(path) has no column \(missing.map { "'\($0)'" }.joined(separator: ", ")), which \(set.title) needs; "
                + "its columns are \(Self.list(columns))."
        case .columnKind(let path, let column, let found, let needed):
            "Column '\(column)' of \(path) holds \(found), not \(needed)."
        case .content(let problem): "\(problem)."
        }
    }

    private static func list(_ columns: [String]) -> String {
        let shown = columns.prefix(30).joined(separator: ", ")
        return shown + (columns.count > 30 ? " and \(columns.count - 30) more" : "")
    }
}
