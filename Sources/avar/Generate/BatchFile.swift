import Foundation
import Images
import QwenVL

/// The prompts of `generate --batch`: one JSON object a line.
///
///     {"prompt": "what color is the shape?", "images": ["a.png"], "system": "be brief"}
///     {"messages": [...], "id": "anything"}
struct BatchFile {
    /// One prompt.
    struct Line {
        /// Counted from 1, empty lines too.
        let number: Int
        /// Given back with the answer.
        let id: String?
        fileprivate let object: [String: Any]
    }

    /// The prompts in their order.
    let lines: [Line]
    private let url: URL

    private static let keys = ["prompt", "messages", "image", "images", "system", "id"]

    /// Reads a file and checks every line, but for the content of its pictures.
    init(contentsOf url: URL) throws {
        self.url = url
        let text = String(decoding: try Pictures.data(of: url), as: UTF8.self)
        let texts = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines = try texts.enumerated().compactMap { index, line in
            guard !line.allSatisfy(\.isWhitespace) else { return nil }
            return try Self.line(String(line), number: index + 1, url)
        }
        guard !lines.isEmpty else { throw QwenVLError.conversation("\(url.path) has no prompts") }
        for line in lines { try checkPictures(of: line) }
    }

    /// What goes wrong with a line, with its place.
    func naming<Result>(_ line: Line, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw LineError(number: line.number, path: url.path, cause: error)
        }
    }

    /// The conversation of a line, pictures read.
    func messages(of line: Line) throws -> [Message] {
        try messages(of: line) { try Pictures.read($0, in: url.deletingLastPathComponent()) }
    }

    private func checkPictures(of line: Line) throws {
        let blank = try RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
        try naming(line) {
            _ = try messages(of: line) { reference in
                let file = Pictures.url(reference, in: url.deletingLastPathComponent())
                guard FileManager.default.isReadableFile(atPath: file.path) else {
                    throw QwenVLError.unreadable(path: file.path, reason: "there is no such readable file")
                }
                return blank
            }
        }
    }

    private func messages(of line: Line, image: (String) throws -> RGBImage) throws -> [Message] {
        if let list = line.object["messages"] {
            let data = try JSONSerialization.data(withJSONObject: list, options: .fragmentsAllowed)
            return try Conversation.messages(json: data, name: "'messages'", image: image)
        }
        let references = line.object["images"] as? [String] ?? (line.object["image"] as? String).map { [$0] } ?? []
        let system = (line.object["system"] as? String).map { [Message.system($0)] } ?? []
        return try system + [.user(line.object["prompt"] as? String ?? "", images: references.map(image))]
    }

    private static func line(_ text: String, number: Int, _ url: URL) throws -> Line {
        func fail(_ problem: String) -> QwenVLError {
            .conversation("Line \(number) of \(url.path) \(problem)")
        }
        let parsed = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        guard let object = parsed as? [String: Any] else { throw fail("is not a JSON object") }
        if let stray = object.keys.sorted().first(where: { !keys.contains($0) }) {
            throw fail("has the key '\(stray)'; a line has \(keys.joined(separator: ", "))")
        }
        guard (object["prompt"] == nil) != (object["messages"] == nil) else {
            throw fail("must have either a prompt or messages")
        }
        if object["messages"] != nil, ["image", "images", "system"].contains(where: { object[$0] != nil }) {
            throw fail("has messages, which hold the pictures and the system turn themselves")
        }
        for key in ["prompt", "system", "image"] where object[key].map({ !($0 is String) }) ?? false {
            throw fail("has a '\(key)' that is not a string")
        }
        guard object["images"].map({ $0 is [String] }) ?? true, object["images"] == nil || object["image"] == nil else {
            throw fail("must give its pictures as one list of paths under 'images', or one path under 'image'")
        }
        return Line(number: number, id: try id(object["id"], fail), object: object)
    }

    private static func id(_ value: Any?, _ fail: (String) -> QwenVLError) throws -> String? {
        switch value {
        case nil: nil
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: throw fail("has an 'id' that is neither a string nor a number")
        }
    }
}

/// What went wrong with one line of a file.
private struct LineError: Error, LocalizedError {
    let number: Int
    let path: String
    let cause: any Error

    var errorDescription: String? { "Line \(number) of \(path): \(cause.localizedDescription)" }
}
