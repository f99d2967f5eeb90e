import Foundation

/// What came of asking a model or an endpoint for answers.
public struct AnsweringSummary: Sendable, Equatable, Codable {
    /// Answers that were asked for.
    public var asked = 0
    /// Answers that came and are stored, cut ones included.
    public var answered = 0
    /// Answers that were cut at the greatest number of tokens.
    public var cut = 0
    /// Answers that could not be had, which is stored as well; a later run asks again.
    public var failed = 0
    /// Why, the most frequent reason first.
    public var failures: [FailureCount] = []
    /// Requests that were repeated.
    public var retried = 0
    /// Why, the most frequent reason first.
    public var retries: [FailureCount] = []
    /// Tokens of prompts, as far as the endpoint counts them.
    public var promptTokens = 0
    /// Tokens of answers, as far as the endpoint counts them.
    public var newTokens = 0
    /// How long it all took, in seconds.
    public var seconds = 0.0
    /// Whether it was cancelled.
    public var wasInterrupted = false
    /// Why it was ended before everything was asked; nil if it was not.
    public var stopped: String?

    /// Nothing has been asked yet.
    public init() {}

    /// Answers that were neither had nor given up: a later run asks for them.
    public var left: Int { asked - answered - failed }

    private enum CodingKeys: String, CodingKey {
        case asked, answered, cut, failed, failures, retried, retries, seconds, stopped
        case promptTokens = "prompt_tokens"
        case newTokens = "new_tokens"
        case wasInterrupted = "was_interrupted"
    }

    /// Counts what came of other questions as well.
    /// - Parameter other: of questions of the same run.
    public mutating func add(_ other: AnsweringSummary) {
        (asked, answered, cut, failed) = (
            asked + other.asked, answered + other.answered, cut + other.cut, failed + other.failed
        )
        (retried, promptTokens, newTokens) = (
            retried + other.retried, promptTokens + other.promptTokens, newTokens + other.newTokens
        )
        seconds += other.seconds
        for count in other.failures { Self.count(count.reason, count.count, in: &failures) }
        for count in other.retries { Self.count(count.reason, count.count, in: &retries) }
        wasInterrupted = wasInterrupted || other.wasInterrupted
        stopped = stopped ?? other.stopped
    }

    /// Counts more of a reason, and keeps the most frequent first.
    static func count(_ reason: String, _ more: Int = 1, in counts: inout [FailureCount]) {
        if let place = counts.firstIndex(where: { $0.reason == reason }) {
            counts[place].count += more
        } else {
            counts.append(FailureCount(reason: reason, count: more))
        }
        counts.sort { ($0.count, $1.reason) > ($1.count, $0.reason) }
    }

    /// The summary in sentences, one to a line.
    public var lines: [String] {
        let tokens = newTokens > 0 ? ", \(promptTokens) tokens read and \(newTokens) written" : ""
        var lines = [
            "\(answered) of \(asked) answers came in \(String(format: "%.1f", seconds)) s\(tokens)"
                + (cut > 0 ? "; \(cut) \(Self.verb(cut)) cut at the greatest number of tokens." : ".")
        ]
        if retried > 0 { lines.append("Requests were repeated: \(Self.list(retries)).") }
        if failed > 0 {
            lines.append("Not to be had, and asked for again next time: \(Self.list(failures)).")
        }
        if let stopped { lines.append("The rest was not asked: \(stopped)") }
        if left > 0 {
            let why = wasInterrupted ? "It was interrupted; " : ""
            lines.append("\(why)\(left) of the answers \(left == 1 ? "is" : "are") left, and the same command goes on.")
        }
        return lines
    }

    private static func verb(_ count: Int) -> String { count == 1 ? "was" : "were" }

    /// At most five reasons, in words.
    private static func list(_ counts: [FailureCount]) -> String {
        let shown = counts.prefix(5).map { count in
            let reason = count.reason.hasSuffix(".") ? String(count.reason.dropLast()) : count.reason
            return "\(count.count) × \(reason)"
        }
        let rest = counts.dropFirst(5).reduce(0) { $0 + $1.count }
        return (shown + (rest > 0 ? ["\(rest) × something else"] : [])).joined(separator: "; ")
    }
}
