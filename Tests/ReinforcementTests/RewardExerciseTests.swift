import Reinforcement
import Scoring
import Testing

/// How an answer is to be read when the data has but a problem and an answer.
@Suite struct RewardExerciseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let problem: String
        let answer: String
        let kind: Exercise.Kind
        let wanted: String
        let choices: [String]

        init(_ problem: String, _ answer: String, _ kind: Exercise.Kind, _ wanted: String, _ choices: [String] = []) {
            (self.problem, self.answer, self.kind, self.wanted, self.choices) = (problem, answer, kind, wanted, choices)
        }

        var testDescription: String { "\(problem) -> \(answer)" }
    }

    static let cases: [Case] = [
        // Lines.
        .init("Which colour?\nA. red\nB. blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\nA. red\nB. blue", "blue", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\nA. red\nB. blue", "B. blue", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\nA. red\nB. blue", "(A)", .multipleChoice, "A", ["red", "blue"]),
        .init("Which colour?\nA. red\nB. blue", "\\boxed{A}", .multipleChoice, "A", ["red", "blue"]),
        .init("Which colour?\nA. red\nB. blue", "<answer>B</answer>", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\nA. red\nB. blue", "green", .freeForm, "green"),
        .init("Which colour?\nA) red\nB) blue\nC) green", "C", .multipleChoice, "C", ["red", "blue", "green"]),
        .init("Which colour?\nA: red\nB: blue", "A", .multipleChoice, "A", ["red", "blue"]),
        .init("Which colour?\n(A) red\n(B) blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\n[A] red\n[B] blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\r\nA. red\r\nB. blue\r\n", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\n  A. red\n  B. blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\n- A. red\n- B. blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\n**A.** red\n**B.** blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\n**(A)** red\n**(B)** blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which colour?\n(a) red\n(b) blue", "b", .multipleChoice, "B", ["red", "blue"]),
        .init("How long?\nA.5\nB.6", "B", .multipleChoice, "B", ["5", "6"]),
        .init("How long?\nA. $5$\nB. $\\frac{1}{2}$", "0.5", .multipleChoice, "B", ["$5$", "$\\frac{1}{2}$"]),
        .init("How long?\nA.\n5 m\nB.\n6 m\n", "B", .multipleChoice, "B", ["5 m", "6 m"]),
        .init(
            "Who?\nA. a man\nwith a hat\nB. a woman\nAnswer with the letter.", "B", .multipleChoice, "B",
            ["a man\nwith a hat", "a woman"]),
        .init(
            "Please provide the correct option letter, e.g., A, B, C, D, at the end.\nQuestion: how many?\nChoices:\n"
                + "(A) 5\n(B) 6\n(C) 7", "(C)", .multipleChoice, "C", ["5", "6", "7"]),
        .init(
            "Example:\nA. one\nB. two\nNow: which?\nA. red\nB. blue\nC. green", "C", .multipleChoice, "C",
            ["red", "blue", "green"]),
        // In a line.
        .init("Which? (A) red (B) blue (C) green", "B", .multipleChoice, "B", ["red", "blue", "green"]),
        .init("Which? (A) red, (B) blue, (C) green", "green", .multipleChoice, "C", ["red", "blue", "green"]),
        .init("Options: A. red B. blue", "A", .multipleChoice, "A", ["red", "blue"]),
        .init("Which?\nOptions: A: red, B: blue", "B", .multipleChoice, "B", ["red", "blue"]),
        .init("Which?\nA. red B. blue C. green", "C", .multipleChoice, "C", ["red", "blue", "green"]),
        .init("Choices: A) 3 B) 4 C) 5 D) 6", "D", .multipleChoice, "D", ["3", "4", "5", "6"]),
        // No options.
        .init("Whom did A. Smith and B. Jones meet?", "Miller", .freeForm, "Miller"),
        .init("Which point is higher, A or B?", "B", .freeForm, "B"),
        .init("Angle A. is 30 degrees. What is C.?", "60", .freeForm, "60"),
        .init("A. Only one option", "A", .freeForm, "A"),
        .init("Which?\nA. red\nC. blue", "C", .freeForm, "C"),
        .init("Which two?\nA. red\nB. blue\nC. green", "A and C", .freeForm, "A and C"),
        // Yes and no.
        .init("Is it red?", "yes", .yesNo, "Yes"), .init("Is it red?", "No.", .yesNo, "No"),
        .init("Is it red?", "\\boxed{\\text{Yes}}", .yesNo, "Yes"),
        .init("Is it red?", "<answer> no </answer>", .yesNo, "No"),
        .init("Is it red?\nA. yes\nB. no", "no", .multipleChoice, "B", ["yes", "no"]),
        .init("Is it red?", "true", .freeForm, "true"), .init("Is it red?", "nothing", .freeForm, "nothing"),
        // Free form, and what stands around it.
        .init("How much?", "4", .freeForm, "4"), .init("How much?", " $4$ ", .freeForm, "4"),
        .init("How much?", "$$\\frac{1}{2}$$", .freeForm, "\\frac{1}{2}"),
        .init("How much?", "\\(x^2\\)", .freeForm, "x^2"), .init("How much?", "\\[x^2\\]", .freeForm, "x^2"),
        .init("How much?", "\\boxed{\\frac{1}{2}}", .freeForm, "\\frac{1}{2}"),
        .init("How much?", "$\\boxed{4}$", .freeForm, "4"),
        .init("How much?", "The sum is $\\boxed{4}$.", .freeForm, "4"),
        .init("How much?", "<think>2 + 2</think><answer>\\boxed{4}</answer>", .freeForm, "4"),
        .init("How much?", "<think>2 + 2</think>\n<answer>\n4\n</answer>", .freeForm, "4"),
        .init("How much?", "\\boxed{3} or \\boxed{4}", .freeForm, "\\boxed{3} or \\boxed{4}"),
        .init("How much?", "$3$ and $4$", .freeForm, "$3$ and $4$"),
        .init("How much?", "$5", .freeForm, "$5"), .init("How much?", "\\boxed{4", .freeForm, "\\boxed{4"),
        .init("How much?", "\\boxed{}", .freeForm, "\\boxed{}"), .init("How much?", "", .freeForm, ""),
        .init("How much?", "\\text{a } b \\text{c}", .freeForm, "\\text{a } b \\text{c}"),
    ]

    @Test(arguments: cases) func theExerciseIsInferred(_ it: Case) {
        let found = ExerciseInference.exercise(problem: it.problem, answer: it.answer)
        #expect(found.kind == it.kind && found.answer == it.wanted && found.choices.map(\.text) == it.choices)
        #expect(found.choices.map(\.letter) == Array(["A", "B", "C", "D"].prefix(found.choices.count)))
        #expect(found.question == it.problem)
    }

    @Test func whatTheDataSaysComesFirst() {
        let choices = [Exercise.Choice(letter: "A", text: "red"), Exercise.Choice(letter: "B", text: "blue")]
        func found(_ answer: String, _ kind: Exercise.Kind?, _ choices: [Exercise.Choice] = []) -> Exercise {
            ExerciseInference.exercise(problem: "Which?\nA. 1\nB. 2", answer: answer, kind: kind, choices: choices)
        }
        #expect(found("blue", nil, choices).answer == "B" && found("blue", nil, choices).choices == choices)
        #expect(found("B", .freeForm).kind == .freeForm && found("yes", .freeForm).kind == .freeForm)
        #expect(found("0", .yesNo).answer == "No" && found("True", .yesNo).answer == "Yes")
        #expect(found("2", .multipleChoice).answer == "B")
        let inPicture = ExerciseInference.exercise(problem: "Which?", answer: "C", kind: .multipleChoice)
        #expect(inPicture.kind == .multipleChoice && inPicture.choices.isEmpty && inPicture.answer == "C")
        #expect(ExerciseInference.exercise(problem: "Which?", answer: "blue", kind: .multipleChoice).kind == .freeForm)
    }

    /// Responses to problems as data sets have them: response, right or not.
    static let readings: [(problem: String, answer: String, response: String, isRight: Bool)] = [
        ("Which?\nA. red\nB. blue", "B", "<think>hm</think><answer>B</answer>", true),
        ("Which?\nA. red\nB. blue", "B", "<think>hm</think><answer>B. blue</answer>", true),
        ("Which?\nA. red\nB. blue", "B", "<think>hm</think><answer>blue</answer>", true),
        ("Which?\nA. red\nB. blue", "blue", "<think>hm</think><answer>B</answer>", true),
        ("Which?\nA. red\nB. blue", "B", "<think>B</think><answer>A</answer>", false),
        ("Which?\nA. red\nB. blue", "B", "<think>hm</think><answer>A or B</answer>", false),
        ("Which?\nA. red\nB. blue", "B", "<think>It is B", false),
        ("How long is it?\nA. 12 cm\nB. 12.5 cm", "B", "<think>x</think><answer>12.5 cm</answer>", true),
        ("Is it red?", "yes", "<think>x</think><answer>Yes, it is.</answer>", true),
        ("Is it red?", "yes", "<think>x</think><answer>No</answer>", false),
        ("How much?", "$\\frac{1}{2}$", "<think>x</think><answer>0.5</answer>", true),
        ("How much?", "\\boxed{3}", "<think>x</think><answer>\\boxed{3.0}</answer>", true),
        ("How much?", "<answer>1,000</answer>", "<think>x</think><answer>1000</answer>", true),
        ("How much?", "4", "<think>4</think><answer>5</answer>", false),
        ("How much?", "4", "", false),
    ]

    @Test(arguments: readings)
    func rightAnswersArePaid(_ it: (problem: String, answer: String, response: String, isRight: Bool)) {
        let input = RewardInput(
            group: 0, sample: 0, problem: it.problem, answer: it.answer, response: it.response, responseLength: 9,
            isCut: it.response.isEmpty)
        let found = AccuracyReward().evaluate(RewardBatch([input]))
        #expect(found.values == [it.isRight ? 1 : 0])
        #expect(found.counts["cut"] == (it.response.isEmpty ? 1 : 0))
    }

    @Test func whatHasNoAnswerIsCounted() {
        let responses = ["<think>x", "", "<answer>4</answer>", "I cannot say."]
        let inputs = responses.enumerated().map { index, response in
            RewardInput(
                group: index, sample: 0, problem: "How much?\nA. 3\nB. 4", answer: "B", response: response,
                responseLength: 1)
        }
        let found = AccuracyReward().evaluate(RewardBatch(inputs))
        #expect(found.values == [0, 0, 1, 0] && found.counts["no_answer"] == 3)
    }
}
