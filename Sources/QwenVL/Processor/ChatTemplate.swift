import Foundation

/// The chat template of Qwen2.5-VL, which knows what part every piece of its text plays.
///
/// A turn is `<|im_start|>ROLE`, a line break, the content, `<|im_end|>`, a line break; a picture is `<|vision_start|>`,
/// `<|image_pad|>` once per visual token, `<|vision_end|>`; a conversation that does not begin with a system turn is given
/// one. Special tokens come from here alone: text that a user wrote is never taken for one.
public enum ChatTemplate {
    /// The system turn of a conversation that has none.
    public static let defaultSystem = "You are a helpful assistant."

    /// A stretch of the template's text with one role.
    public struct Piece: Sendable, Equatable {
        /// What the stretch is made of.
        public enum Kind: Sendable, Equatable {
            /// A special token by its text, such as `<|im_start|>`.
            case special(String)
            /// Text in which nothing is taken for a special token.
            case text(String)
            /// The place of a picture, counted from 0 over the conversation.
            case image(Int)
        }

        /// What it is made of.
        public var kind: Kind
        /// Its part in the conversation.
        public var role: TokenRole
        /// The turn it belongs to, counted from 0.
        public var turn: Int
    }

    /// The pieces of a conversation.
    /// - Parameters:
    ///   - messages: the turns.
    ///   - addsGenerationPrompt: true to end with the header of an assistant turn for the model to go on from.
    ///   - addsDefaultSystem: false to leave a conversation that has no system turn without one, as the template never does.
    /// - Returns: the pieces in order.
    /// - Throws: ``QwenVLError/conversation(_:)`` if there are no messages.
    public static func pieces(
        _ messages: [Message], addsGenerationPrompt: Bool = true, addsDefaultSystem: Bool = true
    ) throws -> [Piece] {
        guard let first = messages.first else { throw QwenVLError.conversation("The conversation has no messages") }
        let isWhole = first.role == .system || !addsDefaultSystem
        let turns = (isWhole ? [] : [.system(defaultSystem)]) + messages
        var pieces: [Piece] = []
        var images = 0
        for (turn, message) in turns.enumerated() {
            append(message, turn: turn, images: &images, to: &pieces)
        }
        if addsGenerationPrompt {
            pieces.append(Piece(kind: .special("<|im_start|>"), role: .marker, turn: turns.count))
            pieces.append(Piece(kind: .text("assistant\n"), role: .marker, turn: turns.count))
        }
        return pieces
    }

    /// The text of a conversation, as transformers' `apply_chat_template(tokenize=False)` gives it.
    /// - Parameters:
    ///   - messages: the turns.
    ///   - addsGenerationPrompt: true to end with the header of an assistant turn.
    /// - Returns: the text, with one `<|image_pad|>` per picture.
    /// - Throws: ``QwenVLError/conversation(_:)`` if there are no messages.
    public static func text(_ messages: [Message], addsGenerationPrompt: Bool = true) throws -> String {
        try pieces(messages, addsGenerationPrompt: addsGenerationPrompt).map { piece in
            switch piece.kind {
            case .special(let token): token
            case .text(let text): text
            case .image: "<|image_pad|>"
            }
        }.joined()
    }

    private static func append(_ message: Message, turn: Int, images: inout Int, to pieces: inout [Piece]) {
        // The markers of the system turn belong to it; those of the others to nobody. The end token of a response is its own.
        let frame: TokenRole = message.role == .system ? .system : .marker
        let inside = role(of: message.role)
        let end: TokenRole = message.role == .user ? .marker : inside
        func add(_ kind: Piece.Kind, _ role: TokenRole) { pieces.append(Piece(kind: kind, role: role, turn: turn)) }

        add(.special("<|im_start|>"), frame)
        add(.text("\(message.role.rawValue)\n"), frame)
        for content in message.content {
            switch content {
            case .text(let text):
                add(.text(text), inside)
            case .image:
                add(.special("<|vision_start|>"), .marker)
                add(.image(images), .image)
                add(.special("<|vision_end|>"), .marker)
                images += 1
            }
        }
        add(.special("<|im_end|>"), end)
        add(.text("\n"), .marker)
    }

    private static func role(of role: Message.Role) -> TokenRole {
        switch role {
        case .system: .system
        case .user: .user
        case .assistant: .response
        }
    }
}
