import Foundation
import Requests

/// What happens when a user's own reward fails for good.
public enum RewardFailureRule: String, Sendable, CaseIterable {
    /// The training stops with a sentence.
    case stop
    /// The batch goes on without the part: every rollout gets 0, which moves no advantage. That is counted (`failed`)
    /// and reported.
    case withoutPart = "without_part"
}

/// A part that asks somebody else, who may fail, stall or lie.
protocol OutsideReward: RewardPart {
    var range: ClosedRange<Double>? { get }
    var onFailure: RewardFailureRule { get }
    var retries: RetryPolicy { get }
    var retrying: @Sendable (String, Duration) -> Void { get }

    /// Asks once.
    /// - Throws: `Interruption` if it may go better the next time, ``RewardError`` if not.
    func attempt(_ request: Data) async throws -> Data

    /// The error when it was asked often enough.
    func gaveUp(reason: String, repetitions: Int) -> RewardError
}

extension OutsideReward {
    /// Asks until there are values that can be used.
    func asked(_ batch: RewardBatch) async throws -> RewardValues {
        var failures = 0
        do {
            let request = try RewardRequest.body(batch.inputs)
            while true {
                try Task.checkCancellation()
                do {
                    var found = try RewardAnswer.values(await attempt(request), for: batch, range: range)
                    found.counts = ["failed": 0, "repeated": failures]
                    return found
                } catch let interruption as Interruption {
                    failures += 1
                    let delay = retries.delay(afterFailure: failures, interruption)
                    guard failures <= retries.limit, delay <= retries.longestDelay else {
                        let asks = (interruption.retryAfter ?? .zero) > retries.longestDelay
                        let wait = asks ? " and asks to be left alone for \(RewardWords.seconds(delay))" : ""
                        throw gaveUp(reason: interruption.reason + wait, repetitions: failures - 1)
                    }
                    retrying(interruption.reason, delay)
                    try await retries.sleep(delay)
                }
            }
        } catch let error as RewardError where onFailure == .withoutPart {
            return RewardValues(
                batch.inputs.map { _ in 0 }, counts: ["failed": 1, "repeated": max(failures - 1, 0)],
                failure: "\(error.localizedDescription) The batch goes on without it.")
        }
    }

    /// Checks what is the same for all such parts.
    static func check(_ name: String, _ range: ClosedRange<Double>?) throws {
        if let range, !range.lowerBound.isFinite || !range.upperBound.isFinite {
            throw RewardError.setting("The range of the reward '\(name)' has no bounds; give two numbers")
        }
    }
}

/// Rollouts as they are told to a user's own reward: a JSON list, with EasyR1's names.
enum RewardRequest {
    private struct Item: Encodable {
        let response: String
        let response_length: Int
        let ground_truth: String
        let problem: String
        let group: Int
        let sample: Int
        let is_cut: Bool
    }

    /// The list.
    static func body(_ inputs: [RewardInput]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            inputs.map { input in
                Item(
                    response: input.response, response_length: input.responseLength, ground_truth: input.answer,
                    problem: input.problem, group: input.group, sample: input.sample, is_cut: input.isCut)
            })
    }
}

/// Words of others, fit for a sentence.
enum RewardWords {
    private static let limit = 200

    /// The beginning of a text, on one line and without control characters.
    static func beginning(_ text: String) -> String {
        let line = text.prefix(4 * limit).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let words = String(line.unicodeScalars.filter { $0.properties.generalCategory != .control })
        return words.count > limit ? words.prefix(limit) + "…" : words
    }

    /// The last line of a text that says something.
    static func lastLine(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.last { !$0.allSatisfy(\.isWhitespace) }.map { beginning(String($0)) } ?? ""
    }

    /// What is wrong with a list of another length.
    static func lengths(_ found: Int, _ thing: String, _ wanted: Int) -> String {
        func count(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }
        return "it gave \(count(found, thing)) for \(count(wanted, "rollout"))"
    }

    /// A time.
    static func seconds(_ duration: Duration) -> String { String(format: "%.3g s", duration / .seconds(1)) }
}
