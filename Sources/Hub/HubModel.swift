import Foundation

/// The name of a model on the Hub: `owner/name`, at a revision.
public struct HubModel: Sendable, Equatable {
    /// Who the model belongs to.
    public let owner: String
    /// The model's own name.
    public let name: String
    /// A branch, a tag or a commit.
    public let revision: String

    /// The name as the Hub writes it, without the revision.
    public var id: String { "\(owner)/\(name)" }

    /// Reads a name.
    /// - Parameters:
    ///   - text: `owner/name` or `owner/name@revision`.
    ///   - revision: a revision given beside the name; `main` if there is none in either place.
    /// - Throws: ``HubError/name(_:)`` or ``HubError/revision(_:)`` if a part is none that the Hub allows, or the
    ///   revision is given twice.
    public init(_ text: String, revision: String? = nil) throws {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard path.count == 2, path.allSatisfy(Self.isPlainPart), !path[1].hasSuffix(".git") else {
            throw HubError.name(text)
        }
        if let revision, parts.count == 2, parts[1] != revision {
            throw HubError.revision("\(parts[1]) and \(revision)")
        }
        let wanted = revision ?? (parts.count == 2 ? parts[1] : "main")
        guard Self.isRevision(wanted) else { throw HubError.revision(wanted) }
        (owner, name) = (path[0], path[1])
        self.revision = wanted
    }

    /// Whether the Hub would allow this as an owner's or a model's name; what is, is also a safe file name.
    private static func isPlainPart(_ text: String) -> Bool {
        let isWord = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        }
        guard let first = text.utf8.first, let last = text.utf8.last, isWord(first), isWord(last) else { return false }
        return text.utf8.count <= 96 && !text.contains("--") && !text.contains("..")
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// Whether git would allow this as the name of a branch, a tag or a commit, near enough to make a path of it.
    private static func isRevision(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 255
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !#"\:?*[~^"#.utf8.contains($0) }
    }
}
