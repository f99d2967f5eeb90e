import DurableFiles
import Foundation

/// A file that is written under a temporary name in its folder and takes its own name when it is complete.
///
/// Until `commit` nothing of that name is touched; if the object goes before that, the temporary file is removed.
final class StagedFile {
    /// The name the file takes in the end, which error messages give.
    private let destination: String
    private let temporary: String
    private var descriptor: Int32
    private var isCommitted = false
    private let expectedByteCount: Int

    /// Creates the temporary file.
    /// - Parameters:
    ///   - destination: the path the file takes in the end; a link there is replaced, not followed.
    ///   - byteCount: the bytes that will be written, for messages.
    /// - Throws: ``SafetensorsError/writing(path:_:)``.
    init(destination: String, byteCount: Int) throws {
        let url = URL(fileURLWithPath: destination)
        let name = ".\(url.lastPathComponent).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        temporary = url.deletingLastPathComponent().appendingPathComponent(name).path
        self.destination = destination
        expectedByteCount = byteCount
        // Opened as any new file, so that the umask decides who may read the checkpoint.
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("creating a temporary file beside it") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isCommitted { unlink(temporary) }
    }

    /// Appends bytes.
    /// - Parameter bytes: what to append.
    /// - Throws: ``SafetensorsError/writing(path:_:)``.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var remaining = bytes[...]
        while !remaining.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: remaining.prefix(1 << 30))  // the system takes 2 GiB at most
            let count = Foundation.write(descriptor, chunk.baseAddress, chunk.count)
            if count >= 0 {
                remaining = remaining.dropFirst(count)
            } else if errno != EINTR {
                throw failure("writing")
            }
        }
    }

    /// Waits until every byte has reached the disk, and closes the file.
    /// - Throws: ``SafetensorsError/writing(path:_:)``.
    func finish() throws {
        guard fsync(descriptor) == 0 else { throw failure("flushing to disk") }
        let status = close(descriptor)
        descriptor = -1
        guard status == 0 else { throw failure("closing") }
    }

    /// Gives the finished file its own name, in one step, in place of a file that may have had it.
    /// - Throws: ``SafetensorsError/writing(path:_:)``.
    func commit() throws {
        guard rename(temporary, destination) == 0 else { throw failure("renaming the temporary file") }
        isCommitted = true
        flushFolder(URL(fileURLWithPath: destination).deletingLastPathComponent())
    }

    private func failure(_ action: String) -> SafetensorsError {
        let number = errno
        if number == ENOSPC || number == EDQUOT {
            return .writing(
                path: destination,
                .diskFull(needed: expectedByteCount, available: FreeSpace.byteCount(besides: destination)))
        }
        return .writing(path: destination, .refused(action: action, reason: SafetensorsError.reason(number)))
    }
}

/// Writes a file that appears complete or not at all, and survives a power cut.
/// - Parameters:
///   - data: its bytes.
///   - url: the file, which is replaced if it is there.
/// - Throws: ``SafetensorsError/writing(path:_:)``.
package func writeDurably(_ data: Data, to url: URL) throws {
    let file = try StagedFile(destination: url.path, byteCount: data.count)
    try data.withUnsafeBytes(file.write)
    try file.finish()
    try file.commit()
}

/// The room left on a disk.
package enum FreeSpace {
    /// Bytes that may still be written in the folder of `path`, or nil if the system does not say.
    static func byteCount(besides path: String) -> Int? {
        var status = statvfs()
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
        // The superuser may also use the blocks that are reserved for him.
        let blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail
        let (byteCount, overflow) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int(clamping: byteCount)
    }

    /// Refuses at once what cannot fit, instead of after hours of writing.
    /// - Parameters:
    ///   - byteCount: bytes about to be written.
    ///   - path: the file they belong to, or a file of the folder they go to.
    /// - Throws: ``SafetensorsError/WritingProblem/diskFull(needed:available:)``.
    package static func require(_ byteCount: Int, besides path: String) throws {
        if let available = Self.byteCount(besides: path), available < byteCount {
            throw SafetensorsError.writing(path: path, .diskFull(needed: byteCount, available: available))
        }
    }
}
