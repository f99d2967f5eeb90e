import Microworld
import Testing

/// What counts as the right answer, and what does not.
@Suite struct AnswerReadingTests {
    private func question(_ answer: String, options: [String] = []) -> Question {
        var question = QuestionSource(split: .test).question(0)
        (question.answerText, question.options) = (answer, options)
        question.candidates = options.isEmpty ? [answer, "x"] : options
        return question
    }

    private let colors = ["blue", "red", "green", "yellow"]

    @Test(arguments: [
        "B", "b", "B.", "(B)", "(b).", " B ", "B)", "B:", "B. red", "B. Red.", "(B) red", "red", "Red.",
        "<answer>B</answer>", "<think>A. blue?</think><answer>B. red</answer>", "<think>A</think>\nB",
        "<answer>A</answer> no, <answer>red</answer>", "<answer>\nB.\n</answer>", "<answer>A <answer>B</answer>",
        "b.", "b)", "b:", "(b)", "B.\nred", "B.red", "(b)red", "(B).\nRed.", "b: red",
        // Thoughts do not count, whatever stands in them, nor does a mark that closes nothing.
        "<think><answer>A</answer></think><answer>B</answer>", "<think>so <answer>A</answer></think>B",
        "<think>a</think>A<think>b</think> B", "<answer>B</answer> </answer>", "<answer>B</answer>A</answer>",
        // What was closed counts although another answer is begun behind it.
        "<answer>B</answer><answer>A", "<think>A</think><answer>B</answer> or <answer>A",
    ]) func namesTheSecondOption(_ response: String) {
        #expect(question("red", options: colors).accepts(response))
        #expect(!question("blue", options: colors).accepts(response))
    }

    @Test(arguments: [
        "", "A blue boat", "B red", "B. blue", "red or blue", "BB", "It is B", "A red one", "<answer>B", "<answer>",
        "B</answer>", "<think>B", "<think>B</think>", "<answer>red and green</answer>", "<answer></answer> B", "E", "2",
        "<think>it is <answer>B</answer>", "<think>so</think><think><answer>B</answer>",
        "<think><answer>B</answer></think>",
        "B.blue", "(b) a", "b.b", "<answer>B</answer><answer></answer>",
    ]) func namesNoOption(_ response: String) {
        let question = question("red", options: colors)
        #expect(question.reading(of: response) == nil)
        #expect(!question.accepts(response))
    }

    @Test func aLetterInProseIsNoOption() {
        #expect(question("blue", options: colors).reading(of: "A blue boat") == nil)
        #expect(question("blue", options: colors).accepts("A. blue"))
    }

    @Test(arguments: [
        ("3", "3"), ("3", "three"), ("3", "Three."), ("0", "zero"), ("20", "twenty"), ("12", " 12. "), ("7", "07"),
        ("3", "<think>2 + 1</think><answer>3</answer>"), ("60", "60"), ("red", "Red"), ("red", "red."),
        ("top left", "Top left"), ("no", "No."), ("circle", "circle"),
    ]) func freeAnswersThatAreRight(_ answer: String, _ response: String) {
        #expect(question(answer).accepts(response))
    }

    /// Free answers and options read numbers alike.
    @Test func numbers() {
        let options = ["5", "7", "9", "12"]
        for response in ["7", "07", "+7", "seven", "Seven.", "7."] {
            #expect(question("7").reading(of: response) == "7", "\(response)")
            #expect(question("7", options: options).reading(of: response) == "7", "\(response)")
            #expect(question("7", options: options).reading(of: "b. \(response)") == "7", "\(response)")
        }
        for response in ["7 degrees", "7°"] {
            #expect(question("7").reading(of: response) == nil)
            #expect(question("7", options: options).reading(of: response) == nil)
        }
    }

    @Test func angles() {
        for options in [[], ["55", "60", "65", "70"]] {
            var question = question("60", options: options)
            question.query = .thirdAngle
            for response in ["60", "60 degrees", "60°", "60 °.", "060", "60 degrees.", "<answer>60°</answer>"] {
                #expect(question.accepts(response), "\(response)")
            }
            for response in ["65°", "degrees", "°", "60 degrees 5"] { #expect(!question.accepts(response)) }
            #expect(question.reading(of: "65 degrees") == "65")
        }
    }

    @Test(arguments: [
        ("3", "4"), ("3", "thirty"), ("3", "3 circles"), ("3", "there are 3"), ("3", "<answer>3"), ("3", "3.5"),
        ("3", "-3"),
        ("3", ""), ("red", "blue"), ("red", "a red one"), ("top left", "left top"), ("no", "yes"), ("3", "13"),
    ]) func freeAnswersThatAreWrong(_ answer: String, _ response: String) {
        #expect(!question(answer).accepts(response))
    }

    @Test func readableIsMoreThanRight() {
        #expect(question("3").reading(of: "five.") == "5")
        #expect(question("3").reading(of: "red") == nil)
        #expect(question("red").reading(of: "Blue.") == "blue")
        #expect(question("red").reading(of: "circle") == nil)
        #expect(question("no").reading(of: "yes") == "yes")
        #expect(question("3", options: ["2", "3", "4", "5"]).reading(of: "D") == "5")
        #expect(question("3", options: ["2", "3", "4", "5"]).accepts("three"))
    }

    @Test(arguments: Split.allCases) func everyAnswerIsAccepted(_ split: Split) {
        let source = QuestionSource(split: split, seed: 3)
        for index in 0..<1400 {
            let question = source.question(index)
            #expect(question.accepts(question.answer) && question.accepts("<answer>\(question.answerText)</answer>"))
            for other in question.candidates where other != question.answerText {
                #expect(!question.accepts(other))
                #expect(question.reading(of: other) != nil, "\(question)")
            }
        }
    }
}

/// Answers in other pictures, hints changed, and guesses without looking.
@Suite struct WithoutLookingTests {
    @Test(arguments: Split.allCases) func theQueryOfTheSceneGivesTheAnswer(_ split: Split) {
        let source = QuestionSource(split: split, seed: 5)
        for index in 0..<1400 {
            let question = source.question(index)
            #expect(question.query.answer(in: question.scene) == question.answerText, "\(question)")
        }
    }

    @Test func otherScenesHaveOtherAnswersOrNone() {
        let red = Item(kind: .circle, color: .red, row: 0, column: 1, size: 3)
        let blue = Item(kind: .cross, color: .blue, row: 2, column: 2, size: 3)
        let scene = Scene.shapes(side: 3, lines: true, items: [red, blue])
        #expect(Query.colorAt(row: 0, column: 1).answer(in: scene) == "red")
        #expect(Query.colorAt(row: 0, column: 0).answer(in: scene) == nil)
        #expect(Query.place(color: .blue, kind: .cross).answer(in: scene) == "bottom right")
        #expect(Query.larger(first: .red, second: .blue).answer(in: scene) == nil)
        #expect(Query.largest.answer(in: scene) == nil)
        #expect(Query.excess(of: .green, over: .red).answer(in: scene) == nil)
        #expect(Query.more(first: .red, second: .blue).answer(in: scene) == nil)
        #expect(Query.tallest.answer(in: scene) == nil && Query.thirdAngle.answer(in: scene) == nil)
        let chart = Scene.chart(bars: [Bar(color: .red, value: 4), Bar(color: .blue, value: 4)])
        #expect(Query.tallest.answer(in: chart) == nil)
        #expect(Query.value(of: .green).answer(in: chart) == nil)
        #expect(Query.count(color: .red, kind: nil).answer(in: chart) == nil)
    }

    @Test func hintsChanged() throws {
        let source = QuestionSource(split: .test, seed: 4)
        var (misled, helped) = (0, 0)
        for index in 0..<700 {
            let question = source.question(index)
            #expect(question.withoutHint.hint == nil && question.withoutHint.text == question.text)
            guard let hint = question.hint else {
                #expect(question.withReversedHint == nil && question.withRightHint == nil)
                #expect(question.withMisleadingHint == nil)
                continue
            }
            let reversed = try #require(question.withReversedHint?.hint)
            #expect(reversed.isRight != hint.isRight)
            #expect((reversed.suggestion == question.answerText) == reversed.isRight)
            #expect(question.candidates.contains(reversed.suggestion))
            #expect(question.withRightHint?.hint == Hint(suggestion: question.answerText, isRight: true))
            let misleading = try #require(question.withMisleadingHint?.hint)
            #expect(!misleading.isRight && misleading.suggestion != question.answerText)
            #expect(question.candidates.contains(misleading.suggestion))
            #expect(misleading == (hint.isRight ? reversed : hint))
            if reversed.isRight { helped += 1 } else { misled += 1 }
        }
        #expect(misled > 50 && helped > 150)
    }

    @Test func theLikeliestAnswerIsABitBetterThanChance() {
        let likeliest = LikeliestAnswers(QuestionSource(split: .train))
        let questions = (0..<1400).map(QuestionSource(split: .test).question)
        let right = questions.count { likeliest.guess($0) == $0.answerText }
        let chance = questions.reduce(0) { $0 + 1 / Double($1.candidates.count) }
        #expect(Double(right) < 2 * chance && Double(right) > 0.6 * chance, "\(right), chance \(chance)")
        #expect(questions.allSatisfy { $0.options.isEmpty || $0.options.contains(likeliest.guess($0)) })
    }
}
