import Foundation
import Requests

/// What an endpoint answered.
public struct ChatReply: Sendable, Equatable {
    /// One of the answers that were asked for.
    public struct Choice: Sendable, Equatable {
        /// The answer, unchanged; empty if it has ended and nothing is left of it, as where a filter took it away.
        public var text: String
        /// Why it ends.
        public var finish: FinishReason
        /// Where its tokens look, if the endpoint says so (`attention`; `avar serve` does).
        public var attention: AttentionScores?
        /// The score of each token, if the endpoint says so (`token_vas`).
        public var tokenScores: [Float]?
    }

    /// The answers, in the order of their numbers; at least one.
    public var choices: [Choice]
    /// The tokens of the prompt, if the endpoint counts them.
    public var promptTokens: Int?
    /// The tokens of all answers together, if the endpoint counts them.
    public var newTokens: Int?
}

extension ChatReply {
    /// Reads an answer: one JSON object, or a stream of events, whichever it is.
    /// - Parameters:
    ///   - body: everything that came.
    ///   - isWhole: whether it ended as it should; of a stream that was cut, the answers that were complete count.
    /// - Throws: ``Interruption`` that says what is wrong with it.
    init(_ body: [UInt8], isWhole: Bool = true) throws {
        let text = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
        let start = text.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let first = start.first else { throw Interruption(reason: "it answered nothing") }
        if first == UInt8(ascii: "{") {
            try self.init(object: Array(start))
        } else if ["data:", "event:", "id:", "retry:", ":"].contains(where: { start.starts(with: $0.utf8) }) {
            try self.init(stream: Array(start), isWhole: isWhole)
        } else {
            throw Interruption(reason: "it answered what is no JSON (“\(ServerWords.beginning(of: body))”)")
        }
    }

    // MARK: One object

    private init(object body: [UInt8]) throws {
        let completion: Completion
        do {
            completion = try JSONDecoder().decode(Completion.self, from: Data(body))
        } catch {
            throw Interruption(reason: Self.problem(error, body))
        }
        if let error = completion.error { throw Interruption(reason: "it answered with an error, “\(error)”") }
        guard let found = completion.choices, !found.isEmpty else {
            throw Interruption(reason: "it answered without choices")
        }
        choices = try found.enumerated().sorted { ($0.element.index ?? $0.offset) < ($1.element.index ?? $1.offset) }
            .map { _, choice in
                // Filters and readers of thoughts leave nothing of an answer that has ended, and is paid.
                guard let message = choice.message, message.content != nil || choice.finishReason != nil else {
                    throw Interruption(reason: "it answered a choice without content")
                }
                return Choice(
                    text: message.content ?? "", finish: FinishReason(word: choice.finishReason ?? ""),
                    attention: choice.attention,
                    tokenScores: choice.tokenScores)
            }
        (promptTokens, newTokens) = (completion.usage?.promptTokens, completion.usage?.completionTokens)
    }

    /// What is wrong with an object that cannot be read.
    private static func problem(_ error: any Error, _ body: [UInt8]) -> String {
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            let path = context.codingPath.map { $0.intValue.map { String($0) } ?? $0.stringValue }
            return "it answered with another kind of value in \(path.joined(separator: "."))"
        default:
            return "it answered what is no JSON (“\(ServerWords.beginning(of: body))”)"
        }
    }

    // MARK: A stream

    private init(stream body: [UInt8], isWhole: Bool) throws {
        var parts: [Int: (text: String, hasContent: Bool, last: Completion.Choice?)] = [:]
        var usage: Completion.Usage?
        var isDone = false
        for data in ServerSentEvents.data(in: body) {
            if data == "[DONE]" {
                isDone = true
                break
            }
            let chunk: Completion
            do {
                chunk = try JSONDecoder().decode(Completion.self, from: Data(data.utf8))
            } catch {
                throw Interruption(reason: Self.problem(error, Array(data.utf8)))
            }
            if let error = chunk.error { throw Interruption(reason: "it broke off with an error, “\(error)”") }
            usage = chunk.usage ?? usage
            for choice in chunk.choices ?? [] {
                var part = parts[choice.index ?? 0] ?? ("", false, nil)
                if let text = choice.delta?.content {
                    part.text += text
                    part.hasContent = true
                }
                if choice.finishReason != nil { part.last = choice }
                parts[choice.index ?? 0] = part
            }
        }
        let isEnded = isWhole && isDone
        if parts.isEmpty {
            throw Interruption(reason: isEnded ? "it answered without choices" : "the stream was cut")
        }
        choices = try parts.sorted { $0.key < $1.key }.compactMap { _, part in
            // An answer without its reason for ending is only the beginning of one, unless the stream has ended as it should.
            guard part.last != nil || isEnded else { return nil }
            // One that has ended without a word is paid if tokens were made.
            guard part.hasContent || part.last != nil && usage?.completionTokens ?? 0 > 0 else {
                throw Interruption(reason: "it answered a choice without content")
            }
            return Choice(
                text: part.text, finish: FinishReason(word: part.last?.finishReason ?? ""),
                attention: part.last?.attention, tokenScores: part.last?.tokenScores)
        }
        if choices.isEmpty { throw Interruption(reason: "the stream was cut") }
        (promptTokens, newTokens) = (usage?.promptTokens, usage?.completionTokens)
    }
}

/// A chat completion, or a piece of one, as OpenAI's interface has it; what is not needed may be anything.
private struct Completion: Decodable {
    struct Message: Decodable {
        let content: String?
    }

    struct Choice: Decodable {
        let index: Int?
        let message: Message?
        let delta: Message?
        let finishReason: String?
        let attention: AttentionScores?
        let tokenScores: [Float]?

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            index = try values.decodeIfPresent(Int.self, forKey: .index)
            message = try values.decodeIfPresent(Message.self, forKey: .message)
            delta = try values.decodeIfPresent(Message.self, forKey: .delta)
            finishReason = try values.decodeIfPresent(String.self, forKey: .finishReason)
            // Other servers may mean something else by these names.
            attention = try? values.decodeIfPresent(AttentionScores.self, forKey: .attention)
            tokenScores = try? values.decodeIfPresent([Float].self, forKey: .tokenScores)
        }

        private enum CodingKeys: String, CodingKey {
            case index, message, delta, attention
            case finishReason = "finish_reason"
            case tokenScores = "token_vas"
        }
    }

    struct Usage: Decodable {
        let promptTokens: Int?
        let completionTokens: Int?

        private enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    let choices: [Choice]?
    let usage: Usage?
    let error: String?

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        choices = try values.decodeIfPresent([Choice].self, forKey: .choices)
        usage = try? values.decodeIfPresent(Usage.self, forKey: .usage)
        error = ServerWords.error(values, .error)
    }

    private enum CodingKeys: String, CodingKey { case choices, usage, error }
}
