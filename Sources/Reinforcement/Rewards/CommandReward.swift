import Foundation
import Requests

/// A user's own reward: a command that is run once for each batch.
///
/// It reads a JSON list of objects from its standard input, one for each rollout, with EasyR1's `response`,
/// `response_length`, `ground_truth` and `problem`, and with `group`, `sample` and `is_cut`; and writes a JSON list to
/// its standard output, in the same order, of numbers or of objects such as `{"overall": 0.5, "format": 1}`, whose
/// further numbers are logged and not paid. What it writes to its standard error is for people; of a failure the last
/// line of it is shown.
///
///     import json, sys
///     print(json.dumps([float(r["ground_truth"] in r["response"]) for r in json.load(sys.stdin)]))
///
/// Whatever else it does never reaches an update: it is run again as ``retries`` say, and then ``onFailure`` decides. A
/// command that takes too long is asked to end (SIGTERM), and ended (SIGKILL), with everything that it started.
public struct CommandReward: OutsideReward {
    /// Under which it is logged.
    public let name: String
    /// By which its values are multiplied.
    public let weight: Double
    /// The program, looked for in `PATH`, and its arguments.
    public let command: [String]
    /// The smallest and the largest value that can be meant; nil if any number can.
    public let range: ClosedRange<Double>?

    /// The folder it runs in; nil means that of this process.
    public var folder: URL?
    /// How long it may take.
    public var timeout = Duration.seconds(600)
    /// How long it has to end when it is asked to.
    public var grace = Duration.seconds(2)
    /// The most bytes that it may write.
    public var byteLimit = 64 << 20
    /// What happens when it fails for good.
    public var onFailure = RewardFailureRule.stop
    /// How often and after which waits it is run again; once, because most of what is wrong with a command stays wrong.
    public var retries: RetryPolicy
    /// Told before each repetition why, and after how long it comes.
    public var retrying: @Sendable (String, Duration) -> Void = { _, _ in }

    /// Runs a program.
    /// - Parameters:
    ///   - name: under which it is logged.
    ///   - weight: by which its values are multiplied.
    ///   - command: the program, looked for in `PATH`, and its arguments.
    ///   - range: the smallest and the largest value that can be meant.
    /// - Throws: ``RewardError/setting(_:)`` if there is no program, or the range has no bounds.
    public init(name: String, weight: Double = 1, command: [String], range: ClosedRange<Double>? = nil) throws {
        guard let program = command.first, !program.isEmpty else {
            throw RewardError.setting("The reward '\(name)' has no command")
        }
        guard !command.contains(where: { $0.utf8.contains(0) }) else {
            throw RewardError.setting("The command of the reward '\(name)' holds a zero byte")
        }
        try Self.check(name, range)
        (self.name, self.weight, self.command, self.range) = (name, weight, command, range)
        retries = RetryPolicy()
        retries.limit = 1
    }

    /// Runs a line of the shell.
    /// - Parameters:
    ///   - name: under which it is logged.
    ///   - weight: by which its values are multiplied.
    ///   - shell: the line, given to `/bin/sh -c`.
    ///   - range: the smallest and the largest value that can be meant.
    /// - Throws: ``RewardError/setting(_:)`` if the line is empty, or the range has no bounds.
    public init(name: String, weight: Double = 1, shell: String, range: ClosedRange<Double>? = nil) throws {
        guard shell.contains(where: { !$0.isWhitespace }) else {
            throw RewardError.setting("The reward '\(name)' has no command")
        }
        try self.init(name: name, weight: weight, command: ["/bin/sh", "-c", shell], range: range)
    }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: one value for each.
    /// - Throws: ``RewardError/command(part:command:reason:repetitions:)``, `CancellationError`.
    public func evaluate(_ batch: RewardBatch) async throws -> RewardValues { try await asked(batch) }

    func attempt(_ request: Data) async throws -> Data {
        let child = RewardProcess(
            command: command, folder: folder, timeout: timeout, grace: grace, byteLimit: byteLimit)
        let ending: RewardProcess.Ending
        do {
            ending = try await child.run(request)
        } catch let error as RewardProcess.Failure {
            throw gaveUp(reason: error.reason, repetitions: 0)
        }
        let said = ending.lastWords.isEmpty ? "" : ", saying “\(ending.lastWords)”"
        switch ending.cause {
        case .status(0): return ending.output
        case .status(let status): throw Interruption(reason: "it ended with status \(status)\(said)")
        case .signal(let signal):
            let words = strsignal(signal).map { " (\(String(cString: $0).lowercased()))" } ?? ""
            throw Interruption(reason: "it was ended by signal \(signal)\(words)\(said)")
        case .timeout: throw Interruption(reason: "it took longer than \(RewardWords.seconds(timeout))\(said)")
        case .tooMuch: throw Interruption(reason: "it wrote more than \(Self.size(byteLimit))\(said)")
        }
    }

    private static func size(_ count: Int) -> String {
        count >= 1 << 20 ? "\(count >> 20) MiB" : "\(count) bytes"
    }

    func gaveUp(reason: String, repetitions: Int) -> RewardError {
        // Of a line of the shell the line is what the user knows.
        let words = command.prefix(2) == ["/bin/sh", "-c"] ? command.dropFirst(2) : command[...]
        return .command(
            part: name, command: RewardWords.beginning(words.joined(separator: " ")), reason: reason,
            repetitions: repetitions)
    }
}
