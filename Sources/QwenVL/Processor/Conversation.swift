import Foundation
import Images

/// Conversations in the JSON of transformers' `apply_chat_template`:
/// `[{"role": "user", "content": [{"type": "image", "image": "a.png"}, {"type": "text", "text": "..."}]}]`.
public enum Conversation {
    /// Reads a conversation.
    /// - Parameters:
    ///   - data: JSON, a list of messages; the content of a message is a string or a list of items.
    ///   - name: what errors call it.
    ///   - image: gives the picture that an item refers to by path or URL.
    /// - Returns: the messages.
    /// - Throws: ``QwenVLError/conversation(_:)`` naming the message, also for videos; what `image` throws.
    public static func messages(
        json data: Data, name: String, image: (String) throws -> RGBImage
    ) throws -> [Message] {
        guard let list = (try? JSONSerialization.jsonObject(with: data)) as? [[String: Any]] else {
            throw QwenVLError.conversation("\(name) is not a JSON list of messages")
        }
        return try list.enumerated().map { index, object in
            try message(object, place: "Message \(index + 1) of \(name)", image: image)
        }
    }

    private static func message(
        _ object: [String: Any], place: String, image: (String) throws -> RGBImage
    ) throws -> Message {
        guard let named = object["role"] as? String else { throw QwenVLError.conversation("\(place) has no role") }
        guard let role = Message.Role(rawValue: named) else {
            let known = Message.Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw QwenVLError.conversation("\(place) has the role '\(named)'; a role is one of \(known)")
        }
        if let text = object["content"] as? String { return Message(role: role, content: [.text(text)]) }
        guard let items = object["content"] as? [[String: Any]] else {
            throw QwenVLError.conversation("\(place) has a content that is neither a string nor a list of items")
        }
        return Message(role: role, content: try items.map { try content($0, place: place, image: image) })
    }

    private static func content(
        _ item: [String: Any], place: String, image: (String) throws -> RGBImage
    ) throws -> Message.Content {
        let kind = item["type"] as? String
        if kind == "video" || item["video"] != nil {
            throw QwenVLError.conversation(
                "\(place) has a video; video input is not supported, give single frames as images")
        }
        // The template's own order: what is marked as an image, or has one, is an image.
        if kind == "image" || item["image"] != nil || item["image_url"] != nil {
            let nested = (item["image_url"] as? [String: Any])?["url"] as? String
            let keys = ["image", "path", "url", "image_url"]
            guard let reference = nested ?? keys.lazy.compactMap({ item[$0] as? String }).first else {
                throw QwenVLError.conversation("\(place) has an image without a path")
            }
            return .image(try image(reference))
        }
        guard let text = item["text"] as? String else {
            throw QwenVLError.conversation("\(place) has an item that is neither text nor an image")
        }
        return .text(text)
    }
}
