/// The answers as VLMEvalKit reads them without its judge, with all its oddities, so that tables can be compared.
///
/// Source: VLMEvalKit at e8e78f05, `vlmeval/dataset/utils` and `vlmeval/utils/matching_util.py`. Where the kit would ask a judge
/// nothing is extracted, and the answer is wrong. These rules accept wrong answers: they are no reward.
public struct ReferenceReading: AnswerReading {
    /// The answers as VLMEvalKit reads them.
    public init() {}

    /// Reads an answer by the rules of the exercise's benchmark.
    /// - Parameters:
    ///   - prediction: the whole answer, as it was written.
    ///   - exercise: the question.
    /// - Returns: what was found.
    public func judgement(on prediction: String, for exercise: Exercise) -> Judgement {
        switch (exercise.benchmark, exercise.kind) {
        case (.mathVerse, _):
            let text = PythonText(prediction).stripped.string
            let isRight = text.unicodeScalars.elementsEqual(PythonText(exercise.answer).stripped.scalars)
            return Judgement(extracted: isRight ? text : nil, isCorrect: isRight)
        case (_, .yesNo):
            let found = YesNoRule.answer(in: prediction)
            return Judgement(extracted: found, isCorrect: found != nil && found == exercise.answer)
        case (.mathVista, .freeForm): return number(prediction, exercise)
        case (.mathVision, .freeForm):
            let isRight = MathVisionRule.isEqual(prediction, exercise.answer)
            return Judgement(extracted: isRight ? prediction : nil, isCorrect: isRight)
        case (_, .freeForm):
            // Of a question without options the kit makes one with two: its answer, and any other.
            let choices = [
                Exercise.Choice(letter: "A", text: exercise.answer), .init(letter: "B", text: "Other Answers"),
            ]
            return letter(prediction, choices, answer: "A")
        default: return letter(prediction, exercise.choices, answer: exercise.answer)
        }
    }

    private func letter(_ prediction: String, _ choices: [Exercise.Choice], answer: String) -> Judgement {
        let found = LetterRule(choices).letter(in: prediction)
        return Judgement(extracted: found, isCorrect: found != nil && found == answer)
    }

    /// MathVista: a number that is the answer, or nothing.
    ///
    /// A right zero is nothing too, because it is false in Python.
    private func number(_ prediction: String, _ exercise: Exercise) -> Judgement {
        let read: (String) -> PythonNumber? =
            switch exercise.answerType {
            case .integer: { PythonNumber(integer: $0) }
            case .float: { PythonNumber(float: $0) }
            case .list, .text, nil: { _ in nil }
            }
        guard let found = read(prediction), let answer = read(exercise.answer), found == answer, !found.isZero else {
            return Judgement(extracted: nil, isCorrect: false)
        }
        return Judgement(extracted: found.description, isCorrect: true)
    }
}
