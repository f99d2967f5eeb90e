import Foundation
import QwenVL
import VisualAttention

/// What `avar generate` says about the answers to one prompt: those of one answer at the top level, those of several under
/// `samples`.
struct AnswerReport: Encodable {
    /// How long it took, which is told of a prompt that is answered alone.
    struct Times: Encodable {
        let seconds: Double
        let prefillSeconds: Double
        let decodeTokensPerSecond: Double?

        init(seconds: Double, prefillSeconds: Double, answers: [Answer]) {
            self.seconds = seconds
            self.prefillSeconds = prefillSeconds
            let steps = answers.reduce(0) { $0 + $1.generation.tokenIDs.count - 1 }
            decodeTokensPerSecond = steps > 0 ? Double(steps) / max(seconds - prefillSeconds, 1e-9) : nil
        }
    }

    /// One answer.
    struct Sample: Encodable {
        let text: String
        let tokens: [Int]
        let finishReason: FinishReason
        /// Natural logarithms; nil unless asked for.
        let logProbabilities: [Double]?
        /// Of the answer's tokens, the last left out, which is never a query.
        let answer: AttentionReport?
        /// Where each token looked; nil unless asked for.
        let looks: [TokenGrids]?

        init(_ answer: Answer, grids: GridNames?) throws {
            text = answer.text
            tokens = answer.generation.tokenIDs
            finishReason = answer.generation.finishReason
            let logProbabilities = answer.generation.logProbabilities
            self.logProbabilities = logProbabilities.isEmpty ? nil : logProbabilities
            self.answer = try answer.answerAttention().flatMap { AttentionReport($0) }
            looks = try grids.map { try $0.grids(of: answer) }
        }
    }

    /// What the prompt and all its answers share.
    private struct Shared: Encodable {
        let promptTokens: Int
        let imageTokens: Int
        /// Of the user's tokens that can see a picture; nil without a picture or when not observed.
        let question: AttentionReport?
    }

    private let shared: Shared
    private let samples: [Sample]
    private let times: Times?

    private enum Keys: String, CodingKey {
        case samples
    }

    /// - Parameters:
    ///   - answers: the answers to one prompt.
    ///   - input: the prompt.
    ///   - times: how long it took, or nil.
    ///   - grids: names of the maps that were asked for, or nil.
    /// - Throws: `TorchError` if memory is short.
    init(_ answers: [Answer], input: ModelInput, times: Times? = nil, grids: GridNames? = nil) throws {
        shared = Shared(
            promptTokens: input.inputIDs.count, imageTokens: input.roles.count { $0 == .image },
            question: try answers.first?.questionAttention().flatMap { AttentionReport($0) })
        samples = try answers.map { try Sample($0, grids: grids) }
        self.times = times
    }

    func encode(to encoder: any Encoder) throws {
        try shared.encode(to: encoder)
        try times?.encode(to: encoder)
        if samples.count == 1 {
            try samples[0].encode(to: encoder)
        } else {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(samples, forKey: .samples)
        }
    }

    /// The same for people.
    var lines: [String] {
        let question = [("question", shared.question)].compactMap(Self.attention)
        if samples.count == 1 {
            let summary = samples[0].summary
            return [([summary.length, prompt] + summary.rest).joined(separator: ", ")] + question
                + [("answer", samples[0].answer)].compactMap(Self.attention)
        }
        return [prompt] + question
            + samples.enumerated().flatMap { index, sample in
                let length = ([sample.summary.length] + sample.summary.rest).joined(separator: ", ")
                let lines = [length] + [("answer", sample.answer)].compactMap(Self.attention)
                return lines.map { "[\(index + 1)] " + $0 }
            }
    }

    private var prompt: String {
        var text = "prompt \(shared.promptTokens) tokens of which \(shared.imageTokens) visual"
        guard let times else { return text }
        text += ", first token after \(times.prefillSeconds.fixed(2)) s"
        return text + (times.decodeTokensPerSecond.map { ", then \($0.fixed(1)) tokens/s" } ?? "")
    }

    private static func attention(of name: String, _ report: AttentionReport?) -> String? {
        report.map { "attention of the \(name): " + $0.summary }
    }
}

extension AnswerReport.Sample {
    /// How long the answer is, and its log-probability where that was asked for.
    fileprivate var summary: (length: String, rest: [String]) {
        let sum = logProbabilities.map { "log-probability \($0.reduce(0, +).fixed(3))" }
        return ("\(tokens.count) tokens (\(finishReason.rawValue))", sum.map { [$0] } ?? [])
    }
}
