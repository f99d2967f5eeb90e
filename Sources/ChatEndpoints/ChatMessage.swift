import Foundation

/// A picture as a file has it, to be sent as it is.
public struct ChatPicture: Sendable, Equatable {
    /// The bytes of the file.
    public let bytes: Data
    /// What they are, as `image/png`.
    public let mediaType: String

    /// Takes a picture.
    /// - Parameter bytes: of a PNG, JPEG, WebP or GIF file; nil comes of any other.
    public init?(_ bytes: Data) {
        func begins(_ start: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: start) }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            mediaType = "image/png"
        } else if begins([0xFF, 0xD8, 0xFF]) {
            mediaType = "image/jpeg"
        } else if begins(Array("RIFF".utf8)), begins(Array("WEBP".utf8), at: 8) {
            mediaType = "image/webp"
        } else if begins(Array("GIF8".utf8)) {
            mediaType = "image/gif"
        } else {
            return nil
        }
        self.bytes = bytes
    }

    /// The address that holds the picture itself (RFC 2397).
    var dataURL: String { "data:\(mediaType);base64,\(bytes.base64EncodedString())" }
}

/// A turn of a conversation with an endpoint.
public struct ChatMessage: Sendable, Equatable, Encodable {
    /// Whose turn it is.
    public enum Role: String, Sendable, Codable {
        /// Instructions that come before the conversation.
        case system
        /// Who asks; pictures stand here.
        case user
        /// Who answers.
        case assistant
    }

    /// A piece of a turn.
    public enum Part: Sendable, Equatable, Encodable {
        /// Text, sent as `{"type": "text"}`.
        case text(String)
        /// A picture, sent as a data URL in `{"type": "image_url"}`.
        case picture(ChatPicture)

        private enum CodingKeys: String, CodingKey {
            case type, text, url
            case imageURL = "image_url"
        }

        /// Writes it as chat completions have it.
        /// - Parameter encoder: takes an object.
        /// - Throws: `EncodingError`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .text(let text):
                try container.encode("text", forKey: .type)
                try container.encode(text, forKey: .text)
            case .picture(let picture):
                try container.encode("image_url", forKey: .type)
                var nested = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .imageURL)
                try nested.encode(picture.dataURL, forKey: .url)
            }
        }
    }

    /// Whose turn it is.
    public var role: Role
    /// What is said and shown, in this order.
    public var parts: [Part]

    /// A turn of words and pictures.
    public init(_ role: Role, _ parts: [Part]) { (self.role, self.parts) = (role, parts) }

    /// A turn of words.
    public init(_ role: Role, _ text: String) { self.init(role, [.text(text)]) }

    private enum CodingKeys: String, CodingKey { case role, content }

    /// Writes it as chat completions have it: words alone as a string, which every server understands.
    /// - Parameter encoder: takes an object.
    /// - Throws: `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(role, forKey: .role)
        if parts.count == 1, case .text(let text) = parts[0] {
            try container.encode(text, forKey: .content)
        } else {
            try container.encode(parts, forKey: .content)
        }
    }
}
