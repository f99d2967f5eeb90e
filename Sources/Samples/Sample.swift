import Foundation
import Images
import QwenVL

/// A conversation about pictures as a data file holds it; the pictures are read when they are wanted.
public struct Sample: Sendable, Equatable {
    /// A piece of a turn.
    public enum Content: Sendable, Equatable {
        /// Text between pictures, without their marks.
        case text(String)
        /// A picture that has not been read yet.
        case picture(PictureReference)
    }

    /// What one side says before the other does.
    public struct Turn: Sendable, Equatable {
        /// Whose turn it is.
        public var role: Message.Role
        /// The pieces in their order.
        public var content: [Content]

        /// A turn.
        /// - Parameters:
        ///   - role: who speaks.
        ///   - content: the pieces in their order.
        public init(role: Message.Role, content: [Content]) {
            self.role = role
            self.content = content
        }

        /// Its words, pictures left out.
        public var text: String {
            content.compactMap { piece in
                if case .text(let text) = piece { return text }
                return nil
            }.joined()
        }
    }

    /// What the file calls it, if anything.
    public var id: String?
    /// The turns in their order: a system turn if the file gives one, then users and assistants.
    public var turns: [Turn]

    /// A sample.
    /// - Parameters:
    ///   - id: what the file calls it, if anything.
    ///   - turns: the turns in their order.
    public init(id: String? = nil, turns: [Turn]) {
        self.id = id
        self.turns = turns
    }

    /// The pictures in their order.
    public var pictures: [PictureReference] {
        turns.flatMap(\.content).compactMap { content in
            if case .picture(let picture) = content { return picture }
            return nil
        }
    }

    /// What the last turn says if it is an assistant's; nil if no answer is given.
    public var answer: String? {
        guard let last = turns.last, last.role == .assistant else { return nil }
        return last.text
    }

    /// The conversation with its pictures read.
    /// - Returns: the turns as the processor takes them.
    /// - Throws: `ImageError` naming the picture that is missing, damaged or of a kind that is not read.
    public func messages() throws -> [Message] { try messages { try $0.image() } }

    /// The conversation with something in place of each picture.
    /// - Parameter image: what stands for a picture; asked in their order.
    /// - Returns: the turns as the processor takes them.
    /// - Throws: what `image` throws.
    package func messages(_ image: (PictureReference) throws -> RGBImage) throws -> [Message] {
        try turns.map { turn in
            Message(
                role: turn.role,
                content: try turn.content.map { content in
                    switch content {
                    case .text(let text): .text(text)
                    case .picture(let picture): .image(try image(picture))
                    }
                })
        }
    }
}

/// A picture of a data file: a file of its own, or bytes that lie in the data file.
public enum PictureReference: Sendable, Equatable {
    /// A JPEG, PNG or WebP file.
    case file(URL)
    /// The bytes of such a file, and what errors call them.
    case bytes(Data, name: String)

    /// Reads the picture.
    /// - Returns: the picture, upright.
    /// - Throws: `ImageError`, naming the picture.
    public func image() throws -> RGBImage {
        switch self {
        case .file(let url): try RGBImage(contentsOf: url)
        case .bytes(let data, let name): try RGBImage(encoded: data, name: name)
        }
    }

    /// What errors call it.
    package var title: String {
        switch self {
        case .file(let url): url.path
        case .bytes(_, let name): name
        }
    }

    /// The bytes of the picture's file.
    /// - Returns: JPEG, PNG or WebP, or whatever lies there.
    /// - Throws: ``SampleError`` if the file cannot be read.
    public func bytes() throws -> Data {
        switch self {
        case .bytes(let data, _): return data
        case .file(let url):
            do {
                return try Data(contentsOf: url)
            } catch {
                throw SampleError.content("The picture \(url.path) cannot be read")
            }
        }
    }

    /// The size without decoding, upright.
    /// - Returns: in pixels.
    /// - Throws: `ImageError`, naming the picture, or ``SampleError`` if the file cannot be read.
    package func size() throws -> (width: Int, height: Int) {
        try RGBImage.size(ofEncoded: bytes(), name: title)
    }
}
