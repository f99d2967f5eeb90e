import Foundation

/// Everything that can go wrong in reading or writing safetensors files and checkpoints.
public enum SafetensorsError: LocalizedError, Equatable {
    /// The file at `path` cannot be opened or mapped.
    case file(path: String, FileProblem)
    /// The header of the file at `path` is not one of a safetensors file.
    case header(path: String, HeaderProblem)
    /// The header of the file at `path` says something impossible of `tensor`.
    case tensor(path: String, tensor: String, TensorProblem)
    /// The file or checkpoint at `path`, which holds `count` tensors, was asked for one it does not have.
    case unknownTensor(path: String, tensor: String, count: Int)
    /// The folder or index at `path` is no complete checkpoint.
    case checkpoint(path: String, CheckpointProblem)
    /// The file or folder at `path` could not be written.
    case writing(path: String, WritingProblem)

    /// One sentence that says what is wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .file(let path, let problem):
            return "\(path) \(problem.sentence)."
        case .header(let path, let problem):
            return "\(path) is not a valid safetensors file: \(problem.sentence)."
        case .tensor(let path, let tensor, let problem):
            return "\(path): tensor \(JSONText.quoted(tensor)) \(problem.sentence)."
        case .unknownTensor(let path, let tensor, let count):
            return "\(path) holds no tensor \(JSONText.quoted(tensor)) among its \(count); names must match exactly."
        case .checkpoint(let path, let problem):
            return "\(path) \(problem.sentence)."
        case .writing(let path, let problem):
            return "\(path) \(problem.sentence)."
        }
    }

    /// Names in quotes, in the order given, with a count in place of those after the eighth.
    static func list(_ names: [String], limit: Int = 8) -> String {
        let shown = names.prefix(limit).map { JSONText.quoted($0) }.joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }

    /// The system's words for an error number.
    static func reason(_ number: Int32) -> String {
        String(cString: strerror(number))
    }

    /// The system's words for what made Foundation fail, or Foundation's own if it keeps them to itself.
    static func reason(of error: any Error) -> String {
        guard let cause = (error as? CocoaError)?.underlying as? POSIXError else { return error.localizedDescription }
        return reason(cause.code.rawValue)
    }
}
