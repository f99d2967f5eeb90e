import Evaluation
import Foundation
import Synchronization

/// The digests of files, made while answers are written.
final class Checksums: Sendable {
    private let results: [Deferred]

    /// One digest in the making.
    private final class Deferred: Sendable {
        private let state = Mutex<Result<FileChecksum?, any Error>?>(nil)
        private let isDone = DispatchSemaphore(value: 0)
        let name: String

        init(_ file: BenchmarkFile) {
            name = file.name
            let thread = Thread { [self] in
                let result = Result { try file.checksum() }
                state.withLock { $0 = result }
                isDone.signal()
            }
            thread.qualityOfService = .utility
            thread.start()
        }

        func wait() throws -> FileChecksum? {
            isDone.wait()
            isDone.signal()
            return try state.withLock { $0 }?.get()
        }
    }

    init(_ files: [BenchmarkFile]) { results = files.map(Deferred.init) }

    /// Waits for them.
    /// - Returns: by the files' names.
    func wait() throws -> [String: FileChecksum] {
        var digests: [String: FileChecksum] = [:]
        for result in results { digests[result.name] = try result.wait() }
        return digests
    }
}
