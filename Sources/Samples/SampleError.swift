import Foundation

/// What can be wrong with a data file and its samples.
public enum SampleError: Error, LocalizedError {
    /// A file that cannot be read.
    case unreadable(path: String, reason: String)
    /// A sample that cannot be used as it stands in the file.
    case content(String)
    /// What went wrong with one sample, and where that lies: `Line 3 of data.jsonl`.
    case entry(place: String, cause: any Error)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
        case .content(let problem): "\(problem)."
        case .entry(let place, let cause): "\(place): \(cause.localizedDescription)"
        }
    }

    /// Says of what goes wrong where that lies, unless it says so already.
    package static func naming<Result>(_ place: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SampleError {
            if case .entry = error { throw error }
            throw SampleError.entry(place: place, cause: error)
        } catch {
            throw SampleError.entry(place: place, cause: error)
        }
    }
}
