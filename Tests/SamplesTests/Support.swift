import Foundation
import Images
import Samples
import Testing

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("samples-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A file in it, in a folder of its own if need be.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> URL { try write(name, Data(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ data: Data) throws -> URL {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
        return file
    }
}

/// What an error says, with the folder left out.
func sentence(in folder: TemporaryFolder? = nil, _ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing is wrong"
    } catch {
        return folder.map { error.localizedDescription.replacingOccurrences(of: $0.url.path + "/", with: "") }
            ?? error.localizedDescription
    }
}

/// A turn in short: text as it is, a picture as the name of its file in brackets.
func short(_ turn: Sample.Turn) -> String {
    turn.role.rawValue + ":"
        + turn.content.map { piece in
            switch piece {
            case .text(let text): text
            case .picture(.file(let url)): "[\(url.lastPathComponent)]"
            case .picture(.bytes(_, let name)): "[\(name)]"
            }
        }.joined()
}
