import Foundation

/// Why there is no reward.
public enum RewardError: Error, Equatable, LocalizedError {
    /// Settings that cannot be meant.
    case setting(String)
    /// A part gave something else than one finite number for each rollout.
    case values(part: String, problem: String)
    /// A command gave no values.
    case command(part: String, command: String, reason: String, repetitions: Int)
    /// An endpoint gave no values.
    case endpoint(part: String, host: String, reason: String, repetitions: Int)
    /// An endpoint refuses the request; asking again would not help.
    case refused(part: String, host: String, status: Int, words: String)
    /// Nobody we trust says that the server is who it says.
    case certificate(part: String, host: String)

    /// One sentence: what was wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .setting(let problem): "\(problem)."
        case .values(let part, let problem): "The reward '\(part)' cannot be used: \(problem)."
        case .command(let part, let command, let reason, let repetitions):
            "The command of the reward '\(part)' (\(command)) gave no values: \(reason)\(Self.after(repetitions))."
        case .endpoint(let part, let host, let reason, let repetitions):
            "The endpoint of the reward '\(part)' (\(host)) gave no values: \(reason)\(Self.after(repetitions))."
        case .refused(let part, let host, let status, let words):
            "The endpoint of the reward '\(part)' (\(host)) refuses the request (\(status))"
                + (words.isEmpty ? "" : ", saying “\(words)”") + "; look at the address and the key."
        case .certificate(let part, let host):
            "The endpoint of the reward '\(part)' (\(host)) cannot prove who it is: its certificate is not trusted; "
                + "look at the address."
        }
    }

    private static func after(_ repetitions: Int) -> String {
        switch repetitions {
        case 0: ""
        case 1: ", after 1 repetition"
        default: ", after \(repetitions) repetitions"
        }
    }
}
