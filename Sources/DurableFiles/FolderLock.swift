import Foundation

/// Keeps other processes out of a folder until the object goes, or the process does, however it ends.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock; nil if somebody else has it.
    /// - Parameters:
    ///   - folder: is there.
    ///   - name: the file in it that is locked, made if it is not there; nil to lock the folder itself.
    /// - Throws: ``FileFailure`` if nothing can be locked there.
    package init?(_ folder: URL, file name: String? = nil) throws {
        let path = name.map { folder.appendingPathComponent($0).path } ?? folder.path
        let flags = name == nil ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT
        let descriptor = open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileFailure(path, "opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = FileFailure(path, "locked")
            close(descriptor)
            if failure.number == EWOULDBLOCK { return nil }
            throw failure
        }
        self.descriptor = descriptor
    }

    /// Lets others in before the object goes; it may be called more than once.
    package func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
