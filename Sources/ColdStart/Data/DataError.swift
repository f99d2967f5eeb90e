import Foundation

/// Why data cannot be learned from as a whole; what is wrong with one sample is a `SampleError` that names its place.
public enum DataError: Error, LocalizedError, Equatable {
    /// A source, or all of them together, in which nothing is left to learn from.
    case nothingLeft(source: String, found: String)
    /// Weights that are no proportions.
    case weights(String)
    /// A sample that is not what it was when it was checked.
    case changed(tokens: Int, checked: Int)

    /// One sentence: what is wrong, and what to do.
    public var errorDescription: String? {
        switch self {
        case .nothingLeft(let source, let found): "\(source) has no sample to learn from: \(found)."
        case .weights(let problem): "\(problem)."
        case .changed(let tokens, let checked):
            "The sample has \(tokens) tokens, and had \(checked) when it was checked; the data have changed, so start again."
        }
    }
}
