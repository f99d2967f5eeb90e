import Crypto
import Foundation
import Samples

/// Finds the pictures of a row, which lie in it, in an earlier row or in files.
struct PictureCells: Sendable {
    let table: any BenchmarkTable
    /// Where relative paths may start.
    let folders: [URL]
    /// A cell of VLMEvalKit's tables that is not longer names the row whose picture is used.
    private static let longestIndex = 64

    init(_ table: any BenchmarkTable, set: BenchmarkSet) {
        self.table = table
        let folder = table.url.deletingLastPathComponent()
        let stem = table.url.deletingPathExtension().lastPathComponent
        let plain = stem.hasSuffix("_local") ? String(stem.dropLast("_local".count)) : stem
        var names: [String] = []
        for name in [plain, stem] + set.files.map(\.name) where !names.contains(name) { names.append(name) }
        folders = [folder] + names.map { folder.appendingPathComponent("images").appendingPathComponent($0) }
    }

    // MARK: VLMEvalKit's tables

    /// The pictures that `image` holds or names, or those that `image_path` names.
    func pictures(_ row: BenchmarkRow) throws -> [PictureReference] {
        guard let value = row.fields["image"] else { return try files(row) }
        guard let text = value.plainText else { return try pictures(value) }
        guard text.utf8.count <= Self.longestIndex else { return try decoded(text) }
        guard let number = try table.number(ofIndex: text) else {
            throw BenchmarkError.content("Column 'image' names the row with the index '\(text)', and there is none")
        }
        guard let other = try table.fields(number)["image"] else {
            throw BenchmarkError.content("Column 'image' names the row '\(text)', which has no picture")
        }
        guard let otherText = other.plainText else { return try pictures(other) }
        guard otherText.utf8.count > Self.longestIndex else {
            throw BenchmarkError.content("Column 'image' names the row '\(text)', which has no picture of its own")
        }
        return try decoded(otherText)
    }

    /// A text of base64, or a list of such texts as Python writes it.
    private func decoded(_ text: String) throws -> [PictureReference] {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return [try picture(base64: text, number: 1)] }
        guard case .list(let items) = PythonLiteral(text), !items.isEmpty, items.allSatisfy({ $0.plain != nil }) else {
            throw BenchmarkError.content("Column 'image' begins as a list of pictures and is none")
        }
        return try items.compactMap(\.plain).enumerated().map { try picture(base64: $1, number: $0 + 1) }
    }

    private func picture(base64 text: String, number: Int) throws -> PictureReference {
        let name = "picture \(number)"
        if let data = Data(base64Encoded: text), !data.isEmpty { return .bytes(data, name: name) }
        // Some wrap it into lines.
        let plain = text.contains(where: \.isWhitespace) ? text.filter { !$0.isWhitespace } : text
        if let data = Data(base64Encoded: plain), !data.isEmpty { return .bytes(data, name: name) }
        guard plain.utf8.count.isMultiple(of: 4) else {
            throw BenchmarkError.content(
                "The base64 of \(name) is cut short: \(plain.utf8.count) characters are no multiple of 4")
        }
        throw BenchmarkError.content("The bytes of \(name) are not base64")
    }

    private func files(_ row: BenchmarkRow) throws -> [PictureReference] {
        let text = try row.needed("image_path")
        let isList = text.hasPrefix("[") && text.hasSuffix("]")
        let paths = try isList ? row.list("image_path") : [text]
        return paths.map { .file(place($0)) }
    }

    /// Where a path leads: from the file's folder on, or from VLMEvalKit's folder of the set's pictures.
    private func place(_ path: String) -> URL {
        guard !path.hasPrefix("/") else { return URL(fileURLWithPath: path) }
        let places = folders.map { $0.appendingPathComponent(path) }
        return places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
    }

    // MARK: The Hub's tables

    /// The pictures of a value: bytes, a structure with bytes or a path, base64, or a list of these.
    func pictures(_ value: FieldValue) throws -> [PictureReference] {
        try (value.list ?? [value]).enumerated().map { try picture($1, number: $0 + 1) }
    }

    /// One picture.
    func picture(_ value: FieldValue, number: Int) throws -> PictureReference {
        switch value {
        case .bytes(let data): return .bytes(data, name: "picture \(number)")
        case .text(let text): return try picture(base64: text, number: number)
        case .object(let members):
            switch members["bytes"] {
            case .bytes(let data) where !data.isEmpty: return .bytes(data, name: "picture \(number)")
            case .text(let text): return try picture(base64: text, number: number)
            default: break
            }
            if let path = members["path"]?.text { return .file(place(path)) }
        default: break
        }
        throw BenchmarkError.content("Picture \(number) is \(value.kindName), without bytes and path")
    }

    /// Whether a value of the Hub's says that there is no picture.
    static func isMissing(_ value: FieldValue?) -> Bool {
        switch value {
        case nil, .null: return true
        case .object(let members):
            return ["bytes", "path"].allSatisfy { key in
                if case nil = members[key] { return true }
                if case .null = members[key] { return true }
                return false
            }
        default: return false
        }
    }

    // MARK: The same picture

    /// What is the same for the same pictures.
    static func key(_ pictures: [PictureReference]) -> String {
        pictures.map { picture in
            switch picture {
            case .file(let url): url.standardizedFileURL.path
            case .bytes(let data, _): SHA256.hash(data: data).prefix(12).map { String(format: "%02x", $0) }.joined()
            }
        }.joined(separator: "+")
    }
}
