import Foundation
import QwenVL
import VisualAttention

/// Asks a model every question of a set.
struct Exam {
    private let assistant: VisualAssistant
    private var options: GenerationOptions

    init(_ assistant: VisualAssistant) {
        self.assistant = assistant
        options = assistant.options(maxNewTokens: 8)
        // An exam is sat the same way by every checkpoint: always the likeliest token.
        options.sampling.temperature = 0
    }

    /// What came of it.
    struct Outcome: Encodable {
        let accuracy: Double
        let correct: Int
        let answers: [String]
        /// Of the question's tokens; nil when not observed.
        let attention: AttentionReport?
    }

    /// Asks all questions, each about the picture named at its place.
    func sit(_ set: EasyVQA, pictures: [String], title: String, observes: Bool) throws -> Outcome {
        var summary = AttentionSummary()
        var answers: [String] = []
        var correct = 0
        var progress = Progress(title, total: set.questions.count)
        for (question, name) in zip(set.questions, pictures) {
            let input = try assistant.processor([.user(question.question, images: [set.picture(name)])])
            let answer = try assistant.answer([Question(input, options: options, observesAttention: observes)])[0][0]
            if let attention = try answer.questionAttention() { summary.add(attention) }
            answers.append(answer.text)
            if answer.text == question.answer { correct += 1 }
            progress.advance()
        }
        progress.finish()
        return Outcome(
            accuracy: Double(correct) / Double(max(1, answers.count)), correct: correct, answers: answers,
            attention: AttentionReport(summary))
    }
}

/// What the demo found.
struct DemoReport: Encodable {
    let right: Exam.Outcome
    let shuffled: Exam.Outcome
    let parameters: Int
    let seconds: Double

    /// As a table.
    func lines(model: String) -> [String] {
        let count = right.answers.count
        var lines = [
            "easy-VQA, \(count) test questions, \(model) (\(parameters) parameters)",
            "",
            "accuracy with the right pictures  \(right.accuracy.percent.padded(7))   \(right.correct) of \(count)",
            "accuracy with shuffled pictures   \(shuffled.accuracy.percent.padded(7))   \(shuffled.correct) of \(count)",
            "",
        ]
        guard let attention = right.attention else { return lines }
        lines.append("attention of the question's tokens, mean share over heads and tokens")
        lines.append("layer   system   visual     user   marker   VAS (paper)")
        for (index, layer) in attention.layers.enumerated() {
            let shares = [layer.system, layer.visual, layer.user, layer.marker].map { $0.percent.padded(9) }.joined()
            lines.append("\(String(index).padded(5))\(shares)\((layer.vas?.fixed(2) ?? "undefined").padded(14))")
        }
        let vas = attention.vas
        lines.append("")
        lines.append(
            "Visual Attention Score: paper \(vas.paper.fixed(2)), pooled \(vas.pooled.fixed(3)), "
                + "reward \(vas.reward.fixed(3)), geometric \(vas.geometric.fixed(3))")
        lines.append(
            "without the first token in the system turn: pooled \(attention.vasWithoutFirst.pooled.fixed(3)), "
                + "geometric \(attention.vasWithoutFirst.geometric.fixed(3))")
        if vas.extremeHeads > 0 {
            lines.append(
                "\(vas.extremeHeads.percent) of the heads have a ratio above 1,000 and decide the paper's form; "
                    + "read the other forms beside it.")
        }
        lines.append("")
        lines.append("\(seconds.fixed(1)) s")
        return lines
    }
}
