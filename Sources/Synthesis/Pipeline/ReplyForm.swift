import ChatEndpoints
import Foundation

/// What makes a reply one that can be worked with, before anybody judges what it says.
enum ReplyForm {
    /// What is wrong with a reply; nil if nothing is.
    static func problem(_ response: StoredResponse) -> String? {
        guard response.text.contains(where: { !$0.isWhitespace }) else { return "the reply is empty" }
        if response.finish == .length { return "the reply was cut at the limit of tokens" }
        if case .other(let word) = response.finish, !word.isEmpty {
            return "the reply ended with “\(word.prefix(40))”"
        }
        // LLaMA-Factory takes these for places of pictures wherever they stand.
        if let mark = ["<image>", "<video>", "<audio>"].first(where: { response.text.contains($0) }) {
            return "the reply holds \(mark), which marks a place for a file"
        }
        return response.stage == .anchors ? formProblem(response.text) : nil
    }

    /// What keeps a text from being `<think>…</think><answer>…</answer>` and nothing else.
    static func formProblem(_ text: String) -> String? {
        for tag in ["<think>", "</think>", "<answer>", "</answer>"] {
            let count = text.components(separatedBy: tag).count - 1
            if count != 1 { return "the reply has \(count == 0 ? "no" : "\(count)") \(tag)" }
        }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.hasPrefix("<think>"), trimmed.hasSuffix("</answer>"),
            let end = trimmed.range(of: "</think>"), let start = trimmed.range(of: "<answer>"),
            end.upperBound <= start.lowerBound,
            trimmed[end.upperBound..<start.lowerBound].allSatisfy(\.isWhitespace)
        else { return "the reply is not <think>…</think><answer>…</answer> and nothing else" }
        let thought = trimmed[..<end.lowerBound].dropFirst("<think>".count)
        let answer = trimmed[start.upperBound...].dropLast("</answer>".count)
        if thought.allSatisfy(\.isWhitespace) { return "the reply has an empty thought" }
        if answer.allSatisfy(\.isWhitespace) { return "the reply has an empty answer" }
        return nil
    }
}
