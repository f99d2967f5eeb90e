import Foundation

/// Why a training cannot go on.
public enum TrainingError: Error, LocalizedError, Equatable {
    /// Losses or gradients that are no numbers.
    case notFinite(String)
    /// The folder of a training holds something else, or cannot be used.
    case folder(path: String, problem: String)

    /// What went wrong, and what to do.
    public var errorDescription: String? {
        switch self {
        case .notFinite(let what):
            "The training has come apart: \(what) are no finite numbers any more; try a lower learning rate"
        case .folder(let path, let problem): "\(path): \(problem)"
        }
    }
}
