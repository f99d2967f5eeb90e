import ChatEndpoints
import ChatServer
import Evaluation
import Foundation
import Scoring
import Testing

/// A judge on loopback says what answers mean.
@Suite struct JudgeTests {
    /// A judge that says these words, the last of them from then on, and the store it writes into.
    private struct Court {
        let server: ChatServer
        let client: ChatClient
        let store: EvaluationStore
        let judge: Judge

        init(_ folder: URL, _ answer: @escaping @Sendable (Question, Int) -> Behaviour) throws {
            server = try ChatServer(answer)
            var settings = ChatClient.Settings(try EndpointAddress(server.url), model: "wise")
            settings.retries.limit = 2
            settings.retries.sleep = { _ in }
            client = ChatClient(settings)
            store = try EvaluationStore(folder, settings: [])
            judge = Judge(client: client, store: store)
        }

        init(_ folder: URL, words: [String]) throws {
            try self.init(folder) { question, before in
                .answer(words[min(before, words.count - 1)], to: question)
            }
        }

        func verdict(_ exercise: Exercise, _ answer: String = "Well, the tent.") async throws -> JudgedAnswer {
            try await judge.verdict(for: exercise, question: "Which one is it?", answer: answer)
        }
    }

    private let star = Exercise(
        .mmStar, .multipleChoice,
        choices: [.init(letter: "A", text: "a boat"), .init(letter: "B", text: "a tent")], answer: "B")
    private let open = Exercise(.mmmu, .freeForm, answer: "24")
    private let whole = Exercise(.mathVista, .freeForm, answer: "0", answerType: .integer)
    private let vista = Exercise(
        .mathVista, .multipleChoice,
        choices: [.init(letter: "A", text: "10"), .init(letter: "B", text: "12")], answer: "B")
    private let words = Exercise(.mathVista, .freeForm, answer: "[1, 2]", answerType: .list)
    private let vision = Exercise(.mathVision, .freeForm, answer: "\\frac{1}{2}")
    private let verse = Exercise(.mathVerse, .freeForm, answer: "6 cm")
    private let hallusion = Exercise(.hallusionBench, .yesNo, answer: "No")

    @Test func wordsAreReadForWhatTheyMean() async throws {
        let cases: [(Exercise, String, extracted: String?, isCorrect: Bool)] = [
            (star, "B", "B", true), (star, "B. a tent", "B", true), (star, "Letter: A", "A", false),
            (star, "(B)", "B", true), (star, "**B**", "B", true), (star, "Z", "Z", false), (star, " B.\n", "B", true),
            (open, "A", "A", true), (open, "B", "B", false),
            (whole, "0", "0", true), (whole, "Answer: 0.", "0.", false), (whole, "7", "7", false),
            (whole, "none", nil, false), (vista, "12", "B", true), (vista, "B", "B", true), (vista, "11", "11", false),
            (words, "[1, 2]", "[1, 2]", true), (words, "[1, 3]", "[1, 3]", false),
            (vision, "Extracted answer: 0.5", "0.5", true), (vision, "1/3", "1/3", false),
            (vision, "None.", nil, false),
            (verse, "6 cm", "6 cm", true), (verse, "\"6 cm\"", "6 cm", true),
            (hallusion, "No", "No", true), (hallusion, "Yes.", "Yes", false), (hallusion, "Unknown", nil, false),
            (hallusion, "Word: no", "No", true),
        ]
        for (exercise, said, extracted, isCorrect) in cases {
            try await withStoreFolder { folder in
                let court = try Court(folder, words: [said])
                let answer = try await court.verdict(exercise)
                #expect(
                    answer
                        == JudgedAnswer(
                            judgement: Judgement(extracted: extracted, isCorrect: isCorrect), outcome: .judged,
                            words: [said], cached: 0), "\(said) \(answer)")
                #expect(court.server.questions.count == 1 && answer.isUnparsed == (extracted == nil))
                await court.client.shutDown()
            }
        }
    }

    @Test func whatCannotBeReadIsWrongAndNeverDrawnByChance() async throws {
        let cases: [(Exercise, String, tries: [Double])] = [
            (star, "A boat, or perhaps B", [0, 0, 0]), (star, "C", [0, 0, 0]), (star, "", [0, 0, 0]),
            (hallusion, "Yes and no", [0, 0.5, 1, 1.5, 2]),
            (vision, String(repeating: "long ", count: 100), [0, 0.5, 1, 1.5, 2]),
        ]
        for (exercise, said, tries) in cases {
            try await withStoreFolder { folder in
                let court = try Court(folder, words: [said])
                let answer = try await court.verdict(exercise)
                #expect(answer.judgement == Judgement(extracted: nil, isCorrect: false) && answer.outcome == .unclear)
                #expect(answer.isUnparsed && answer.words == tries.map { _ in said })
                #expect(court.server.questions.map { $0.number("temperature") } == tries, "\(said)")
                await court.client.shutDown()
            }
        }
    }

    @Test func itIsAskedAgainUntilItsWordsCanBeRead() async throws {
        try await withStoreFolder { folder in
            let court = try Court(folder, words: ["Let me think.", "It is B I think", "B"])
            let answer = try await court.verdict(star)
            #expect(answer.judgement == Judgement(extracted: "B", isCorrect: true) && answer.words.count == 3)
            // Everything that was said is here, so the same is not asked again.
            let again = try await court.verdict(star)
            #expect(again.judgement == answer.judgement && again.words == answer.words && again.cached == 3)
            #expect(court.server.questions.count == 3)
            #expect(try court.store.judgeReplies().map(\.words) == answer.words)
            let reply = try #require(try court.store.judgeReplies().first)
            #expect(reply.model == "wise" && reply.tries == 1 && reply.digest.count == 64 && reply.seconds > 0)
            #expect(abs(reply.time.timeIntervalSinceNow) < 60)
            _ = try await court.verdict(star, "Well, the boat.")
            // Of another answer all three are asked again.
            #expect(court.server.questions.count == 6)
            await court.client.shutDown()
        }
    }

    @Test func whatIsExtractedIsComparedByTheJudgeUnlessItIsTheSame() async throws {
        for (said, isSame) in [("1", true), ("0", false), ("Same: 1", true)] {
            try await withStoreFolder { folder in
                let court = try Court(folder) { question, _ in
                    .answer(question.text.hasSuffix("Same:") ? said : "6", to: question)
                }
                let answer = try await court.verdict(verse, "So the side has 6.")
                #expect(
                    answer.judgement == Judgement(extracted: "6", isCorrect: isSame) && answer.words == ["6", said])
                let questions = court.server.questions.map(\.text)
                #expect(questions[0].contains("Question: Which one is it?\nResponse: So the side has 6.\nAnswer:"))
                #expect(questions[1].contains("Reference answer: 6 cm\nStudent's answer: 6\nSame:"))
                await court.client.shutDown()
            }
        }
        try await withStoreFolder { folder in
            let court = try Court(folder, words: ["hm"])
            let answer = try await court.verdict(verse)
            #expect(answer.judgement == Judgement(extracted: nil, isCorrect: false) && answer.outcome == .unclear)
            #expect(court.server.questions.map { $0.number("temperature") } == [0, 0, 0.5, 1, 1.5, 2])
            await court.client.shutDown()
        }
    }

    @Test func theQuestionItsOptionsAndTheAnswerAreInThePrompt() async throws {
        try await withStoreFolder { folder in
            let court = try Court(folder, words: ["A"])
            for exercise in [star, open, vista, hallusion, whole] { _ = try await court.verdict(exercise) }
            let prompts = court.server.questions.map(\.text)
            #expect(
                prompts[0].hasSuffix(
                    "Question: Which one is it?\nOptions:\nA. a boat\nB. a tent\nStudent's answer: Well, the tent.\nLetter:"
                ))
            #expect(prompts[1].contains("Options:\nA. 24\nB. any other answer\n"))
            #expect(
                prompts[2].contains("Question: Which one is it?\nOptions:\n(A) 10\n(B) 12\nResponse: Well, the tent."))
            #expect(prompts[3].hasSuffix("Question: Which one is it?\nStudent's answer: Well, the tent.\nWord:"))
            #expect(prompts.contains { $0.contains("Form: a whole number\nResponse: Well, the tent.") })
            // The right answer of a question with options is not told.
            #expect(
                !prompts[0].contains("Answer: B")
                    && court.server.questions.allSatisfy { $0.number("max_tokens") == 1024 })
            await court.client.shutDown()
        }
    }

    @Test func whatIsAskedAtTheSameTimeIsAskedOnce() async throws {
        try await withStoreFolder { folder in
            let court = try Court(folder) { question, _ in .answer("B", to: question).delayed(0.1) }
            let answers = try await withThrowingTaskGroup(of: JudgedAnswer.self) { group in
                for _ in 0..<20 { group.addTask { try await court.verdict(star) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 20 && answers.allSatisfy { $0.judgement.isCorrect })
            #expect(answers.map(\.cached).reduce(0, +) == 19 && court.server.questions.count == 1)
            await court.client.shutDown()
        }
    }

    @Test func troubleIsEnduredAndWhatCannotBeAskedIsAskedNextTime() async throws {
        try await withStoreFolder { folder in
            let court = try Court(folder) { question, before in
                if question.text.contains("boat, I say") { return .status(500) }
                return before == 0 ? .raw("<html>", type: "text/html") : .answer("B", to: question)
            }
            let answer = try await court.verdict(star)
            #expect(answer.judgement.isCorrect && answer.outcome == .judged)
            #expect(try court.store.judgeReplies().map(\.tries) == [2])
            let lost = try await court.verdict(star, "A boat, I say")
            #expect(lost.judgement == Judgement(extracted: nil, isCorrect: false) && lost.words.isEmpty)
            let host = try EndpointAddress(court.server.url).host
            #expect(lost.outcome == .unreachable("\(host) gave no answer: it answered 500, after 2 repetitions."))
            #expect(try court.store.judgeReplies().count == 1)

            var summary = JudgeSummary()
            for answer in [answer, lost, try await court.verdict(star)] { summary.add(answer) }
            #expect(summary.judged == 3 && summary.right == 2 && summary.unparsed == 1 && summary.unreachable == 1)
            #expect(summary.cached == 1 && summary.replies == 1 && summary.unclear == 0)
            #expect(
                summary.line == "The judge was asked about 3 answers and found 2 right; in 1 nothing was found, "
                    + "1 of them because it could not be asked (\(host) gave no answer: it answered 500, after 2 "
                    + "repetitions). Replies that came now: 1, that were here from before: 1.")
            await court.client.shutDown()
        }
    }

    @Test func aJudgeThatLetsNobodyInIsAnError() async throws {
        try await withStoreFolder { folder in
            let court = try Court(folder) { _, _ in .status(401) }
            let error = await #expect(throws: ChatError.self) { try await court.verdict(star) }
            #expect(error?.localizedDescription.contains("does not accept the key (401)") == true)
            await court.client.shutDown()
        }
    }
}
