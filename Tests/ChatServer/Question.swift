import Foundation

/// A request for a chat completion, as it came.
public struct Question: Sendable {
    /// The path that was asked for.
    public let path: String
    /// The headers, names in lower case.
    public let headers: [String: String]
    /// The body, unread.
    public let body: Data

    private var object: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }

    /// A value of the body.
    public func string(_ name: String) -> String? { object[name] as? String }

    /// A number of the body.
    public func number(_ name: String) -> Double? { (object[name] as? NSNumber)?.doubleValue }

    /// Whether the answer is to come word by word.
    public var streams: Bool { object["stream"] as? Bool ?? false }

    /// How many answers are asked for.
    public var count: Int { number("n").map { Int($0) } ?? 1 }

    private var lastContent: Any? { (object["messages"] as? [[String: Any]])?.last?["content"] }

    /// The last words of the last message.
    public var text: String {
        if let text = lastContent as? String { return text }
        let parts = lastContent as? [[String: Any]] ?? []
        return parts.last { $0["type"] as? String == "text" }?["text"] as? String ?? ""
    }

    /// What kind the parts of the last message are.
    public var partKinds: [String] {
        (lastContent as? [[String: Any]])?.map { $0["type"] as? String ?? "?" } ?? ["string"]
    }

    /// The addresses of the pictures in the last message.
    public var pictures: [String] {
        (lastContent as? [[String: Any]] ?? []).compactMap { ($0["image_url"] as? [String: Any])?["url"] as? String }
    }
}
