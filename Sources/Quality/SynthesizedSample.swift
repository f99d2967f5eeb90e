import Foundation
import Scoring

/// What the stages of the synthesis have made of one question, to be kept or rejected.
public struct SynthesizedSample: Sendable, Equatable, Codable {
    /// What it is called in reports, unique among the samples.
    public var id: String
    /// The question, its options and the known answer; `question` of it is what the gates take for the question.
    public var exercise: Exercise
    /// What the first stage said about the picture.
    public var description: String
    /// What the second stage thought, from the description alone.
    public var reasoning: String
    /// What is to be learnt: `<think>…</think><answer>…</answer>` with visual anchors woven in.
    public var text: String
    /// The picture's file, where its contamination is to be judged.
    public var picture: Data?

    /// What the stages have made of one question.
    /// - Parameters:
    ///   - id: what it is called in reports.
    ///   - exercise: the question, its options and the known answer.
    ///   - description: what the first stage said about the picture.
    ///   - reasoning: what the second stage thought.
    ///   - text: what is to be learnt.
    ///   - picture: the picture's file.
    public init(
        id: String, exercise: Exercise, description: String = "", reasoning: String = "", text: String,
        picture: Data? = nil
    ) {
        (self.id, self.exercise, self.description, self.reasoning) = (id, exercise, description, reasoning)
        (self.text, self.picture) = (text, picture)
    }

    /// The question with its options, as words.
    var asked: String {
        ([exercise.question ?? ""] + exercise.choices.map(\.text)).joined(separator: "\n")
    }

    /// What stands between the first `<think>` and the `</think>` behind it; the whole text where there is none.
    ///
    /// Bytes are compared: a combining mark behind `>` would hide the tag from a comparison of characters.
    var thought: String {
        let bytes = Array(text.utf8)
        guard let start = Self.place(of: "<think>", in: bytes[...])?.upperBound else { return text }
        let end = Self.place(of: "</think>", in: bytes[start...])?.lowerBound ?? bytes.count
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func place(of tag: String, in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        let tag = Array(tag.utf8)
        var start = bytes.startIndex
        while let found = bytes[start...].firstIndex(of: tag[0]) {
            if bytes[found...].starts(with: tag) { return found..<found + tag.count }
            start = found + 1
        }
        return nil
    }
}
