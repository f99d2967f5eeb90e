import DurableFiles
import Foundation

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
        flushFolder(staging)
        guard exchange(staging, url) else { throw SynthesisError(FileFailure(url.path, "written")) }
        isDone = true
        // The earlier one, if there was one.
        try? FileManager.default.removeItem(at: staging)
        flushFolder(url.deletingLastPathComponent())
    }
}
