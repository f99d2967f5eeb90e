import Foundation

/// A token or key, which goes into one header of a request and nowhere else: it has no text to print.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// Takes a secret out of a variable or a file; nil if there is none in it.
    /// - Parameter text: the secret, perhaps with white space around it.
    public init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { return nil }
        self.text = trimmed
    }

    /// The value of the header `Authorization`; nil if the secret has characters that no header may hold.
    package var authorization: String? {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? "Bearer \(text)" : nil
    }

    /// A text in which the secret, should it be there, is not readable: servers repeat what they were told.
    /// - Parameter words: what a server said.
    /// - Returns: the words with three stars in place of the secret.
    package func removed(from words: String) -> String { words.replacingOccurrences(of: text, with: "***") }

    /// What a server sent without the secret, before anything of it is read, cut short or kept.
    ///
    /// A secret of fewer than eight bytes stays: servers of one's own are given keys like `none`, which are words of any answer.
    /// - Parameter bytes: what came.
    /// - Returns: the bytes with three stars in place of the secret.
    package func removed(from bytes: [UInt8]) -> [UInt8] {
        let secret = Array(text.utf8)
        guard secret.count >= 8, bytes.count >= secret.count else { return bytes }
        var data = Data(bytes)
        guard data.range(of: Data(secret)) != nil else { return bytes }
        while let place = data.range(of: Data(secret)) { data.replaceSubrange(place, with: Data("***".utf8)) }
        return Array(data)
    }

    /// Not the secret.
    public var description: String { "(hidden)" }
    /// Not the secret.
    public var debugDescription: String { description }
    /// Nothing, so that no dump shows the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
