import ChatEndpoints
import Foundation
import Scoring

/// A model that says what answers mean in which a reading found nothing.
///
/// As in VLMEvalKit (e8e78f05) it is asked for the option that is meant (MMStar, MMMU, MMMU-Pro, the microworld), for the short answer
/// in a long one (MathVista, MathVision, MathVerse), whether two short answers are the same (MathVerse), or for yes or no
/// (HallusionBench); at temperature 0, and 0.5 more each time its words could not be read, except for options. Departures: the
/// wording is ours; the judge may say that there is no answer; and an answer that cannot be judged is wrong and counted, where the
/// kit draws a letter by chance.
///
/// The judge's words are stored under a digest of what was asked, and not asked for again.
public struct Judge: Sendable {
    private let desk: JudgeDesk
    private let reading: any AnswerReading
    private let maxTokens: Int?

    /// A judge.
    /// - Parameters:
    ///   - client: asks the judge's model.
    ///   - store: keeps its words.
    ///   - reading: compares what was taken out of an answer of MathVista and MathVision with the right one.
    ///   - maxTokens: the greatest number of tokens of a reply; judges that reason before they answer need more.
    public init(
        client: ChatClient, store: EvaluationStore, reading: any AnswerReading = ReferenceReading(),
        maxTokens: Int? = 1024
    ) {
        desk = JudgeDesk(client: client, store: store)
        self.reading = reading
        self.maxTokens = maxTokens
    }

    /// What an answer means.
    /// - Parameters:
    ///   - exercise: the question's part that decides.
    ///   - question: its text as it was put.
    ///   - answer: an answer in which nothing was found without a judge.
    /// - Returns: what the judge makes of it.
    /// - Throws: ``ChatError`` if no request to this judge can succeed, ``StoreError``, or `CancellationError`.
    public func verdict(for exercise: Exercise, question: String, answer: String) async throws -> JudgedAnswer {
        var record = Record()
        do {
            switch (exercise.benchmark, exercise.kind) {
            case (.mathVerse, _):
                return try await compared(exercise, question, answer, &record)
            case (_, .yesNo):
                return try await yesNo(exercise, question, answer, &record)
            case (.mathVista, _), (.mathVision, _):
                return try await extracted(exercise, question, answer, &record)
            default:
                return try await option(exercise, question, answer, &record)
            }
        } catch let error as ChatError where !error.concernsAll {
            try Task.checkCancellation()
            return record.unanswered(.unreachable(error.localizedDescription))
        }
    }

    // MARK: Kinds

    private func option(
        _ exercise: Exercise, _ question: String, _ answer: String, _ record: inout Record
    ) async throws -> JudgedAnswer {
        var (choices, right) = (exercise.choices, exercise.answer)
        if exercise.kind == .freeForm || choices.isEmpty {
            // A question without options has two, as in the kit: its answer, and any other.
            choices = [.init(letter: "A", text: exercise.answer), .init(letter: "B", text: "any other answer")]
            right = "A"
        }
        let prompt = JudgePrompt.option(question: question, choices: choices, answer: answer)
        let letters = choices.map(\.letter)
        let letter = try await ask(prompt, tries: 3, step: 0, &record) { JudgeWords.letter($0, of: letters) }
        guard let letter else { return record.unanswered(.unclear) }
        return record.judged(Judgement(extracted: letter, isCorrect: letter == right))
    }

    private func yesNo(
        _ exercise: Exercise, _ question: String, _ answer: String, _ record: inout Record
    ) async throws -> JudgedAnswer {
        let prompt = JudgePrompt.yesNo(question: question, answer: answer)
        switch try await ask(prompt, tries: 5, step: 0.5, &record, read: JudgeWords.yesNo) {
        case .found(let word): return record.judged(Judgement(extracted: word, isCorrect: word == exercise.answer))
        case .nothing: return record.unanswered(.judged)
        case nil: return record.unanswered(.unclear)
        }
    }

    /// MathVista and MathVision.
    private func extracted(
        _ exercise: Exercise, _ question: String, _ answer: String, _ record: inout Record
    ) async throws -> JudgedAnswer {
        switch try await extract(exercise, question, answer, &record) {
        case .found(let extract):
            let found = reading.judgement(on: extract, for: exercise)
            let isRight = found.isCorrect || Self.isRightWhereReadingCannotSay(extract, exercise)
            return record.judged(Judgement(extracted: found.extracted ?? extract, isCorrect: isRight))
        case .nothing: return record.unanswered(.judged)
        case nil: return record.unanswered(.unclear)
        }
    }

    /// MathVista, free form: a zero, which the kit takes for nothing before it asks a judge but not afterwards, and texts and lists.
    private static func isRightWhereReadingCannotSay(_ extract: String, _ exercise: Exercise) -> Bool {
        guard exercise.benchmark == .mathVista, exercise.kind == .freeForm else { return false }
        switch exercise.answerType {
        case .integer: return Int(extract) == 0 && Int(exercise.answer) == 0
        case .float: return Double(extract) == 0 && Double(exercise.answer) == 0
        case .list, .text, nil: return extract == exercise.answer.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// MathVerse.
    private func compared(
        _ exercise: Exercise, _ question: String, _ answer: String, _ record: inout Record
    ) async throws -> JudgedAnswer {
        switch try await extract(exercise, question, answer, &record) {
        case .found(let extract):
            let reference = exercise.answer.trimmingCharacters(in: .whitespacesAndNewlines)
            if extract == reference { return record.judged(Judgement(extracted: extract, isCorrect: true)) }
            let prompt = JudgePrompt.comparison(question: question, reference: reference, extract: extract)
            let isSame = try await ask(prompt, tries: 5, step: 0.5, &record, read: JudgeWords.comparison)
            guard let isSame else { return record.unanswered(.unclear) }
            return record.judged(Judgement(extracted: extract, isCorrect: isSame))
        case .nothing: return record.unanswered(.judged)
        case nil: return record.unanswered(.unclear)
        }
    }

    private func extract(
        _ exercise: Exercise, _ question: String, _ answer: String, _ record: inout Record
    ) async throws -> JudgeWords.Extract? {
        let prompt = JudgePrompt.extraction(
            question: question, choices: exercise.choices, answer: answer, form: Self.form(exercise))
        return try await ask(prompt, tries: 5, step: 0.5, &record, read: JudgeWords.extract)
    }

    /// A line about the form that is asked for, where the benchmark says so.
    private static func form(_ exercise: Exercise) -> String {
        guard exercise.kind == .freeForm else { return "" }
        return switch exercise.answerType {
        case .integer: "Form: a whole number\n"
        case .float: exercise.precision.map { "Form: a number with \($0) decimals\n" } ?? "Form: a number\n"
        case .list: "Form: a list in brackets\n"
        case .text, nil: ""
        }
    }

    // MARK: Asking

    /// What was said about one answer so far.
    private struct Record {
        var words: [String] = []
        var cached = 0

        func judged(_ judgement: Judgement) -> JudgedAnswer {
            JudgedAnswer(judgement: judgement, outcome: .judged, words: words, cached: cached)
        }

        func unanswered(_ outcome: JudgedAnswer.Outcome) -> JudgedAnswer {
            JudgedAnswer(
                judgement: Judgement(extracted: nil, isCorrect: false), outcome: outcome, words: words, cached: cached)
        }
    }

    /// Asks until the words can be read; nil if they never can.
    private func ask<Meaning>(
        _ prompt: String, tries: Int, step: Double, _ record: inout Record, read: (String) -> Meaning?
    ) async throws -> Meaning? {
        for attempt in 0..<tries {
            let request = ChatRequest(
                [ChatMessage(.user, prompt)],
                ChatRequest.Sampling(maxTokens: maxTokens, temperature: step * Double(attempt)))
            let (reply, isCached) = try await desk.reply(to: request, attempt: attempt)
            record.words.append(reply.words)
            if isCached { record.cached += 1 }
            if let meaning = read(reply.words) { return meaning }
        }
        return nil
    }
}
