import Foundation

/// Why events cannot be kept.
public enum EventFileError: Error, LocalizedError, Equatable {
    /// A file that cannot be used, and why.
    case file(path: String, problem: String)

    /// One sentence: which file, and what is wrong with it.
    public var errorDescription: String? {
        switch self {
        case .file(let path, let problem): "\(path): \(problem)"
        }
    }

    /// The failure of a call of the system that has just returned.
    static func failure(_ url: URL, _ action: String) -> EventFileError {
        .file(path: url.path, problem: "it cannot be \(action): \(String(cString: strerror(errno)).lowercased())")
    }
}
