import Foundation

/// What a client asks for, checked: the body of `/v1/chat/completions` as backends see it.
public struct ChatRequest: Sendable, Equatable {
    /// The name of the model, one of those that are served.
    public var model: String
    /// The conversation, at least one message.
    public var messages: [ChatMessage]
    /// The most tokens of each answer, at least 1; nil for the backend's own limit.
    public var maxTokens: Int?
    /// 0 (always the likeliest token) to 2; nil for the backend's own.
    public var temperature: Double?
    /// 0 to 1: tokens are drawn among the likeliest that have this probability together; nil for the backend's own.
    public var topP: Double?
    /// Up to four texts that end an answer and are no part of it.
    ///
    /// The server applies them: a backend may ignore them.
    public var stop: [String]
    /// What decides everything that is drawn by chance; nil for anything.
    public var seed: UInt64?
    /// How many answers, at least 1.
    public var choices: Int
    /// Whether the log-probability of every token is wanted.
    public var wantsLogProbabilities: Bool
    /// How many of the likeliest tokens are wanted beside every token, 0 to 20.
    public var alternatives: Int
    /// Whether the visual attention of every token is wanted (`visual_attention`, beyond the standard).
    public var wantsVisualAttention: Bool
    /// Whether the answer is sent while it is written.
    ///
    /// The server sends it: a backend may ignore this.
    public var streams: Bool
    /// Whether a stream ends with the counts of tokens.
    public var streamsUsage: Bool

    /// A request.
    /// - Parameters:
    ///   - model: the name of the model.
    ///   - messages: the conversation.
    public init(model: String, messages: [ChatMessage]) {
        (self.model, self.messages, stop, choices, alternatives) = (model, messages, [], 1, 0)
        (wantsLogProbabilities, wantsVisualAttention, streams, streamsUsage) = (false, false, false, false)
    }

    /// All pictures in their order.
    public var pictures: [ChatPicture] {
        messages.flatMap(\.parts).compactMap { if case .picture(let picture) = $0 { picture } else { nil } }
    }

    /// All texts in their order.
    public var texts: [String] {
        messages.flatMap(\.parts).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}

/// One message of a conversation.
public struct ChatMessage: Sendable, Equatable {
    /// Whose message it is, by OpenAI's names.
    public enum Role: String, Sendable, CaseIterable {
        /// The instructions before the conversation.
        case system
        /// The same by its newer name.
        case developer
        /// Who asks; only these messages may have pictures.
        case user
        /// Earlier answers of the model.
        case assistant
    }

    /// Whose message it is.
    public var role: Role
    /// What is said, in order; a plain text is one part.
    public var parts: [ChatPart]

    /// A message.
    /// - Parameters:
    ///   - role: who speaks.
    ///   - parts: what is said, in order.
    public init(role: Role, parts: [ChatPart]) { (self.role, self.parts) = (role, parts) }

    /// The texts of the parts, one behind the other.
    public var text: String {
        parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }
}

/// Text or a picture in a message, in the order in which they were sent.
public enum ChatPart: Sendable, Equatable {
    /// Text (`{"type": "text"}`, or the whole content).
    case text(String)
    /// A picture (`{"type": "image_url"}` with a data URL).
    case picture(ChatPicture)
}

/// A picture as it was sent: not decoded, but of a format that is read and of an allowed size by its header.
public struct ChatPicture: Sendable, Equatable {
    /// The file: JPEG, PNG or WebP.
    public var data: Data
    /// The width in pixels of the upright picture, by the header.
    public var width: Int
    /// The height in pixels of the upright picture, by the header.
    public var height: Int
    /// Where it stands in the request, for messages: `messages[0].content[1].image_url`.
    public var parameter: String

    /// A picture.
    /// - Parameters:
    ///   - data: the file.
    ///   - width: the width in pixels, by the header.
    ///   - height: the height in pixels, by the header.
    ///   - parameter: where it stands in the request.
    public init(data: Data, width: Int, height: Int, parameter: String) {
        (self.data, self.width, self.height, self.parameter) = (data, width, height, parameter)
    }
}
