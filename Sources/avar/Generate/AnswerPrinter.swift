import QwenVL
import VisualAttention

/// Writes answers to standard output as they come: one alone as it is, several one after another, each behind its number.
struct AnswerPrinter {
    private let samples: Int
    /// The sample that is written now; those behind it wait.
    private var current = 0
    private var waiting: [String]
    private var isOver: [Bool]

    init(samples: Int) {
        self.samples = samples
        waiting = [String](repeating: "", count: samples)
        isOver = [Bool](repeating: false, count: samples)
        if samples > 1 { Output.write("[1] ") }
    }

    /// Takes the next piece of an answer.
    mutating func take(_ piece: AnswerText) {
        isOver[piece.sample] = piece.finishReason != nil
        guard piece.sample == current else {
            waiting[piece.sample] += piece.text
            return
        }
        if !piece.text.isEmpty { Output.write(piece.text) }
        while current < samples, isOver[current] {
            Output.write("\n")
            current += 1
            guard current < samples else { return }
            Output.write("[\(current + 1)] " + waiting[current])
        }
    }
}
