import Foundation
import QwenVL

/// Files and folders that commands leave, with one sentence where the system refuses them.
enum Files {
    /// Writes a file whole, in one step in place of the old one.
    /// - Throws: ``QwenVLError/unwritable(path:reason:)``.
    static func write(_ data: Data, to url: URL) throws {
        try naming(url) { try data.write(to: url, options: .atomic) }
    }

    /// Makes a folder, and those it lies in, if it is not there.
    /// - Throws: ``QwenVLError/unwritable(path:reason:)``.
    static func makeFolder(_ url: URL) throws {
        try naming(url) { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    }

    private static func naming(_ url: URL, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw QwenVLError.unwritable(path: url.path, reason: JSONFile.reason(of: error))
        }
    }
}
