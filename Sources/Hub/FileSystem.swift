import Foundation

/// What several parts of the cache ask of the file system.
enum FileSystem {
    /// An ending that no other file has.
    static var uniqueSuffix: String { String(UInt64.random(in: .min ... .max), radix: 36) + ".tmp" }

    /// Makes a folder and those above it.
    /// - Throws: ``HubError/cache(path:action:reason:)``.
    static func makeFolder(_ url: URL) throws {
        if mkdir(url.path, 0o777) == 0 { return }
        switch errno {
        case ENOENT where url.path != "/":
            try makeFolder(url.deletingLastPathComponent())
            // Another process may have made it in between.
            guard mkdir(url.path, 0o777) == 0 || errno == EEXIST else { throw failure(url.path, "made") }
        case EEXIST:
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
                throw HubError.cache(path: url.path, action: "made", reason: "there is a file of that name")
            }
        default:
            throw failure(url.path, "made")
        }
    }

    /// The error of the system call that failed last.
    static func failure(_ path: String, _ action: String, needed: Int = 0) -> HubError {
        let number = errno
        if number == ENOSPC || number == EDQUOT {
            return .diskFull(path: path, needed: needed, available: freeByteCount(path))
        }
        return .cache(path: path, action: action, reason: String(cString: strerror(number)))
    }

    /// The bytes that may still be written on the disk of a path that is there, or nil if the system does not say.
    static func freeByteCount(_ path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
        let (byteCount, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int(clamping: byteCount)
    }
}
