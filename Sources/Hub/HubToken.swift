import Foundation

/// A user's access token, which goes into one header of a request and nowhere else: it has no text to print.
public struct HubToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// Takes a token out of a variable or a file; nil if there is none in it.
    /// - Parameter text: the token, perhaps with white space around it.
    public init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { return nil }
        self.text = trimmed
    }

    /// The value of the header `Authorization`.
    /// - Throws: ``HubError/token`` if it has characters that no header may hold.
    func authorization() throws -> String {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw HubError.token }
        return "Bearer \(text)"
    }

    /// Not the token.
    public var description: String { "(a token)" }
    /// Not the token.
    public var debugDescription: String { description }
    /// Nothing, so that no dump shows the token.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
