import Images

/// One turn of a conversation.
public struct Message: Sendable, Equatable {
    /// Whose turn it is, by the names that the chat template writes.
    public enum Role: String, Sendable, CaseIterable {
        /// The frame of the conversation.
        case system
        /// Who asks; pictures stand in these turns.
        case user
        /// Who answers: the model, or whoever wrote the answer of a data set.
        case assistant
    }

    /// A piece of a turn.
    public enum Content: Sendable, Equatable {
        /// Words. What looks like a mark of the template in them is text all the same.
        case text(String)
        /// A picture, decoded and upright, in its place among the text.
        case image(RGBImage)
    }

    /// Whose turn it is.
    public var role: Role
    /// The pieces in their order.
    public var content: [Content]

    /// A turn of several pieces.
    /// - Parameters:
    ///   - role: who speaks.
    ///   - content: the pieces in their order.
    public init(role: Role, content: [Content]) {
        self.role = role
        self.content = content
    }

    /// A system turn of text alone; it comes first.
    public static func system(_ text: String) -> Message { Message(role: .system, content: [.text(text)]) }
    /// A user turn: pictures first, then the words, as Qwen2.5-VL was trained.
    public static func user(_ text: String, images: [RGBImage] = []) -> Message {
        Message(role: .user, content: images.map { .image($0) } + [.text(text)])
    }
    /// A turn of the model.
    public static func assistant(_ text: String) -> Message { Message(role: .assistant, content: [.text(text)]) }
}
