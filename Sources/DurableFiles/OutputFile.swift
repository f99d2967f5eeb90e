import Foundation

/// A file that is written from its beginning on, through a buffer, and is on disk when it is finished.
///
/// One that replaces another is written beside its place, which it takes when it is finished: until then nothing of that
/// name is touched, and if the object goes before that, what was written is removed.
package final class OutputFile {
    /// What the place of a file may hold.
    package enum Place {
        /// Nothing.
        case empty
        /// Perhaps an earlier file.
        case taken
    }

    private let url: URL
    /// Where it is written, if that is not its place.
    private let temporary: String?
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private let failure: (FileFailure) -> any Error
    private static let bufferSize = 1 << 18

    /// Begins a file.
    /// - Parameters:
    ///   - url: its place.
    ///   - place: what may be there; a file where none may be is an error.
    ///   - failure: the error to throw, here and below, for what the system refuses.
    /// - Throws: what `failure` makes, as every method here.
    package init(_ url: URL, _ place: Place = .empty, failure: @escaping (FileFailure) -> any Error) throws {
        (self.url, self.failure) = (url, failure)
        let name = ".\(url.lastPathComponent).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        temporary = place == .empty ? nil : url.deletingLastPathComponent().appendingPathComponent(name).path
        descriptor = open(temporary ?? url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw refusal }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if let temporary { unlink(temporary) }
    }

    /// Adds text.
    package func write(_ text: String) throws { try add(text.utf8) }

    /// Adds bytes.
    package func write(_ data: Data) throws { try add(data) }

    /// Puts everything on the disk, and the file in its place.
    package func finish() throws {
        try flush()
        // Pipes and the like cannot be flushed, and are not meant to last.
        if fsync(descriptor) != 0, errno != EINVAL { throw refusal }
        if let temporary, rename(temporary, url.path) != 0 { throw refusal }
        close(descriptor)
        descriptor = -1
        if temporary != nil { flushFolder(url.deletingLastPathComponent()) }
    }

    private var refusal: any Error { failure(FileFailure(url.path, "written")) }

    private func add(_ bytes: some Sequence<UInt8>) throws {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
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
                throw refusal
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
