import Foundation

/// Why two sets of answers cannot be compared.
public enum ComparisonError: Error, LocalizedError, Equatable {
    /// Lists that should be as long as each other.
    case lengths(name: String, count: Int, expected: Int)
    /// Nothing to compare.
    case empty
    /// A score that is no number.
    case notFinite(place: Int)

    /// What went wrong.
    public var errorDescription: String? {
        switch self {
        case .lengths(let name, let count, let expected):
            "There are \(count) values of '\(name)' for \(expected) questions; there must be one for each."
        case .empty: "There are no questions that both models answered."
        case .notFinite(let place): "The score of question \(place + 1) is no finite number."
        }
    }
}
