import Foundation

/// What can be wrong with the data of a figure.
public enum ReportError: Error, LocalizedError, Equatable {
    /// A list that has another length than what it belongs to.
    case count(what: String, expected: Int, got: Int)
    /// A picture that is neither PNG nor JPEG.
    case pictureFormat(name: String)
    /// A size or a grid without an extent.
    case empty(what: String)
    /// A picture of a kind that not every browser shows.
    case mediaType(picture: Int, mediaType: String)
    /// An item refers to a picture that is not there.
    case noPicture(item: String, index: Int, count: Int)
    /// Two facets of one name.
    case facetTwice(name: String)
    /// A value that the facet's own list of values leaves out.
    case facetValue(facet: String, value: String, item: String)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .count(let what, let expected, let got):
            "\(what) must have \(expected) values, got \(got)."
        case .pictureFormat(let name):
            "The picture '\(name)' is neither PNG nor JPEG; encode it as one of them for a report."
        case .empty(let what):
            "\(what) must be at least 1."
        case .mediaType(let picture, let mediaType):
            """
            Picture \(picture) is said to be '\(mediaType)'; a report shows image/png, image/jpeg, image/webp and \
            image/gif.
            """
        case .noPicture(let item, let index, let count):
            "The item '\(item)' refers to picture \(index), and there are \(count), counted from 0."
        case .facetTwice(let name):
            "Two facets are called '\(name)'; a link to a filtered view needs names that differ."
        case .facetValue(let facet, let value, let item):
            """
            The item '\(item)' has '\(value)' for the facet '\(facet)', whose list of values does not hold it; add it \
            there.
            """
        }
    }
}
