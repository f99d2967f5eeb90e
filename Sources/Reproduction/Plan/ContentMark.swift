import Crypto
import Foundation

/// Tells whether files are still the same, without reading large ones whole.
enum ContentMark {
    /// Files up to so many bytes are read whole; of larger ones as much of the beginning and of the end.
    private static let wholeBytes = 16 << 20

    /// A mark of a file, or of all files in a folder.
    /// - Throws: ``StudyError/unreadable(path:problem:)``.
    static func of(_ url: URL) throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw StudyError.unreadable(path: url.path, problem: "there is no such file")
        }
        var hash = SHA256()
        if isFolder.boolValue {
            let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
            for name in names.sorted() where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
                let file = url.appendingPathComponent(name)
                let isThere = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
                if isThere, !isFolder.boolValue { hash.update(data: Data("\(name) \(try of(file: file))\n".utf8)) }
            }
        } else {
            hash.update(data: Data(try of(file: url).utf8))
        }
        return text(hash)
    }

    /// A mark of texts.
    static func of(_ lines: [String]) -> String {
        var hash = SHA256()
        for line in lines { hash.update(data: Data((line + "\n").utf8)) }
        return text(hash)
    }

    private static func of(file: URL) throws -> String {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let size = try handle.seekToEnd()
            var hash = SHA256()
            hash.update(data: Data("\(size)\n".utf8))
            let part = min(Int(size), wholeBytes)
            try handle.seek(toOffset: 0)
            hash.update(data: try handle.read(upToCount: part) ?? Data())
            if Int(size) > part {
                try handle.seek(toOffset: max(UInt64(part), size - UInt64(part)))
                hash.update(data: try handle.read(upToCount: part) ?? Data())
            }
            return text(hash)
        } catch {
            throw StudyError.unreadable(path: file.path, problem: "it is no readable file")
        }
    }

    private static func text(_ hash: SHA256) -> String {
        hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
