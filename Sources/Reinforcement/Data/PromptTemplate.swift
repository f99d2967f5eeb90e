import Foundation
import QwenVL
import Samples

/// What stands round a problem: a text with a place for it, as EasyR1's prompt files have it.
///
/// `{{ content }}` is the problem, `{{ content | trim }}` the problem without white space round it; everything else is taken letter by
/// letter. Other instructions of a template language are refused.
public struct PromptTemplate: Sendable, Equatable {
    /// What stands before the problem.
    public let before: String
    /// What stands behind it.
    public let after: String
    /// Whether white space round the problem goes.
    public let trims: Bool

    /// The problem alone.
    public static let plain = PromptTemplate(before: "", after: "", trims: false)

    /// Asks for `<think>` and `<answer>`, which is what the format reward pays for.
    public static let reasoning = PromptTemplate(
        before: "",
        after:
            "\nThink about the picture and the question first, then answer. Put your reasoning between <think> and "
            + "</think> and the final answer between <answer> and </answer>.", trims: true)

    /// A template of two texts.
    public init(before: String, after: String, trims: Bool) {
        (self.before, self.after, self.trims) = (before, after, trims)
    }

    /// Reads a template.
    /// - Parameter text: has one place for the problem.
    /// - Throws: `SampleError.content` that says what is wrong with it.
    public init(_ text: String) throws {
        let parts = text.components(separatedBy: "{{")
        guard parts.count == 2, let end = parts[1].range(of: "}}"), !parts[1][end.upperBound...].contains("}}") else {
            throw SampleError.content(
                "A prompt template has one place for the problem, {{ content }} or {{ content | trim }}, and this has "
                    + "\(parts.count - 1)")
        }
        let words = parts[1][..<end.lowerBound].split { $0.isWhitespace || $0 == "|" }.map(String.init)
        guard words == ["content"] || words == ["content", "trim"] else {
            throw SampleError.content(
                "The place '{{\(parts[1][..<end.lowerBound])}}' of the prompt template is not {{ content }} or {{ content | trim }}"
            )
        }
        guard !text.contains("{%"), !text.contains("{#") else {
            throw SampleError.content("The prompt template has instructions ({% or {#), which are not understood")
        }
        var after = String(parts[1][end.upperBound...])
        // The last line break belongs to the file, as in Jinja.
        if after.hasSuffix("\n") { after.removeLast() }
        self.init(before: parts[0], after: after, trims: words.count == 2)
    }

    /// Reads a file.
    /// - Parameter url: of the template.
    /// - Throws: `SampleError`, naming the file.
    public init(contentsOf url: URL) throws {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw SampleError.unreadable(path: url.path, reason: "there is no such readable text file")
        }
        do {
            try self.init(text)
        } catch SampleError.content(let problem) {
            throw SampleError.content("\(url.path): \(problem)")
        }
    }

    /// A problem in its place.
    /// - Parameter content: the pieces of the problem in their order.
    /// - Returns: the pieces of the prompt.
    func applied(to content: [Sample.Content]) -> [Sample.Content] {
        var content = content
        if trims {
            if case .text(let text)? = content.first { content[0] = .text(String(text.drop(while: \.isWhitespace))) }
            if case .text(let text)? = content.last {
                var kept = text[...]
                while kept.last?.isWhitespace == true { kept.removeLast() }
                content[content.count - 1] = .text(String(kept))
            }
        }
        // One piece of text where two meet: words are cut into tokens together.
        if !before.isEmpty {
            if case .text(let text)? = content.first {
                content[0] = .text(before + text)
            } else {
                content.insert(.text(before), at: 0)
            }
        }
        if !after.isEmpty {
            if case .text(let text)? = content.last {
                content[content.count - 1] = .text(text + after)
            } else {
                content.append(.text(after))
            }
        }
        return content
    }
}
