import ChatEndpoints
import Foundation
import QwenVL
import Samples
import Scoring

/// What a model is asked: one turn of a user, pictures and text in their order.
///
/// There is no system turn of its own, so that the chat template gives its own.
public struct BenchmarkPrompt: Sendable, Equatable {
    /// The pieces in their order.
    public var content: [Sample.Content]

    /// A prompt of texts and pictures in their order.
    public init(_ content: [Sample.Content]) { self.content = content }

    /// What stands for a picture in ``text``: as the chat template writes it.
    public static let pictureMark = "<|vision_start|><|image_pad|><|vision_end|>"

    /// The content of the turn exactly as the chat template puts it, one mark for each picture: what is stored beside an answer.
    public var text: String {
        content.map { piece in
            switch piece {
            case .text(let text): text
            case .picture: Self.pictureMark
            }
        }.joined()
    }

    /// The pictures in the order in which they are shown.
    public var pictures: [PictureReference] {
        content.compactMap { piece in
            if case .picture(let picture) = piece { return picture }
            return nil
        }
    }

    /// The turn with its pictures decoded.
    /// - Returns: one message.
    /// - Throws: `ImageError`, naming the picture.
    public func messages() throws -> [Message] {
        try Sample(turns: [.init(role: .user, content: content)]).messages()
    }
}

extension BenchmarkQuestion {
    /// What a model is asked.
    /// - Parameter style: how.
    /// - Returns: the prompt.
    /// - Throws: `SampleError.entry` if the text names a picture that is not there, or lacks what the style needs.
    public func prompt(_ style: PromptStyle) throws -> BenchmarkPrompt {
        try naming { try PromptRules(question: self, style: style).prompt() }
    }

    /// The conversation that a model is given: the prompt with its pictures decoded.
    /// - Parameter style: how it is asked.
    /// - Returns: one message of a user.
    /// - Throws: `SampleError.entry` with what is wrong with the prompt or a picture.
    public func messages(_ style: PromptStyle) throws -> [Message] {
        try naming { try PromptRules(question: self, style: style).prompt().messages() }
    }

    /// The question as a sample of a data file: the prompt, and the right answer as the turn of an assistant.
    /// - Parameter style: how it is asked.
    /// - Returns: the sample.
    /// - Throws: as ``prompt(_:)``.
    public func sample(_ style: PromptStyle) throws -> Sample {
        Sample(
            id: index,
            turns: [
                .init(role: .user, content: try prompt(style).content),
                .init(role: .assistant, content: [.text(exercise.answer)]),
            ])
    }
}

extension BenchmarkPrompt {
    /// The turn as an endpoint is sent it, pictures with the bytes of their files.
    /// - Returns: the pieces in their order.
    /// - Throws: `ChatError.picture` for a picture that is neither PNG, JPEG, WebP nor GIF, `SampleError` if it cannot be read.
    public func parts() throws -> [ChatMessage.Part] {
        try content.map { piece in
            switch piece {
            case .text(let text): return .text(text)
            case .picture(let picture):
                guard let sent = ChatPicture(try picture.bytes()) else {
                    throw ChatError.picture("its bytes are neither PNG, JPEG, WebP nor GIF")
                }
                return .picture(sent)
            }
        }
    }
}
