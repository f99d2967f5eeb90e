import Foundation

/// What can be wrong with the data of a figure.
public enum ReportError: Error, LocalizedError, Equatable {
    /// A list that has another length than what it belongs to.
    case count(what: String, expected: Int, got: Int)
    /// A picture that is neither PNG nor JPEG.
    case pictureFormat(name: String)
    /// A size or a grid without an extent.
    case empty(what: String)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .count(let what, let expected, let got):
            "\(what) must have \(expected) values, got \(got)."
        case .pictureFormat(let name):
            "The picture '\(name)' is neither PNG nor JPEG; encode it as one of them for a report."
        case .empty(let what):
            "\(what) must be at least 1."
        }
    }
}
