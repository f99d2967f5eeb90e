import Microworld
import QwenVL
import Samples
import VisualAttention

/// Puts questions to a model, always taking the likeliest token, and judges the answers.
struct Examiner {
    let assistant: VisualAssistant
    let paper: any ExamPaper
    let style: ExamStyle
    let maxNewTokens: Int
    /// The conditions under which it is observed where the questions' tokens look.
    var observed: Set<ExamCondition> = []

    /// How many answers are written together: the most that cannot change each other's last bits.
    static let together = 8

    /// Puts some questions at once.
    /// - Parameters:
    ///   - tasks: questions and how they are put.
    ///   - shouldStop: looked at between two tokens; true ends the work with `CancellationError`.
    /// - Returns: a result for each, in their order.
    /// - Throws: what is wrong with a question, with its place; `CancellationError` if the work was stopped.
    func results(
        of tasks: [(entry: SampleEntry, key: ExamResult.Key)], shouldStop: () -> Bool
    ) throws -> [ExamResult] {
        let options = assistant.greedyOptions(maxNewTokens: maxNewTokens)
        let questions = try tasks.map { entry, key in
            try entry.naming {
                let conversation = try prompt(paper.conversation(entry, under: key.condition))
                let input = try assistant.input(of: conversation, queries: .generatedResponse(options))
                return VisualAttention.Question(
                    input, options: options, observesAttention: observed.contains(key.condition))
            }
        }
        var isStopped = false
        let answers = try assistant.answer(questions) { _ in
            isStopped = shouldStop()
            return !isStopped
        }
        if isStopped { throw CancellationError() }
        return try zip(tasks, answers).map { task, answers in
            try task.entry.naming { try result(answers[0], of: task.entry, under: task.key.condition) }
        }
    }

    private func result(
        _ answer: Answer, of entry: SampleEntry, under condition: ExamCondition
    ) throws -> ExamResult {
        let verdict = try paper.verdict(on: answer.text, to: entry)
        let label = try paper.label(entry)
        var result = ExamResult(
            line: entry.number, condition: condition, id: label.id, family: label.family, text: answer.text,
            promptTokens: answer.input.inputIDs.count, isRight: verdict.isRight, isReadable: verdict.isReadable)
        if let mass = try answer.questionAttention() {
            let queries = answer.input.userQueries
            let measurement = AttentionMeasurement(
                input: answer.input, queries: queries, queryTokenIDs: queries.map { answer.input.inputIDs[$0] },
                queriesBeforePicture: 0, mass: mass, text: answer.text)
            result.attention = SampleResult(measurement, line: entry.number, id: label.id, tokenizer: nil)
        }
        return result
    }

    /// The conversation with the last line that the style asks for.
    private func prompt(_ conversation: [Message]) -> [Message] {
        guard style == .reasoning, let last = conversation.lastIndex(where: { $0.role == .user }) else {
            return conversation
        }
        var conversation = conversation
        // One piece of text, so that the words meet the line break as they do in training.
        if case .text(let text) = conversation[last].content.last {
            conversation[last].content.removeLast()
            conversation[last].content.append(.text(text + "\n" + ReasoningPrompt.instruction))
        } else {
            conversation[last].content.append(.text(ReasoningPrompt.instruction))
        }
        return conversation
    }
}
