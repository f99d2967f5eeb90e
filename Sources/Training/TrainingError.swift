import Foundation

/// Why a training cannot go on.
public enum TrainingError: Error, LocalizedError, Equatable {
    /// Losses or gradients that are no numbers.
    case notFinite(String)
    /// So many steps in a row were skipped because of losses or gradients that are no numbers; the last of them is named.
    case skipped(count: Int, last: String)
    /// The folder of a training holds something else, or cannot be used.
    case folder(path: String, problem: String)
    /// The folder holds a training of other settings; the first of them that differs is named.
    case otherTraining(path: String, setting: String)
    /// A state was not saved; the one before, if there is one, is whole.
    case notSaved(path: String, step: Int, reason: String, latest: Int?)
    /// Samples cannot be put into batches.
    case batches(String)
    /// The evaluation does not find what the best state is chosen by.
    case evaluation(missing: String, found: [String])
    /// A pass does not fit into memory.
    case memory(pass: String, reason: String)

    /// What went wrong, and what to do.
    public var errorDescription: String? {
        switch self {
        case .notFinite(let what):
            "The training has come apart: \(what) are no finite numbers any more; try a lower learning rate"
        case .skipped(let count, let last):
            "The training has come apart: \(count) steps in a row were skipped, the last because \(last) are no finite "
                + "numbers; try a lower learning rate"
        case .folder(let path, let problem): "\(path): \(problem)"
        case .otherTraining(let path, let setting):
            "\(path): it holds a training of another \(setting); choose another folder"
        case .notSaved(let path, let step, let reason, let latest):
            "\(path): the state after step \(step) was not saved, because \(reason); "
                + (latest.map { "when that is mended, --resume goes on from step \($0)" }
                    ?? "when that is mended, the training begins anew")
        case .batches(let problem): "The samples cannot be put into batches: \(problem)"
        case .evaluation(let missing, let found):
            "The best state cannot be chosen by '\(missing)', which the evaluation does not find; it finds "
                + (found.isEmpty ? "nothing" : found.sorted().joined(separator: ", "))
        case .memory(let pass, let reason):
            "\(pass) does not fit into memory (\(reason)); allow fewer tokens in a pass, or recompute activations"
        }
    }
}
