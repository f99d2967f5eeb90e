import DurableFiles
import Foundation

/// What can go wrong with a synthesis as a whole; what goes wrong with one sample is the reason of its rejection.
public enum SynthesisError: Error, Equatable, LocalizedError {
    /// A prompt that cannot be used.
    case prompt(name: String, problem: String)
    /// The key of an endpoint is not where it should be.
    case key(stage: String, problem: String)
    /// A file that cannot be read or written.
    case file(path: String, action: String, reason: String)
    /// A store that is none of ours, or of a later version.
    case foreign(path: String, problem: String)
    /// A store that cannot be read.
    case damaged(path: String, reason: String)
    /// Another process has kept the store busy for too long.
    case busy(path: String)
    /// Another process works on the store with other settings.
    case occupied(path: String)
    /// There is nothing of this name.
    case absent(path: String)

    /// One sentence: what was wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .prompt(let name, let problem): "The prompt \(name) \(problem)."
        case .key(let stage, let problem): "The key of the stage \(stage) is missing: \(problem)."
        case .file(let path, let action, let reason): "\(path) cannot be \(action): \(reason)."
        case .foreign(let path, let problem): "\(path) \(problem); give another folder as output."
        case .damaged(let path, let reason):
            "\(path) is damaged: \(reason); restore it, or give another folder as output."
        case .busy(let path): "\(path) is kept busy by another process; try again when that has ended."
        case .occupied(let path):
            "Another process works on \(path) with other settings; let it end or stop it first, or give another folder "
                + "as output."
        case .absent(let path): "There is no synthesis in \(path)."
        }
    }

    /// What the system refused.
    init(_ failure: FileFailure) {
        self = .file(path: failure.path, action: failure.action, reason: failure.reason)
    }
}
