import Foundation
import Scoring
import Testing

/// Answers that try to be right whatever is right: no answer may be taken for more than one option.
@Suite struct StrictHostileTests {
    private let reading = StrictReading()

    private static let sets: [[String]] = [
        ["a red boat", "a blue boat", "a tent", "a tall tree"],
        ["12", "24", "120", "240"],
        ["Yes", "No"],
        ["\\frac{1}{2}", "\\frac{1}{3}", "\\sqrt{2}", "2\\pi"],
        ["France", "Spain", "Italy", "Greece", "Turkey", "Norway", "Sweden", "Finland", "Iceland", "Jordan"],
    ]

    private static func choices(_ texts: [String]) -> [Exercise.Choice] {
        zip("ABCDEFGHIJ", texts).map { .init(letter: String($0), text: $1) }
    }

    /// All options at once, in the ways in which a model may put them.
    private static func listings(_ choices: [Exercise.Choice]) -> [String] {
        let letters = choices.map(\.letter)
        let texts = choices.map(\.text)
        let labelled = choices.map { "\($0.letter). \($0.text)" }
        var result: [String] = []
        for items in [letters, texts, labelled, choices.map { "(\($0.letter)) \($0.text)" }] {
            for separator in [", ", " ", "\n", " or ", " and ", "; ", "/", "\n\n"] {
                result.append(items.joined(separator: separator))
            }
            result.append("The answer is " + items.joined(separator: " or ") + ".")
            result.append("The answer is one of " + items.joined(separator: ", ") + ".")
            result.append("<answer>" + items.joined(separator: ", ") + "</answer>")
            result.append("\\boxed{" + items.joined(separator: ", ") + "}")
            result.append(items.map { "\\boxed{\($0)}" }.joined(separator: " "))
            result.append(items.map { "\\boxed{\($0)}" }.joined(separator: " or "))
            result.append(items.map { "<answer>\($0)</answer>" }.joined(separator: "\n"))
            result.append(items.map { "The answer is \($0)." }.joined(separator: " "))
            result.append("<think>" + items.joined(separator: " ") + "</think>")
            result.append("Options:\n" + items.joined(separator: "\n"))
            result.append("Question: What is it?\nOptions:\n" + items.joined(separator: "\n") + "\nAnswer:")
        }
        return result
    }

    @Test func allOptionsAtOnceAreNoAnswer() {
        for texts in Self.sets where texts.count > 2 {
            let choices = Self.choices(texts)
            for listing in Self.listings(choices) {
                for right in choices {
                    let exercise = Exercise(.mmmuPro, .multipleChoice, choices: choices, answer: right.letter)
                    #expect(!reading.judgement(on: listing, for: exercise).isCorrect, "\(listing) for \(right.letter)")
                }
            }
        }
    }

    @Test func aDeniedOptionIsNoAnswer() {
        let denials: [(String) -> String] = [
            { "The answer is not \($0)." }, { "It is not \($0)." }, { "not \($0)" }, { "Not \($0)." },
            { "The answer isn't \($0)." }, { "\($0) is wrong." }, { "\($0) is not correct." },
            { "\($0) is incorrect." },
            { "<answer>not \($0)</answer>" }, { "\\boxed{\\text{not }\($0)}" }, { "I am not sure that it is \($0)." },
            { "It is not clear whether the answer is \($0)." }, { "If it floats, the answer is \($0)." },
            { "The answer is \($0). Wait, that is wrong." }, { "Is the answer \($0)?" }, { "It might be \($0)." },
            { "The answer is either \($0) or something else." },
        ]
        for texts in Self.sets where texts.count > 2 {
            let choices = Self.choices(texts)
            for right in choices {
                let exercise = Exercise(.mmmuPro, .multipleChoice, choices: choices, answer: right.letter)
                for denial in denials {
                    for said in [right.letter, right.text, "\(right.letter). \(right.text)"] {
                        let answer = denial(said)
                        #expect(!reading.judgement(on: answer, for: exercise).isCorrect, "\(answer)")
                    }
                }
            }
        }
    }

    @Test func severalNumbersAreNoNumber() {
        let answers = ["14", "0.5", "\\frac{3}{4}", "2\\sqrt{3}", "(2,5)"]
        for right in answers {
            for other in ["99", "\\frac{7}{9}"] {
                for listing in [
                    "\(right) or \(other)", "\(other) or \(right)", "\(right), \(other)",
                    "\\boxed{\(right)} or \\boxed{\(other)}",
                    "The answer is \(right) or \(other).", "<answer>\(right) or \(other)</answer>",
                    "The answer is \(right). Wait, the answer is \(other).", "It is not \(right).",
                    "The answer is not \(right).",
                    "\(right) + \(other)", "between \(other) and \(right)", "more than \(right)",
                    "<think>\(right)</think>",
                    "\(right) red ones and \(other) blue ones",
                ] {
                    let exercise = Exercise(.mathVision, .freeForm, answer: right)
                    #expect(!reading.judgement(on: listing, for: exercise).isCorrect, "\(listing) for \(right)")
                }
            }
        }
    }
}
