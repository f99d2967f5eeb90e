import Foundation

extension SampleParser {
    /// The pictures that stand beside the turns.
    func pictures(_ fields: Fields) throws -> [PictureReference] {
        switch layout.images.lazy.compactMap({ fields[$0] }).first {
        case nil, .null: []
        case .list(let items): try items.enumerated().map { try picture($1, name: "image \($0 + 1)") }
        case let single?: [try picture(single, name: "image 1")]
        }
    }

    /// The picture of an item of a turn, in the spellings of transformers and OpenAI; nil if it is one of those beside the turns.
    func picture(item: Fields, name: String) throws -> Piece? {
        if let value = item["image"] ?? item["image_url"] { return .picture(try picture(value, name: name)) }
        let isBare = ["path", "bytes", "url", "base64", "file_id"].allSatisfy { item[$0] == nil }
        return isBare ? nil : .picture(try picture(.object(item), name: name))
    }

    /// A picture: a path, an address of data, bytes, or an object with one of them.
    private func picture(_ value: FieldValue, name: String) throws -> PictureReference {
        switch value {
        case .text(let path): return try file(path, name: name)
        case .bytes(let data): return .bytes(data, name: name)
        case .object(let members):
            let path = (members["path"] ?? members["url"])?.text
            switch members["bytes"] ?? members["base64"] {
            case .text(let text): return .bytes(try decoded(text[...], name: name), name: path ?? name)
            case .bytes(let data): return .bytes(data, name: path ?? name)
            default: break
            }
            guard let path else { throw fail("\(name) has neither 'bytes' (base64) nor a 'path'") }
            return try file(path, name: name)
        default: throw fail("\(name) is neither a path nor an object with 'bytes' or 'path'")
        }
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
        guard isLocal else { return .file(place(path)) }
        let local = path.dropFirst("file://".count)
        return .file(URL(fileURLWithPath: local.removingPercentEncoding ?? String(local)))
    }

    /// Where a path leads.
    private func place(_ path: String) -> URL {
        let places = path.hasPrefix("/") ? [] : folders.map { $0.appendingPathComponent(path) }
        let found = places.count > 1 ? places.first { FileManager.default.fileExists(atPath: $0.path) } : nil
        return found ?? places.first ?? URL(fileURLWithPath: path)
    }

    private func decoded(_ text: Substring, name: String) throws -> Data {
        // Some wrap it into lines.
        let isWrapped = text.utf8.contains { $0 == 0x0A || $0 == 0x0D }
        let plain = isWrapped ? text.filter { !$0.isWhitespace } : String(text)
        guard let data = Data(base64Encoded: plain), !data.isEmpty else {
            throw fail("the bytes of \(name) are not base64")
        }
        return data
    }
}
