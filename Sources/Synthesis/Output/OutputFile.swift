import Foundation

/// A file that is written from its beginning on, and flushed at its end.
final class OutputFile {
    private let path: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    /// Begins a file that is not there.
    /// - Throws: ``SynthesisError/file(path:action:reason:)``, as every method here.
    init(_ url: URL) throws {
        path = url.path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw SynthesisError.lastFailure(path, "written") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Adds text.
    func write(_ text: String) throws {
        buffer += text.utf8
        if buffer.count >= 1 << 18 { try flush() }
    }

    /// Adds bytes.
    func write(_ data: Data) throws {
        buffer += data
        if buffer.count >= 1 << 18 { try flush() }
    }

    /// Puts everything on the disk.
    func finish() throws {
        try flush()
        guard fsync(descriptor) == 0 else { throw SynthesisError.lastFailure(path, "written") }
        close(descriptor)
        descriptor = -1
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
                throw SynthesisError.lastFailure(path, "written")
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// A folder that is written beside its place and takes it when it is whole.
///
/// Until ``commit()`` nothing of that name is touched; if the object goes before that, what was written is removed.
final class OutputFolder {
    /// Where it is written.
    let staging: URL
    private let url: URL
    private var isDone = false

    init(_ url: URL) throws {
        self.url = url
        staging = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp", isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        } catch {
            throw SynthesisError.file(path: url.path, action: "written", reason: "the system does not allow it")
        }
    }

    deinit { if !isDone { try? FileManager.default.removeItem(at: staging) } }

    /// Gives the folder its name; one that is there goes.
    func commit() throws {
        flush(staging)
        if rename(staging.path, url.path) != 0 {
            guard errno == ENOTEMPTY || errno == EEXIST else { throw SynthesisError.lastFailure(url.path, "written") }
            let old = staging.appendingPathExtension("old")
            guard rename(url.path, old.path) == 0, rename(staging.path, url.path) == 0 else {
                throw SynthesisError.lastFailure(url.path, "written")
            }
            try? FileManager.default.removeItem(at: old)
        }
        isDone = true
        flush(url.deletingLastPathComponent())
    }

    private func flush(_ folder: URL) {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
