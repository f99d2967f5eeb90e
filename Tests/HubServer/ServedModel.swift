import Crypto
import Foundation
import Synchronization

/// A repository as the Hub serves it: its list of files, and of each what it is and its content.
public struct ServedModel: Sendable {
    /// `owner/name`.
    public let id: String
    /// The commit that `main` stands for.
    public let commit = "0123456789abcdef0123456789abcdef01234567"
    /// Content by name.
    public var files: [String: Data]

    /// A repository.
    public init(_ id: String, files: [String: Data]) {
        (self.id, self.files) = (id, files)
    }

    /// A repository of the files in a folder.
    public init(_ id: String, folder: URL) throws {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
        }
        self.init(id, files: files)
    }

    /// Whether a file is stored apart, as a large file.
    public static func isLarge(_ name: String) -> Bool { name.hasSuffix(".safetensors") }

    /// A file's checksum: SHA-256 if it is stored apart, else git's.
    public func checksum(_ name: String) -> String {
        let content = files[name] ?? Data()
        func text(_ digest: some Sequence<UInt8>) -> String { digest.map { String(format: "%02x", $0) }.joined() }
        if Self.isLarge(name) { return text(SHA256.hash(data: content)) }
        return text(Insecure.SHA1.hash(data: Data("blob \(content.count)\0".utf8) + content))
    }

    /// What the Hub answers.
    /// - Parameters:
    ///   - request: a request.
    ///   - storage: the address of another server that large files lie on, if they do.
    /// - Returns: the answer, 404 to what is not there.
    public func answer(_ request: Request, storage: String? = nil) -> Answer {
        if request.path.hasPrefix("/api/models/\(id)/revision/") { return list() }
        let folder = "/\(id)/resolve/\(commit)/"
        guard request.path.hasPrefix(folder), let content = files[String(request.path.dropFirst(folder.count))] else {
            return Answer(404, ["X-Error-Code": request.path.contains("/resolve/") ? "EntryNotFound" : "RepoNotFound"])
        }
        let name = String(request.path.dropFirst(folder.count))
        var headers = ["X-Repo-Commit": commit]
        if Self.isLarge(name) {
            headers["X-Linked-Etag"] = "\"\(checksum(name))\""
            headers["X-Linked-Size"] = String(content.count)
            if let storage {
                headers["Location"] = "\(storage)/stored/\(name)?signature=secret"
                return Answer(302, headers)
            }
        } else {
            headers["ETag"] = "\"\(checksum(name))\""
        }
        return Self.content(content, headers, request)
    }

    /// What the storage of large files answers.
    public func stored(_ request: Request) -> Answer {
        let path = request.path.split(separator: "?").first.map(String.init) ?? ""
        guard path.hasPrefix("/stored/"), let content = files[String(path.dropFirst("/stored/".count))] else {
            return Answer(404)
        }
        return Self.content(content, [:], request)
    }

    private func list() -> Answer {
        let siblings = files.keys.sorted().map { ["rfilename": $0] }
        let object: [String: Any] = ["id": id, "sha": commit, "siblings": siblings]
        return Answer(200, body: (try? JSONSerialization.data(withJSONObject: object)) ?? Data())
    }

    /// Content, or the part of it that was asked for.
    private static func content(_ content: Data, _ headers: [String: String], _ request: Request) -> Answer {
        var headers = headers
        if request.method == "HEAD" {
            headers["Content-Length"] = String(content.count)
            return Answer(200, headers)
        }
        guard let start = request.rangeStart else { return Answer(200, headers, body: content) }
        guard start < content.count else { return Answer(416, ["Content-Range": "bytes */\(content.count)"]) }
        headers["Content-Range"] = "bytes \(start)-\(content.count - 1)/\(content.count)"
        return Answer(206, headers, body: content.dropFirst(start))
    }
}
