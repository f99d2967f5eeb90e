import Foundation

/// One model's part of the cache, laid out as `huggingface_hub` does it, so that both find what the other fetched.
///
///     models--Owner--Name/blobs/<checksum>                    the files' content
///     models--Owner--Name/blobs/<checksum>.incomplete         what has arrived so far
///     models--Owner--Name/refs/<revision>                     the commit a branch or a tag stood for
///     models--Owner--Name/snapshots/<commit>/<file>           links into blobs
///     .locks/models--Owner--Name/<checksum>.lock              held while a file is downloaded
package struct HubCache {
    /// The folder of the model.
    package let folder: URL
    private let locks: URL

    /// The part of a cache that belongs to a model; nothing is read or made.
    package init(root: URL, model: HubModel) {
        let name = "models--\(model.owner)--\(model.name)"
        folder = root.appendingPathComponent(name)
        locks = root.appendingPathComponent(".locks").appendingPathComponent(name)
    }

    /// Where the content of this checksum lies.
    package func blob(_ etag: String) -> URL { folder.appendingPathComponent("blobs/\(etag)") }

    /// Where content of this checksum lies while it arrives.
    package func part(_ etag: String) -> URL { folder.appendingPathComponent("blobs/\(etag).incomplete") }

    /// The file to hold while content of this checksum is downloaded.
    func lock(_ etag: String) -> URL { locks.appendingPathComponent("\(etag).lock") }

    /// The folder of a commit's files.
    package func snapshot(_ commit: String) -> URL {
        folder.appendingPathComponent("snapshots/\(commit)", isDirectory: true)
    }

    // MARK: What is there

    /// The commit a revision stands for: itself if it is one, else what was noted last.
    func commit(of revision: String) -> String? {
        if Self.isCommit(revision) { return revision }
        guard let text = try? String(contentsOf: reference(revision), encoding: .utf8) else { return nil }
        let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return Self.isCommit(commit) ? commit : nil
    }

    /// Whether a commit's file is there, whole.
    func has(_ file: String, commit: String) -> Bool {
        // Follows the link: one that leads nowhere is no file.
        FileManager.default.fileExists(atPath: snapshot(commit).appendingPathComponent(file).path)
    }

    /// Whether content of this checksum is there, with as many bytes as it must have.
    func holds(_ etag: String, size: Int) -> Bool {
        var status = stat()
        return stat(blob(etag).path, &status) == 0 && Int(status.st_size) == size
    }

    /// The names of all files of a commit, if another program has noted them.
    func listing(commit: String) -> Set<String>? {
        struct Tree: Decodable {
            struct Entry: Decodable {}
            let files: [String: Entry]
        }
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("trees/\(commit).json")) else {
            return nil
        }
        return (try? JSONDecoder().decode(Tree.self, from: data)).map { Set($0.files.keys) }
    }

    /// Whether text is the full name of a commit, and so safe as a file name.
    static func isCommit(_ text: String) -> Bool { text.utf8.count == 40 && text.isHexadecimal }

    private func reference(_ revision: String) -> URL { folder.appendingPathComponent("refs/\(revision)") }

    // MARK: Writing

    /// Makes the folders that a download writes to.
    /// - Throws: ``HubError/cache(path:action:reason:)``.
    func prepare(commit: String) throws {
        for url in [folder.appendingPathComponent("blobs"), snapshot(commit), locks] { try FileSystem.makeFolder(url) }
    }

    /// Makes a commit's file a relative link to content that is there, in one step.
    /// - Throws: ``HubError/cache(path:action:reason:)``.
    func link(_ file: String, commit: String, etag: String) throws {
        let link = snapshot(commit).appendingPathComponent(file).path
        let temporary = "\(link).\(FileSystem.uniqueSuffix)"
        guard symlink("../../blobs/\(etag)", temporary) == 0 else { throw FileSystem.failure(link, "linked") }
        guard rename(temporary, link) == 0 else {
            let failure = FileSystem.failure(link, "linked")
            unlink(temporary)
            throw failure
        }
    }

    /// Notes which commit a revision stands for; last of all, so that a name never stands for half a model.
    /// - Throws: ``HubError/cache(path:action:reason:)``.
    func note(_ revision: String, is commit: String) throws {
        guard revision != commit, self.commit(of: revision) != commit else { return }
        let url = reference(revision)
        try FileSystem.makeFolder(url.deletingLastPathComponent())
        let temporary = "\(url.path).\(FileSystem.uniqueSuffix)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw FileSystem.failure(url.path, "written") }
        let bytes = Array(commit.utf8)
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, rename(temporary, url.path) == 0 else {
            let failure = FileSystem.failure(url.path, "written")
            unlink(temporary)
            throw failure
        }
    }
}
