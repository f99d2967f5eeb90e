import Foundation

/// The four bytes with which a Parquet file begins and ends: they tell a file of another kind from one that is cut off.
enum FileMarks {
    private static let plain = Array("PAR1".utf8)
    private static let encrypted = Array("PARE".utf8)
    /// A mark, the footer's length, and a mark.
    private static let smallest = 12

    static func check(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? ParquetError.missing(path: path) : refused(path)
        }
        // Asked before it is opened, because opening a pipe waits for somebody to write.
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw ParquetError.unreadable(path: path, reason: isFolder ? "it is a folder" : "it is no regular file")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused(path) }
        defer { close(descriptor) }

        let size = Int(status.st_size)
        let first = mark(descriptor, at: 0)
        guard first == plain || first == encrypted else { throw ParquetError.notParquet(path: path) }
        let last = size < smallest ? nil : mark(descriptor, at: size - plain.count)
        guard last == plain || last == encrypted else { throw ParquetError.cutOff(path: path) }
        guard last == plain else { throw ParquetError.encrypted(path: path) }
    }

    /// Four bytes, nil if the file does not have them.
    private static func mark(_ descriptor: Int32, at offset: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: plain.count)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        return count == bytes.count ? bytes : nil
    }

    private static func refused(_ path: String) -> ParquetError {
        .unreadable(path: path, reason: String(cString: strerror(errno)).lowercased())
    }
}
