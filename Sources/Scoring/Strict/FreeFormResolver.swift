import Mathematics

/// Finds a number, an expression or a few words, and compares them with the right ones.
struct FreeFormResolver {
    private let exercise: Exercise
    private let alternatives: [String]

    init(_ exercise: Exercise) {
        self.exercise = exercise
        alternatives = Self.alternatives(exercise.answer)
    }

    private static let numberWords = [
        "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
        "eight": "8", "nine": "9",
        "ten": "10", "eleven": "11", "twelve": "12",
    ]

    /// The right answers of a reference that is a list of them: `['a', 'b']`.
    private static func alternatives(_ answer: String) -> [String] {
        let bare = answer.trimmed
        guard bare.hasPrefix("['") || bare.hasPrefix("[\""), bare.hasSuffix("]") else { return [bare] }
        let parts = bare.dropFirst().dropLast().split(separator: ",").map { part in
            String(part.trimmed.dropFirst().dropLast())
        }
        return parts.allSatisfy { !$0.isEmpty } ? parts : [bare]
    }

    private var wantsNumber: Bool {
        switch exercise.answerType {
        case .integer, .float: true
        case .list, .text: false
        case nil: alternatives.contains { MathAnswer(Plain.bare($0))?.isNumber == true }
        }
    }

    private static let doubts: [Pattern] = [" not ", "n't ", " or ", "cannot", "maybe", "might", "either"]
    private static let verbs: [Pattern] = [
        " is approximately ", " is about ", " is ", " are ", " was ", " equals ", " = ", "=", " be ", ": ", " get ",
        " gives ", " has ", " have ", " there ",
    ]

    /// What is meant as the answer.
    func answer(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            let bare = Self.bare(text)
            guard !bare.isEmpty else { continue }
            if isRight(bare) { return bare }
            if mark == .none {
                guard let said = conclusion(of: text) else {
                    if bare.count <= 60, !bare.contains(where: \.isNewline), isShort(bare) { return bare }
                    continue
                }
                return said
            }
            if wantsNumber, MathAnswer(bare) == nil, let number = onlyNumber(in: bare) { return number }
            return bare
        }
        return nil
    }

    private func isShort(_ text: String) -> Bool {
        text.split(whereSeparator: \.isWhitespace).count <= 6 && (!wantsNumber || MathAnswer(text) != nil)
    }

    /// Whether it is right.
    func isRight(_ text: String) -> Bool {
        let said = Self.bare(text)
        return alternatives.contains { Self.isSame(said, Self.bare($0), decimals: decimals, exercise) }
    }

    private var decimals: Int? { exercise.answerType == .float ? exercise.precision : nil }

    private static func isSame(_ said: String, _ right: String, decimals: Int?, _ exercise: Exercise) -> Bool {
        if Plain.words(said) == Plain.words(right) { return true }
        // Letters of a formula are not words whose size does not matter: but one letter is a choice.
        let words = (numberWords[Plain.words(said)] ?? said, numberWords[Plain.words(right)] ?? right)
        guard let a = MathAnswer(words.0), let b = MathAnswer(words.1) else { return false }
        return a.isEquivalent(to: b, decimals: decimals)
    }

    /// What the last sentence ends in.
    private func conclusion(of text: String) -> String? {
        let sentences = Sentences.split(text)
        guard let sentence = sentences.last, !sentence.hasSuffix("?") else { return nil }
        let bytes = Bytes(sentence)
        guard !bytes.hasPrefix("not "), !Self.doubts.contains(where: bytes.contains) else { return nil }
        for verb in Self.verbs {
            guard let range = bytes.range(of: verb, last: true) else { continue }
            let said = Self.bare(bytes.text(from: range.upperBound))
            guard !said.isEmpty else { continue }
            if isRight(said) || !wantsNumber && said.split(separator: " ").count <= 5 { return said }
            if wantsNumber {
                if MathAnswer(said)?.isNumber == true { return said }
                if let number = onlyNumber(in: said),
                    onlyNumber(in: sentence) != nil || verb.bytes.contains(UInt8(ascii: "="))
                {
                    return number
                }
            }
        }
        return wantsNumber && !sentence.contains("=") ? onlyNumber(in: sentence) : nil
    }

    /// The number in a text that has but one.
    private func onlyNumber(in text: String) -> String? {
        var found: [String] = []
        for word in text.split(whereSeparator: { $0.isWhitespace || $0 == ";" }) {
            let bare = Plain.bare(String(word))
            guard bare.contains(where: \.isNumber) || Self.numberWords[bare.lowercased()] != nil else { continue }
            found.append(Self.numberWords[bare.lowercased()] ?? bare)
        }
        guard found.count == 1, MathAnswer(found[0])?.isNumber == true else { return nil }
        return found[0]
    }

    /// Without what stands around it and says how exact it is.
    private static func bare(_ text: String) -> String {
        var result = Plain.bare(text)
        for opening in [
            "approximately ", "about ", "roughly ", "around ", "exactly ", "≈", "~", "\\approx", "equal to ", "it is ",
            "it's ",
        ]
        where result.lowercased().hasPrefix(opening) { result = Plain.bare(String(result.dropFirst(opening.count))) }
        return result
    }
}
