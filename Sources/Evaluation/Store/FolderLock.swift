import Foundation

/// Keeps other processes out of a folder until the object goes, or the process does, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32
    private static let name = "evaluation.lock"

    /// Takes the lock.
    /// - Parameter folder: is there.
    /// - Throws: ``StoreError/inUse(path:)``, or ``StoreError/file(path:action:reason:)`` if nothing can be locked there.
    init(_ folder: URL) throws {
        let path = folder.appendingPathComponent(Self.name).path
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw StoreError.lastFailure(path, "opened") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno == EWOULDBLOCK ? StoreError.inUse(path: folder.path) : .lastFailure(path, "locked")
            close(file)
            throw error
        }
        descriptor = file
    }

    /// Lets others in before the object goes; it may be called more than once.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}

extension StoreError {
    /// The error of the system call that failed last.
    static func lastFailure(_ path: String, _ action: String) -> StoreError {
        let reason = errno == ENOSPC ? "the disk is full" : String(cString: strerror(errno)).lowercased()
        return .file(path: path, action: action, reason: reason)
    }
}
