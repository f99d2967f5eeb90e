import Foundation

/// Finds out how an answer is to be read when the data has but a problem and an answer.
///
/// Options in the text of the problem (`A. red` or `(A) red`) make it multiple choice if the answer is one of them, by
/// its letter or by its words; the answers yes and no make it a question of yes and no; everything else is free form.
/// An answer may stand in `<answer>...</answer>`, in `\boxed{...}` or between dollars.
public enum ExerciseInference {
    /// The exercise of a problem and its answer.
    /// - Parameters:
    ///   - problem: the problem as the data has it.
    ///   - answer: the answer as the data has it.
    ///   - kind: what kind of answer is asked for, where the data says so.
    ///   - choices: the options, where the data has them beside the problem.
    /// - Returns: the exercise; free form if the answer is not of the kind that the data says.
    public static func exercise(
        problem: String, answer: String, kind: Exercise.Kind? = nil, choices: [Exercise.Choice] = []
    ) -> Exercise {
        let bare = bareAnswer(answer)
        // No reading of answers by what is meant looks at the benchmark.
        func exercise(_ kind: Exercise.Kind, _ answer: String, _ choices: [Exercise.Choice] = []) -> Exercise {
            Exercise(.microworld, kind, choices: choices, answer: answer, question: problem)
        }
        if kind == nil || kind == .multipleChoice {
            let choices = choices.isEmpty ? OptionList.choices(in: problem) : choices
            if kind == .multipleChoice || !choices.isEmpty, let letter = letter(of: bare, choices) {
                return exercise(.multipleChoice, letter, choices)
            }
        }
        if kind != .freeForm, let answer = yesOrNo(bare, isAsked: kind == .yesNo) { return exercise(.yesNo, answer) }
        return exercise(.freeForm, bare)
    }

    /// The option that the answer means, read as a response would be.
    private static func letter(of answer: String, _ choices: [Exercise.Choice]) -> String? {
        let question = Exercise(.microworld, .multipleChoice, choices: choices, answer: "A")
        return StrictReading().judgement(on: "<answer>\(answer)</answer>", for: question).extracted
    }

    private static func yesOrNo(_ answer: String, isAsked: Bool) -> String? {
        let marks = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: ".!*\"'"))
        switch answer.trimmingCharacters(in: marks).lowercased() {
        case "yes": return "Yes"
        case "no": return "No"
        case "true" where isAsked, "1" where isAsked: return "Yes"
        case "false" where isAsked, "0" where isAsked: return "No"
        default: return nil
        }
    }

    // MARK: What stands around an answer

    /// An answer without what data sets put around it.
    /// - Parameter answer: the answer as the data has it.
    /// - Returns: what stands in the last `<answer>`, in the only box, between dollars; else the answer without white
    ///   space around it.
    public static func bareAnswer(_ answer: String) -> String {
        var text = trimmed(answer[...])
        // Several may stand around one another.
        for _ in 0..<8 {
            guard let inside = inTag(text) ?? inBox(text) ?? inMarks(text), !inside.isEmpty else { break }
            text = inside
        }
        return String(text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.drop(while: \.isWhitespace)
    }

    private static func inTag(_ text: Substring) -> Substring? {
        guard let end = text.range(of: "</answer>", options: [.backwards, .caseInsensitive]),
            let start = text[..<end.lowerBound].range(of: "<answer>", options: [.backwards, .caseInsensitive])
        else { return nil }
        return trimmed(text[start.upperBound..<end.lowerBound])
    }

    private static func inBox(_ text: Substring) -> Substring? {
        for name in ["\\boxed{", "\\fbox{"] {
            let parts = text.components(separatedBy: name)
            // Two boxes are two answers, which nobody has to find here.
            guard parts.count == 2, let start = text.range(of: name)?.upperBound,
                let end = closing(text[start...])
            else { continue }
            return trimmed(text[start..<end])
        }
        return nil
    }

    /// The brace that closes what was opened before a text.
    private static func closing(_ text: Substring) -> Substring.Index? {
        var (depth, isEscaped) = (0, false)
        for index in text.indices {
            defer { isEscaped = text[index] == "\\" && !isEscaped }
            if isEscaped { continue }
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" {
                if depth == 0 { return index }
                depth -= 1
            }
        }
        return nil
    }

    private static let marks = [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")]

    private static func inMarks(_ text: Substring) -> Substring? {
        for (open, close) in marks where text.hasPrefix(open) && text.hasSuffix(close) {
            guard text.count > open.count + close.count else { continue }
            let inside = text.dropFirst(open.count).dropLast(close.count)
            // `$a$ and $b$` is no formula; a last dollar may be a sign of money.
            guard !inside.contains(open), !inside.contains(close), inside.last != "\\" else { continue }
            return trimmed(inside)
        }
        if text.hasPrefix("\\text{"), text.last == "}" {
            let inside = text.dropFirst(6)
            if closing(inside) == inside.indices.last { return trimmed(inside.dropLast()) }
        }
        return nil
    }
}
