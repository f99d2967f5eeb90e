import Foundation
import QwenVL

/// JSON objects to samples, in the forms that ``SampleFile`` names.
struct SampleParser {
    /// What relative paths start from.
    let folder: URL

    /// A piece of a turn before the pictures are put in their places.
    private enum Piece {
        case text(String)
        case mark
        case picture(PictureReference)
    }

    private typealias Draft = (role: Message.Role, pieces: [Piece])

    private static let mark = "<image>"

    func sample(_ bytes: Data) throws -> Sample {
        let parsed: Any
        do {
            parsed = try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
        } catch {
            let detail = (error as NSError).userInfo["NSDebugDescription"] as? String
            throw fail("the sample is not valid JSON" + (detail.map { " (\($0.trimmingCharacters(in: ["."])))" } ?? ""))
        }
        guard let object = parsed as? [String: Any] else { throw fail("the sample is not a JSON object") }
        let fields = object.filter { !($0.value is NSNull) }
        if let videos = fields["videos"] as? [Any], !videos.isEmpty {
            throw fail("the sample has videos, which are not supported; give single frames as images")
        }
        let drafts = try turns(fields)
        guard drafts.contains(where: { $0.role == .user }) else { throw fail("the sample has no turn of the user") }
        return Sample(id: try word("id", fields), turns: try place(pictures(fields), in: drafts))
    }

    private func fail(_ problem: String) -> SampleError {
        .content(problem.prefix(1).uppercased() + problem.dropFirst())
    }

    // MARK: Turns

    private func turns(_ fields: [String: Any]) throws -> [Draft] {
        var keys = ["problem", "messages", "conversations"].filter { fields[$0] != nil }
        if keys.isEmpty, fields["question"] != nil { keys = ["question"] }
        guard keys.count == 1, let key = keys.first else {
            let found = keys.isEmpty ? "none" : keys.joined(separator: " and ")
            throw fail("the sample must have one of 'problem', 'messages' and 'conversations', and has \(found)")
        }
        let system = try text("system", fields)
        var drafts: [Draft] = []
        if key == "problem" || key == "question" {
            drafts = [(.user, pieces(try text(key, fields) ?? ""))]
            if let answer = try word("answer", fields), !isBlank(answer) {
                drafts.append((.assistant, [.text(answer)]))
            }
        } else {
            guard let list = fields[key] as? [[String: Any]] else { throw fail("'\(key)' is not a list of turns") }
            drafts = try list.enumerated().map { try turn($1, place: "turn \($0 + 1) of '\(key)'") }
        }
        drafts.removeAll { $0.role == .system && isEmpty($0.pieces) }
        if drafts.dropFirst().contains(where: { $0.role == .system }) {
            throw fail("the sample has a system turn that is not the first turn")
        }
        guard let system, !isBlank(system) else { return drafts }
        guard drafts.first?.role != .system else { throw fail("the sample has both 'system' and a system turn") }
        return [(.system, [.text(system)])] + drafts
    }

    private static let roles: [String: Message.Role] = [
        "user": .user, "human": .user, "assistant": .assistant, "gpt": .assistant, "system": .system,
    ]

    private func turn(_ object: [String: Any], place: String) throws -> Draft {
        guard let name = (object["role"] ?? object["from"]) as? String else {
            throw fail("\(place) has no 'role' (or 'from')")
        }
        guard let role = Self.roles[name] else {
            throw fail("\(place) has the role '\(name)'; a role is one of user, human, assistant, gpt and system")
        }
        let value = object["content"] ?? object["value"]
        if let text = value as? String { return (role, role == .user ? pieces(text) : [.text(text)]) }
        guard let items = value as? [[String: Any]] else {
            throw fail("\(place) has no 'content' (or 'value') that is a string or a list of items")
        }
        return (role, try items.flatMap { try item($0, role: role, place: place) })
    }

    /// An item of a content that is a list: `{"type": "text", "text"}` or `{"type": "image"}`, with the picture or without.
    private func item(_ object: [String: Any], role: Message.Role, place: String) throws -> [Piece] {
        if object["type"] as? String == "image" || object["image"] != nil {
            guard role == .user else { throw fail("\(place) has a picture; only turns of the user may have one") }
            if let value = object["image"], !(value is NSNull) { return [.picture(try picture(value, number: nil))] }
            let isBare = ["path", "bytes"].allSatisfy { object[$0] == nil || object[$0] is NSNull }
            return isBare ? [.mark] : [.picture(try picture(object, number: nil))]
        }
        guard let text = object["text"] as? String else {
            throw fail("\(place) has an item that is neither text nor an image")
        }
        return role == .user ? pieces(text) : [.text(text)]
    }

    /// A user's text, cut at the marks of pictures.
    private func pieces(_ text: String) -> [Piece] {
        let parts = text.components(separatedBy: Self.mark)
        return parts.enumerated().flatMap { index, part -> [Piece] in
            (index > 0 ? [.mark] : []) + (part.isEmpty ? [] : [.text(part)])
        }
    }

    private func isEmpty(_ pieces: [Piece]) -> Bool {
        pieces.allSatisfy { piece in
            if case .text(let text) = piece { return isBlank(text) }
            return false
        }
    }

    private func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    // MARK: Pictures

    private func place(_ pictures: [PictureReference], in drafts: [Draft]) throws -> [Sample.Turn] {
        let marks = drafts.flatMap(\.pieces).count { piece in
            if case .mark = piece { return true }
            return false
        }
        guard marks == 0 || marks == pictures.count else {
            throw fail(
                "the sample has \(pictures.count) images and \(marks) \(Self.mark) marks; give one mark for each, or none"
            )
        }
        var waiting = pictures[...]
        let first = drafts.firstIndex { $0.role == .user }
        return drafts.enumerated().map { index, draft in
            var content: [Sample.Content] = []
            if marks == 0, index == first {
                content = waiting.map { .picture($0) }
                waiting = []
            }
            for piece in draft.pieces {
                switch piece {
                case .text(let text): content.append(.text(text))
                case .picture(let picture): content.append(.picture(picture))
                case .mark: waiting.popFirst().map { content.append(.picture($0)) }
                }
            }
            return Sample.Turn(role: draft.role, content: content)
        }
    }

    private func pictures(_ fields: [String: Any]) throws -> [PictureReference] {
        switch fields["images"] ?? fields["image"] {
        case nil: []
        case let list as [Any]: try list.enumerated().map { try picture($1, number: $0 + 1) }
        case let single?: [try picture(single, number: 1)]
        }
    }

    private func picture(_ value: Any, number: Int?) throws -> PictureReference {
        let name = number.map { "image \($0)" } ?? "an image"
        if let path = value as? String { return try file(path, name: name) }
        guard let object = value as? [String: Any] else {
            throw fail("\(name) is neither a path nor an object with 'bytes' or 'path'")
        }
        let path = object["path"] as? String
        if let text = object["bytes"] as? String {
            return .bytes(try decoded(text[...], name: name), name: path ?? name)
        }
        guard let path else { throw fail("\(name) has neither 'bytes' (base64) nor a 'path'") }
        return try file(path, name: name)
    }

    private func file(_ path: String, name: String) throws -> PictureReference {
        guard !path.isEmpty else { throw fail("\(name) has an empty path") }
        if path.hasPrefix("data:"), let comma = path.firstIndex(of: ",") {
            return .bytes(try decoded(path[path.index(after: comma)...], name: name), name: name)
        }
        let isLocal = path.hasPrefix("file://")
        guard isLocal || !path.contains("://") else {
            throw fail("\(name) is the address \(path); only local files are read, so download it first")
        }
        let local = isLocal ? String(path.dropFirst("file://".count)) : path
        return .file(URL(fileURLWithPath: local, relativeTo: folder))
    }

    private func decoded(_ text: Substring, name: String) throws -> Data {
        guard let data = Data(base64Encoded: String(text)), !data.isEmpty else {
            throw fail("the bytes of \(name) are not base64")
        }
        return data
    }

    // MARK: Fields

    private func text(_ key: String, _ fields: [String: Any]) throws -> String? {
        guard let value = fields[key] else { return nil }
        guard let text = value as? String else { throw fail("'\(key)' is not a string") }
        return text
    }

    /// A string, or a number as a string.
    private func word(_ key: String, _ fields: [String: Any]) throws -> String? {
        switch fields[key] {
        case nil: return nil
        case let text as String: return text
        case let number as NSNumber where String(cString: number.objCType) != "c": return number.stringValue
        default: throw fail("'\(key)' is neither a string nor a number")
        }
    }
}
