import Foundation

/// Why an advantage, an objective or a choice of groups cannot be computed.
public enum ObjectiveError: Error, LocalizedError, Equatable {
    /// A setting that has no meaning.
    case setting(name: String, value: String, expected: String)
    /// There is nothing to compute from.
    case empty(String)
    /// Numbers that belong together are not equally many.
    case lengths(place: String, expected: Int, got: Int)
    /// A number that came in is NaN or infinite.
    case notFinite(place: String, value: String)
    /// The Kullback-Leibler term is asked for, and an output comes without log-probabilities of the reference.
    case missingReference(output: Int)
    /// The totals of the update are smaller than what one part of it holds.
    case normalizer(name: String, total: Int, found: Int)
    /// Numbers that came in are finite, and what follows from them is not.
    case overflow(place: String, cause: String, remedy: String)

    /// What was wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .setting(let name, let value, let expected): "\(name) is \(value); it must be \(expected)"
        case .empty(let what): "\(what) is empty; leave it out, or give it at least one element"
        case .lengths(let place, let expected, let got):
            "\(place) has \(got) elements instead of \(expected); every token needs one"
        case .notFinite(let place, let value):
            "\(place) is \(value), no finite number; find where it comes from, or leave the output out"
        case .missingReference(let output):
            "Output \(output) has no log-probabilities of the reference model, which a Kullback-Leibler "
                + "coefficient above 0 needs; give them, or set the coefficient to 0"
        case .normalizer(let name, let total, let found):
            "The whole update is said to hold \(total) \(name), and this part of it alone holds \(found); "
                + "add up the counts of all parts first"
        case .overflow(let place, let cause, let remedy): "\(place) overflows: \(cause); \(remedy)"
        }
    }

    /// Throws unless a number is finite.
    /// - Parameters:
    ///   - value: the number.
    ///   - place: what it is and where it stands, for the message.
    /// - Throws: ``notFinite(place:value:)``.
    static func requireFinite(_ value: Double, _ place: @autoclosure () -> String) throws {
        guard !value.isFinite else { return }
        throw ObjectiveError.notFinite(place: place(), value: "\(value)")
    }
}
