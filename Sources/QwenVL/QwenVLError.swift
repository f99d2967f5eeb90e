import Foundation

/// What can be wrong with a checkpoint, a conversation or a request.
public enum QwenVLError: Error, LocalizedError, Equatable {
    /// A file or folder that cannot be read.
    case unreadable(path: String, reason: String)
    /// A file cannot be written.
    case unwritable(path: String, reason: String)
    /// A file the checkpoint should have.
    case missingFile(path: String, purpose: String)
    /// A configuration file with content that cannot be used.
    case configuration(path: String, problem: String)
    /// Another model than Qwen2.5-VL.
    case unknownArchitecture(path: String, found: String)
    /// Weights that do not fit the configuration; all of them at once.
    case weights(path: String, problems: [String])
    /// Adapters that do not fit the model, or do what is not done here; all of it at once.
    case adapter(path: String, problems: [String])
    /// A conversation that cannot be turned into model input.
    case conversation(String)
    /// More tokens than the model has positions.
    case contextExceeded(tokens: Int, limit: Int, advice: String)
    /// Tensors or counts of a model input that do not agree.
    case input(String)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .unreadable(let path, let reason):
            return "\(path) cannot be read: \(reason)."
        case .unwritable(let path, let reason):
            return "\(path) cannot be written: \(reason)."
        case .missingFile(let path, let purpose):
            return "\(path) is missing; it holds \(purpose), as every Hugging Face checkpoint of Qwen2.5-VL does."
        case .configuration(let path, let problem):
            return "\(path): \(problem)."
        case .unknownArchitecture(let path, let found):
            return "\(path) describes the architecture \(found); avar runs Qwen2.5-VL (model_type qwen2_5_vl)."
        case .weights(let path, let problems):
            return "The weights in \(path) do not fit config.json: \(Self.shown(problems))."
        case .adapter(let path, let problems):
            return "The adapter in \(path) cannot be used: \(Self.shown(problems))."
        case .conversation(let problem):
            return "\(problem)."
        case .contextExceeded(let tokens, let limit, let advice):
            return "The prompt has \(tokens) tokens, the model's context holds \(limit); \(advice)."
        case .input(let problem):
            return "\(problem)."
        }
    }

    private static func shown(_ problems: [String]) -> String {
        problems.prefix(8).joined(separator: "; ") + (problems.count > 8 ? "; and \(problems.count - 8) more" : "")
    }
}
