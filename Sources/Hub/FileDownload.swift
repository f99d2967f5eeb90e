import Foundation
import NIOCore
import NIOHTTP1
import Requests

/// Brings single files of one commit into the cache.
struct FileDownload {
    let connection: HubConnection
    let cache: HubCache
    let commit: String
    let policy: RetryPolicy
    let lockInterval: Duration
    let report: @Sendable (HubEvent) -> Void

    /// Makes a file of the commit be there, whole and checked; what is there already is not asked for.
    /// - Throws: ``HubError`` or `CancellationError`.
    func fetch(_ name: String) async throws {
        if cache.has(name, commit: commit) { return }
        var attempts = attempts(at: name)
        let file = try await attempts.run { try await RemoteFile(name, commit: commit, connection: connection) }
        if !cache.holds(file.etag, size: file.size) {
            let lock = try await CacheLock.wait(for: cache.lock(file.etag), every: lockInterval) {
                report(.waiting(file: name))
            }
            defer { lock.release() }
            // Whoever had the lock may have brought it.
            if !cache.holds(file.etag, size: file.size) { try await download(file) }
        }
        try cache.link(name, commit: commit, etag: file.etag)
    }

    private func attempts(at name: String) -> Attempts {
        Attempts(at: name, host: connection.endpoint, policy: policy, report: report)
    }

    /// Downloads a file, a second time if its checksum is wrong: what an earlier run left may have been damaged.
    private func download(_ file: RemoteFile) async throws {
        for isLast in [false, true] {
            guard let part = try PartFile(cache.part(file.etag), etag: file.etag, size: file.size) else {
                preconditionFailure("The checksum of \(file.name) was looked at when the Hub gave it.")
            }
            try part.requireRoom()
            report(.began(file: file.name, received: part.byteCount, size: file.size))
            try await receive(file, into: part)
            let found = part.checksum
            if found == file.etag {
                try part.commit(to: cache.blob(file.etag))
                return report(.finished(file: file.name, size: file.size))
            }
            part.remove()
            if isLast {
                throw HubError.checksum(
                    file: file.name, host: connection.endpoint, expected: file.etag, found: found)
            }
        }
    }

    /// Receives until the file is complete, or has more bytes than it can have.
    private func receive(_ file: RemoteFile, into part: PartFile) async throws {
        var attempts = attempts(at: file.name)
        // The most that ever was here: bytes that a restart threw away and that come again are no progress.
        var most = part.byteCount
        while !part.isComplete {
            do {
                guard try await receiveOnce(file, into: part) else { return }
            } catch let interruption as Interruption {
                try await attempts.wait(after: interruption, progressed: part.byteCount > most)
                most = max(most, part.byteCount)
            }
        }
    }

    /// Receives what one request brings.
    /// - Returns: false if it was more than the file can have.
    private func receiveOnce(_ file: RemoteFile, into part: PartFile) async throws -> Bool {
        let answer = try await connection.get(file.url, from: part.byteCount, file: file.name)
        switch answer.response.status.code {
        case 206 where Self.rangeStart(answer.response.headers) == part.byteCount:
            break
        case 200:
            // The range was ignored, and the whole file comes.
            if part.byteCount > 0 { try part.restart() }
        default:
            try part.restart()
            throw Interruption(reason: "it did not give the part of the file that was missing")
        }
        do {
            for try await bytes in answer.response.body {
                guard try bytes.withUnsafeReadableBytes({ try part.append($0) }) else { return false }
                report(.received(file: file.name, received: part.byteCount, size: file.size))
            }
        } catch {
            throw connection.meaning(of: error, at: answer.url)
        }
        if !part.isComplete { throw Interruption(reason: "the connection was cut") }
        return true
    }

    /// Where a part begins: `bytes 100-199/200`.
    private static func rangeStart(_ headers: HTTPHeaders) -> Int? {
        guard let range = headers.first(name: "Content-Range"), range.hasPrefix("bytes ") else { return nil }
        return range.dropFirst("bytes ".count).split(separator: "-").first.flatMap { Int($0) }
    }
}
