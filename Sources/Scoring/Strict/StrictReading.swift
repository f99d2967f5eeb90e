import Mathematics

/// The answers as a careful person reads them: what is meant as the answer is compared with the right one by its meaning.
///
/// What follows the last closed thought counts. In it the last `<answer>...</answer>` is the answer, else the last `\boxed{...}`, else the
/// last sentence that says what the answer is, else the whole text if it is an answer and nothing more, or its last line or sentence.
/// An object of JSON that ends the answer and calls something the answer is read like the tag. Where prose marks nothing, a clause must
/// conclude: premises, steps and their numbers, remarks, and all of a text that breaks off say nothing, and the question, if it is known,
/// decides between clauses about several things. Letters in prose, options that are only named, several answers at once, a tag
/// that is never closed and refusals are no answers.
public struct StrictReading: AnswerReading {
    /// The answers as a careful person reads them.
    public init() {}

    /// Reads an answer.
    /// - Parameters:
    ///   - prediction: the whole answer, as it was written.
    ///   - exercise: the question.
    /// - Returns: what was found: of options the letter, of yes and no `Yes` or `No`, else the words.
    public func judgement(on prediction: String, for exercise: Exercise) -> Judgement {
        let final = FinalText(prediction, hasLetters: exercise.kind == .multipleChoice)
        switch exercise.kind {
        case .multipleChoice:
            let known = exercise.choices.isEmpty ? QuestionChoices.read(exercise.question) : exercise.choices
            let choices = known.isEmpty ? Self.letters : known
            let found = ChoiceResolver(choices, hasTexts: !known.isEmpty, question: exercise.question).letter(in: final)
            let answer = Plain.bare(exercise.answer).uppercased()
            return Judgement(extracted: found, isCorrect: found != nil && found == answer)
        case .yesNo:
            let found = YesNoResolver.answer(in: final)
            return Judgement(
                extracted: found, isCorrect: found != nil && found?.lowercased() == exercise.answer.trimmed.lowercased()
            )
        case .freeForm:
            let resolver = FreeFormResolver(exercise)
            let found = resolver.answer(in: final)
            return Judgement(extracted: found, isCorrect: found.map(resolver.isRight) ?? false)
        }
    }

    /// Options that stand in the picture.
    private static let letters = "ABCDEFGHIJ".map { Exercise.Choice(letter: String($0), text: "") }
}
