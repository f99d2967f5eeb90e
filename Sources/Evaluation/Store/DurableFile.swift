import Foundation
import Safetensors

/// A file that is written beside its place and takes it when it is whole and on disk.
///
/// Until ``commit()`` nothing of that name is touched; if the object goes before that, what was written is removed.
final class DurableFile {
    private let url: URL
    private let temporary: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    /// Begins a file.
    /// - Throws: ``StoreError/file(path:action:reason:)``, as every method here.
    init(_ url: URL) throws {
        self.url = url
        temporary = url.path + ".\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw StoreError.lastFailure(url.path, "written") }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporary)
        }
    }

    /// Adds text.
    func write(_ text: String) throws {
        buffer += text.utf8
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Adds bytes.
    func write(_ data: Data) throws {
        buffer += data
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Gives the file its name.
    func commit() throws {
        try flush()
        // Pipes and the like cannot be flushed, and are not meant to last.
        if fsync(descriptor) != 0, errno != EINVAL { throw StoreError.lastFailure(url.path, "written") }
        guard rename(temporary, url.path) == 0 else { throw StoreError.lastFailure(url.path, "written") }
        close(descriptor)
        descriptor = -1
        flushFolder(url.deletingLastPathComponent())
    }

    private func flush() throws {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
            }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw StoreError.lastFailure(url.path, "written")
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
