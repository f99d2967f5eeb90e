import Microworld
import QwenVL
import Reports
import VisualAttention

/// Pictures under the attention of their questions and answers: of every family one answered right and one wrong, where
/// there are such.
struct PicturesStep: DemoStep {
    /// The fewest pictures, if so many questions are asked.
    private static let fewest = 12

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let answers = context.plainAnswers
        var chosen: [ExamResult] = []
        for family in Family.allCases {
            let own = answers.filter { $0.family == family.rawValue }
            chosen += [own.first(where: \.isRight), own.first { !$0.isRight }].compactMap { $0 }
        }
        let seen = Set(chosen.map(\.line))
        chosen += answers.filter { !seen.contains($0.line) }.prefix(max(0, Self.fewest - chosen.count))
        var progress = Progress("pictures", total: chosen.count)
        let sections = try chosen.compactMap { answer in
            if context.interrupt.isRequested { progress.finish() }
            try context.interrupt.check()
            defer { progress.advance() }
            return try overlay(of: answer, in: context)
        }
        progress.finish()
        return DemoPart(
            name: "pictures", value: chosen.compactMap(\.id), lines: [], sections: sections)
    }

    /// The picture of a question under the tokens of the question and of the model's answer.
    private func overlay(of answer: ExamResult, in context: DemoContext) throws -> Report.Section? {
        let question = context.world.question(answer.line)
        var conversation: [Message] = [.user(question.prompt, images: [try context.world.picture(question).image()])]
        let isBlank = answer.text.allSatisfy(\.isWhitespace)
        if !isBlank { conversation.append(.assistant(answer.text)) }
        let input = try context.assistant.input(of: conversation, queries: isBlank ? .user : .givenResponse)
        let looks = try context.assistant.looks(of: input.userQueries + input.responseQueries, in: input)
        let verdict = answer.isRight ? "right" : "wrong"
        let correction = answer.isRight ? "" : "; right is \(question.answer)"
        return try ReportPages.overlay(
            looks, of: "question and the \(verdict) answer of \(question.id)", images: conversation.images,
            input: input,
            views: [.mean], processor: context.assistant.processor, breakBefore: input.userQueries.count,
            caption:
                "The model answers \(answer.text), which is \(verdict)\(correction). Attention weights on the visual "
                + "tokens, as the model used them; the answer's tokens stand on the last line.")
    }
}
