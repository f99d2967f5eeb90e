import Foundation
import NIOHTTP1

/// What a Hub says about a model at a revision.
struct Repository {
    /// The commit the revision stands for.
    let commit: String
    /// The names of its files.
    let files: Set<String>

    /// Asks the Hub.
    /// - Throws: ``HubError``, ``Interruption`` or `CancellationError`.
    init(_ connection: HubConnection) async throws {
        struct Answer: Decodable {
            struct File: Decodable { let rfilename: String }
            let sha: String
            let siblings: [File]
        }
        let model = connection.model
        let url = try connection.url("api", "models", model.owner, model.name, "revision", model.revision)
        let answer = try await connection.get(url)
        let body: Data
        do {
            body = Data(try await answer.response.body.collect(upTo: 64 << 20).readableBytesView)
        } catch {
            throw connection.meaning(of: error, at: answer.url)
        }
        guard let content = try? JSONDecoder().decode(Answer.self, from: body), HubCache.isCommit(content.sha) else {
            throw HubError.answer(host: HubConnection.host(url), problem: "lists no commit and files for \(model.id)")
        }
        commit = content.sha
        files = Set(content.siblings.map(\.rfilename))
    }
}

/// What a Hub says about one file.
struct RemoteFile {
    /// The file's name.
    let name: String
    /// Where its content can be asked for.
    let url: URL
    /// Its checksum, as ``HubChecksum`` takes it.
    let etag: String
    /// Its length in bytes.
    let size: Int

    /// Asks the Hub.
    /// - Throws: ``HubError``, ``Interruption`` or `CancellationError`.
    init(_ name: String, commit: String, connection: HubConnection) async throws {
        let model = connection.model
        self.name = name
        url = try connection.url(model.owner, model.name, "resolve", commit, name)
        let response = try await connection.head(url, file: name).response
        let headers = response.headers
        let host = HubConnection.host(url)
        func wrong(_ problem: String) -> HubError { .answer(host: host, problem: problem) }
        if let served = headers.first(name: "X-Repo-Commit"), served != commit {
            throw wrong("serves \(name) of another commit")
        }
        guard let quoted = headers.first(name: "X-Linked-Etag") ?? headers.first(name: "ETag") else {
            throw wrong("gives no checksum of \(name)")
        }
        // "…", or W/"…" from a server that compresses.
        let etag = quoted.trimmingPrefix("W/").trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        guard HubChecksum(matching: etag, size: 0) != nil else { throw wrong("gives no checksum of \(name)") }
        // The length of a redirect is not the file's.
        let ownLength = response.status == .ok ? headers.first(name: "Content-Length") : nil
        guard let length = headers.first(name: "X-Linked-Size") ?? ownLength,
            let size = Int(length), size >= 0
        else {
            throw wrong("does not say how long \(name) is")
        }
        (self.etag, self.size) = (etag, size)
    }
}
