import Foundation
import Images
import QwenVL

/// Pictures and conversations as users name them in files and on the command line.
enum Pictures {
    /// Reads a picture.
    /// - Parameters:
    ///   - reference: a path, or a URL that begins with file://.
    ///   - folder: what a relative path starts from; nil for the working directory.
    /// - Returns: the picture, upright.
    /// - Throws: what is wrong with the file.
    static func read(_ reference: String, in folder: URL? = nil) throws -> RGBImage {
        try RGBImage(contentsOf: url(reference, in: folder))
    }

    /// Where a picture lies.
    static func url(_ reference: String, in folder: URL? = nil) -> URL {
        let local = reference.hasPrefix("file://") ? String(reference.dropFirst("file://".count)) : reference
        return URL(fileURLWithPath: local, relativeTo: folder)
    }

    /// Reads a file whole.
    static func data(of url: URL) throws -> Data {
        do {
            return try Data(contentsOf: url)
        } catch {
            throw QwenVLError.unreadable(path: url.path, reason: "there is no such readable file")
        }
    }
}
