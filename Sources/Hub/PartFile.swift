import DurableFiles
import Foundation

/// A file on its way: written as it arrives, its checksum kept up to date, and given its name when it is right.
///
/// Calls block on the disk, for as long as one piece takes that the network brought.
final class PartFile {
    private let url: URL
    private let etag: String
    private let size: Int
    private let descriptor: Int32
    private var digest: HubChecksum
    /// How many bytes have arrived.
    private(set) var byteCount = 0

    /// Opens what an earlier run left, or an empty file; nil if `etag` is no checksum.
    /// - Parameters:
    ///   - url: where it lies on its way.
    ///   - etag: the checksum it must have in the end.
    ///   - size: the bytes it must have in the end.
    /// - Throws: ``HubError/cache(path:action:reason:)``.
    init?(_ url: URL, etag: String, size: Int) throws {
        guard let digest = HubChecksum(matching: etag, size: size) else { return nil }
        (self.url, self.etag, self.size, self.digest) = (url, etag, size, digest)
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileSystem.failure(url.path, "opened") }
        try readWhatIsThere()
    }

    deinit { close(descriptor) }

    /// Whether every byte has arrived.
    var isComplete: Bool { byteCount == size }

    /// The checksum of what has arrived.
    var checksum: String { digest.text }

    private func readWhatIsThere() throws {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileSystem.failure(url.path, "read") }
        guard end <= size else { return try restart() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            if count > 0 {
                digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                byteCount += count
            } else if errno != EINTR {
                throw FileSystem.failure(url.path, "read")
            }
        }
    }

    /// Refuses at once what cannot fit, instead of after hours.
    /// - Throws: ``HubError/diskFull(path:needed:available:)``.
    func requireRoom() throws {
        if let free = FileSystem.freeByteCount(url.path), free < size - byteCount {
            throw HubError.diskFull(path: url.path, needed: size - byteCount, available: free)
        }
    }

    /// Appends bytes.
    /// - Returns: false, with nothing written, if they are more than the file can have.
    /// - Throws: ``HubError/cache(path:action:reason:)`` or ``HubError/diskFull(path:needed:available:)``.
    func append(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        guard bytes.count <= size - byteCount else { return false }
        var remaining = bytes[...]
        while !remaining.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: remaining)
            let count = write(descriptor, piece.baseAddress, piece.count)
            if count >= 0 {
                digest.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                byteCount += count
                remaining = remaining.dropFirst(count)
            } else if errno != EINTR {
                throw FileSystem.failure(url.path, "written", needed: size - byteCount)
            }
        }
        return true
    }

    /// Forgets everything that has arrived.
    /// - Throws: ``HubError/cache(path:action:reason:)``.
    func restart() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0,
            let empty = HubChecksum(matching: etag, size: size)
        else { throw FileSystem.failure(url.path, "emptied") }
        digest = empty
        byteCount = 0
    }

    /// Deletes the file.
    func remove() { unlink(url.path) }

    /// Waits until every byte has reached the disk, and gives the file its own name in one step.
    /// - Throws: ``HubError/cache(path:action:reason:)`` or ``HubError/diskFull(path:needed:available:)``.
    func commit(to destination: URL) throws {
        guard fsync(descriptor) == 0 else { throw FileSystem.failure(url.path, "written") }
        guard rename(url.path, destination.path) == 0 else { throw FileSystem.failure(destination.path, "written") }
        flushFolder(destination.deletingLastPathComponent())
    }
}
