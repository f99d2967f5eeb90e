import Foundation
import Scoring
import Testing

/// The strict reading beside labels set by hand (Tests/Fixtures/scoring/make_strict.py), and in many phrasings.
@Suite struct StrictReadingTests {
    private static func labelled(_ name: String) -> ScoringVectors? {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/scoring/\(name).jsonl")
        return try? ScoringVectors(contentsOf: file)
    }

    private let reading = StrictReading()

    /// No wrong answer is accepted, and of the right ones hardly any is missed.
    ///
    /// The fourth set was a blind test: of what was written before anything was run 86.2 % were found and 4 of 719 wrong ones accepted.
    /// The reading was then mended with it, so its rates here are no blind ones. The fifth looks for what misleads the mended reading.
    @Test(arguments: [
        ("strict", 0.98), ("strict-second", 0.98), ("strict-third", 0.98), ("strict-fourth", 0.98),
        ("strict-fifth", 0.97),
    ])
    func precisionAndRecallOnTheLabelledAnswers(of name: String, least: Double) throws {
        let vectors = try #require(Self.labelled(name)).vectors
        #expect(vectors.count >= 400)
        var accepted = 0, found = 0, right = 0
        for vector in vectors {
            let isCorrect = reading.judgement(on: vector.prediction, for: vector.exercise).isCorrect
            if vector.expectedCorrect {
                right += 1
                found += isCorrect ? 1 : 0
            } else if isCorrect {
                accepted += 1
                Issue.record("line \(vector.line) is accepted: \(vector.prediction)")
            }
        }
        #expect(accepted == 0)
        #expect(Double(found) >= least * Double(right), "\(found) of \(right)")
    }

    private static let phrasings: [@Sendable (String) -> String] = [
        { $0 }, { $0 + "." }, { "**\($0)**" }, { "(\($0))" }, { "$\($0)$" }, { "\\boxed{\($0)}" },
        { "<answer>\($0)</answer>" },
        { "<answer> \($0) </answer>" }, { "<answer>\n\($0)\n</answer>" },
        { "<think>Something else, say 7 or E.</think><answer>\($0)</answer>" },
        { "<think>A long thought.\nIs it 99? No.</think>\n\($0)" }, { "<think>x</think>The answer is \($0)." },
        { "The answer is \($0)." },
        { "The answer is \($0)" }, { "The answer is: \($0)" }, { "The answer is **\($0)**." },
        { "The correct answer is \($0)." },
        { "The final answer is \($0)." }, { "The final answer is \\boxed{\($0)}." },
        { "The final answer is $\\boxed{\($0)}$." }, { "Answer: \($0)" },
        { "Answer:\n\($0)" }, { "**Answer:** \($0)" }, { "Final answer: \($0)" }, { "**Final Answer**: \($0)" },
        { "So the answer is \($0)." },
        { "Therefore, the answer is \($0)." }, { "Hence the answer must be \($0)." },
        { "I think about it.\nThe answer is \($0)." },
        { "First I thought of 99.\nThe answer is 99. Wait, that is wrong. The answer is \($0)." },
        { "Step 1: look.\nStep 2: count.\nAnswer: \($0)" },
        { "  \($0)  " }, { "`\($0)`" }, { "\"\($0)\"" }, { "I checked it twice. The answer is \($0)!" },
        { "答案是\($0)。" },
    ]

    private static let choices = ["a red boat", "a blue boat", "a tent", "a tall tree"].enumerated().map {
        Exercise.Choice(letter: String("ABCD"[String.Index(utf16Offset: $0.offset, in: "ABCD")]), text: $0.element)
    }

    @Test func anOptionIsFoundInEveryPhrasingAndNoOther() {
        #expect(Self.phrasings.count >= 30)
        for (index, phrasing) in Self.phrasings.enumerated() {
            for said in Self.choices {
                for text in [said.letter, said.text, "\(said.letter). \(said.text)"] {
                    let answer = phrasing(text)
                    for right in Self.choices {
                        let exercise = Exercise(.mmStar, .multipleChoice, choices: Self.choices, answer: right.letter)
                        let found = reading.judgement(on: answer, for: exercise)
                        #expect(found.isCorrect == (said.letter == right.letter), "phrasing \(index): \(answer)")
                    }
                }
            }
        }
    }

    @Test func aNumberOrFormulaIsFoundInEveryPhrasingAndNoOther() {
        let answers = [
            "14", "-3", "0.5", "\\frac{3}{4}", "2\\sqrt{3}", "\\pi/2", "1,250", "x^2+1", "(2,5)", "60^\\circ",
        ]
        for (index, phrasing) in Self.phrasings.enumerated() {
            for said in answers {
                let answer = phrasing(said)
                // Brackets around a comma make a pair of it.
                if answer.hasPrefix("("), said.contains(",") { continue }
                for right in answers {
                    let found = reading.judgement(on: answer, for: Exercise(.mathVision, .freeForm, answer: right))
                    #expect(found.isCorrect == (said == right), "phrasing \(index): \(answer) for \(right)")
                }
            }
        }
    }

    /// A number in reasoning that was cut short is no answer, whatever it is, and whether the question is known or not.
    @Test(arguments: [nil, "How many dots are in the figure?", "What is the value of n?"])
    func reasoningThatBreaksOffConcludesNothing(question: String?) {
        let numbers = ["3", "7", "12", "40"]
        let cut: [(String) -> String] = [
            { "Step \($0): therefore" }, { "Step \($0): Count the dots." }, { "In Figure \($0) we see" },
            { "Let n = \($0). Then the left hand side is" }, { "Given that n = \($0), we have" }, { "Page \($0)" },
            { "There are \($0) cases to consider." }, { "If n = \($0), then the" }, { "Adding \($0) to both sides" },
            { "We know that n = \($0) and" }, { "The first row has \($0) dots. To find the total we" },
            { "Perhaps \($0)" },
            { "1. Look.\n2. Count.\n\($0)." }, { "<think>It is \($0)." }, { "<answer>\($0)" },
        ]
        for number in numbers {
            let exercise = Exercise(.mathVision, .freeForm, answer: number, question: question)
            for (index, phrasing) in cut.enumerated() {
                let text = phrasing(number)
                #expect(!reading.judgement(on: text, for: exercise).isCorrect, "\(index): \(text)")
            }
        }
    }

    /// What follows an answer as a remark neither takes its place nor hides it.
    @Test func aRemarkBehindAnAnswerLeavesItAsItIs() {
        let remarks = [
            "Many students wrongly think the answer is C.", "(If it had wheels, the answer would be C.)",
            "Some would say \\boxed{C}, but that is wrong.", "Note that C shows something else.",
        ]
        for remark in remarks {
            for lead in ["The answer is B. ", "Answer: B\n\n", "\\boxed{B}\n\n", "<answer>B</answer>\n"] {
                for right in Self.choices {
                    let exercise = Exercise(.mmStar, .multipleChoice, choices: Self.choices, answer: right.letter)
                    // A box outranks a statement, whoever is quoted in it.
                    if remark.contains("boxed"), !lead.contains("boxed"), !lead.contains("<") { continue }
                    let found = reading.judgement(on: lead + remark, for: exercise)
                    #expect(found.isCorrect == (right.letter == "B"), "\(lead)\(remark): \(found)")
                }
            }
        }
    }

    @Test func yesAndNoAreFoundInEveryPhrasing() {
        for (index, phrasing) in Self.phrasings.enumerated() {
            for (said, right) in [("Yes", "Yes"), ("No", "No"), ("yes", "Yes"), ("no", "No")] {
                let answer = phrasing(said)
                let found = reading.judgement(on: answer, for: Exercise(.hallusionBench, .yesNo, answer: right))
                #expect(found.isCorrect, "phrasing \(index): \(answer)")
                let other = right == "Yes" ? "No" : "Yes"
                #expect(!reading.judgement(on: answer, for: Exercise(.hallusionBench, .yesNo, answer: other)).isCorrect)
            }
        }
    }
}
