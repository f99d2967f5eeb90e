import Foundation

/// A lock between processes, of the kind `huggingface_hub` takes on the same files; gone when the process is.
final class CacheLock {
    private let descriptor: Int32

    /// Takes the lock; nil if somebody else has it.
    /// - Throws: ``HubError/cache(path:action:reason:)`` if the file cannot be locked at all.
    init?(_ url: URL) throws {
        let file = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o664)
        guard file >= 0 else { throw FileSystem.failure(url.path, "opened") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK || errno == EINTR
            let failure = FileSystem.failure(url.path, "locked")
            close(file)
            if isHeld { return nil }
            throw failure
        }
        // Older programs delete the file when they let go of it; a lock on a deleted file guards nothing.
        var status = stat()
        guard fstat(file, &status) == 0, status.st_nlink > 0 else {
            close(file)
            return nil
        }
        descriptor = file
    }

    /// Lets go of the lock; called once.
    func release() { close(descriptor) }

    /// Waits for the lock.
    /// - Parameters:
    ///   - url: the file to lock.
    ///   - interval: how long to wait between attempts.
    ///   - waiting: told once if somebody else has it.
    /// - Returns: the lock, which the caller lets go of.
    /// - Throws: ``HubError/cache(path:action:reason:)``, or `CancellationError`.
    static func wait(for url: URL, every interval: Duration, waiting: () -> Void) async throws -> CacheLock {
        var isFirst = true
        while true {
            if let lock = try CacheLock(url) { return lock }
            if isFirst { waiting() }
            isFirst = false
            try await Task.sleep(for: interval)
        }
    }
}
