import Foundation

/// Why numbers have no correlation.
public enum CorrelationError: Error, LocalizedError, Equatable {
    /// Fewer than three items.
    case tooFew(count: Int)
    /// A name that stands twice.
    case duplicate(name: String)
    /// A number that is infinite or undefined.
    case notFinite(name: String, column: String)
    /// A column of equal numbers.
    case constant(column: String, value: Double)
    /// Numbers that differ by less than arithmetic can tell.
    case numerically(count: Int)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .tooFew(let count):
            "A correlation needs at least 3 items, got \(count); two points always lie on a line."
        case .duplicate(let name):
            "'\(name)' stands twice among the items; give every model or checkpoint once, under a name of its own."
        case .notFinite(let name, let column):
            "The \(column) of '\(name)' is not a finite number."
        case .constant(let column, let value):
            "The \(column) of every item is \(value), so that nothing can correlate with it."
        case .numerically(let count):
            "The \(count) items differ by less than their numbers can tell, so that no correlation is defined."
        }
    }
}
