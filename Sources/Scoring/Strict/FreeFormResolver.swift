import Mathematics

/// Finds a number, an expression or a few words, and compares them with the right ones.
struct FreeFormResolver {
    /// A right answer, read once.
    private struct Reference {
        let bare: String
        let words: String
        let isWord: Bool
        let formula: MathAnswer?
        /// Of a factorial, whose mark is no exclamation.
        let factorial: MathAnswer?

        init(_ text: String, unit: String?) {
            bare = FreeFormResolver.bare(text)
            words = Plain.words(bare)
            let read = MathAnswer(bare)
            formula = read.flatMap { read in unit.flatMap { read.measured(in: $0) } ?? read }
            isWord = bare.count > 2 && FreeFormResolver.isAllLetters(bare) && read?.isNumber != true
            factorial = text.hasSuffix("!") ? MathAnswer(text).flatMap { $0.isNumber ? $0 : nil } : nil
        }
    }

    private let references: [Reference]
    private let wantsNumber: Bool
    private let decimals: Int?

    init(_ exercise: Exercise) {
        references = Self.alternatives(exercise.answer).map { Reference($0, unit: exercise.unit) }
        decimals = exercise.answerType == .float ? exercise.precision : nil
        wantsNumber =
            switch exercise.answerType {
            case .integer, .float: true
            case .list, .text: false
            case nil: references.contains { $0.formula?.isNumber == true }
            }
    }

    private static func isAllLetters(_ text: String) -> Bool { text.allSatisfy { $0.isLetter || $0.isWhitespace } }

    /// The right answers of a reference that is a list of them: `['a', 'b']`.
    private static func alternatives(_ answer: String) -> [String] {
        let bare = answer.trimmed
        guard bare.hasPrefix("['") || bare.hasPrefix("[\""), bare.hasSuffix("]") else { return [bare] }
        var parts: [String] = []
        var rest = bare.dropFirst().dropLast()
        while let quote = rest.first, quote == "'" || quote == "\"" {
            rest = rest.dropFirst()
            var part = ""
            while let character = rest.first, character != quote {
                rest = rest.dropFirst()
                // A sign behind a backslash stands for itself.
                if character == "\\", let next = rest.first, next == quote || next == "\\" {
                    part.append(next)
                    rest = rest.dropFirst()
                } else {
                    part.append(character)
                }
            }
            parts.append(part.trimmed)
            rest = rest.dropFirst().drop { $0 == "," || $0.isWhitespace }
        }
        return rest.isEmpty && !parts.isEmpty && parts.allSatisfy { !$0.isEmpty } ? parts : [bare]
    }

    private static let doubts: [Pattern] = [
        " not ", "n't ", " or ", "cannot", "maybe", "might", "either", "more than", "less than", "fewer than",
        "at least",
        "at most", "greater than", "±", "\\pm", "<", ">", "≤", "≥", "≠", "\\ne",
        "\\le", "\\ge", "\\lt", "\\gt", "between ", "up to ",
    ]
    private static let verbs: [Pattern] = [
        " is approximately ", " is about ", " is ", " are ", " was ", " equals ", " = ", "=", " be ", ": ", " get ",
        " gives ", " has ", " have ", " there ",
    ]

    /// What is meant as the answer.
    func answer(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            let bare = Self.bare(text)
            guard !bare.isEmpty else { continue }
            if isRight(text) { return bare }
            if let start = bare.range(of: " (")?.lowerBound, !bare.contains(" or "), !bare.contains("(or ") {
                let before = Self.bare(String(bare[..<start]))
                if MathAnswer(before)?.isNumber == true { return before }
            }
            if mark == .none {
                // A formula and nothing more is what it is.
                if wantsNumber, !bare.contains("="), MathAnswer(bare)?.isNumber == true {
                    return bare
                }
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
        let words = Plain.words(said)
        if references.contains(where: { $0.factorial == nil && $0.words == words }) { return true }
        let side = Self.sideLeads.first(where: words.hasPrefix).map { String(words.dropFirst($0.count)) }
        if let side, Self.sides.contains(side), references.contains(where: { $0.words == side }) { return true }
        let isAllLetters = Self.isAllLetters(said)
        var formula: MathAnswer??
        return references.contains { reference in
            if let factorial = reference.factorial {
                return MathAnswer(text)?.isEquivalent(to: factorial, decimals: decimals) ?? false
            }
            // Words are no products of their letters.
            guard let right = reference.formula, !(reference.isWord && isAllLetters) else { return false }
            let read = formula ?? MathAnswer(said)
            formula = .some(read)
            return read?.isEquivalent(to: right, decimals: decimals) ?? false
        }
    }

    /// What the last sentence ends in.
    private func conclusion(of text: String) -> String? {
        let sentences = Sentences.split(text)
        guard let last = sentences.last, !last.hasSuffix("?") else { return nil }
        let sentence = Contrast.removed(from: last)
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
        guard text.utf8.count < 2000 else { return nil }
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == ";" }).map { Plain.bare(String($0)) }
        guard Self.operators.isDisjoint(with: words),
            Self.operators.isDisjoint(with: text.split(separator: " ").map(String.init))
        else { return nil }
        var found: [String] = []
        var place = 0
        while place < words.count {
            var number = words[place]
            let isBounded = place > 0 && Self.bounds.contains(words[place - 1].lowercased())
            place += 1
            if !number.contains(where: \.isNumber) {
                guard isNumberWord(number) else { continue }
                while place < words.count, isNumberWord(words[place]) {
                    number += " " + words[place]
                    place += 1
                }
            }
            // A unit changes what the number says.
            if place < words.count, words[place].lowercased() != "in", MathAnswer(number)?.isNumber == true {
                let longer = number + " " + words[place]
                if NumberWords.isScale(words[place]) || MathAnswer(longer)?.hasUnit == true {
                    number = longer
                    place += 1
                }
            }
            // "before 1997" is another year.
            if isBounded { return nil }
            found.append(number)
            if found.count > 1 { return nil }
        }
        guard found.count == 1, MathAnswer(found[0])?.isNumber == true else { return nil }
        return found[0]
    }

    private static let operators: Set<String> = ["+", "-", "−", "*", "/", "×", "·", "÷", "^", "±", "%"]
    private static let bounds: Set<String> = [
        "before", "after", "over", "under", "nearly", "almost", "above", "below", "until", "exceeding", "beyond",
        "past",
        "than", "not", "except", "without",
    ]
    private static let sideLeads = ["on the ", "to the ", "at the ", "in the "]
    private static let sides: Set<String> = ["left", "right", "top", "bottom", "middle", "center", "centre"]

    private func isNumberWord(_ word: String) -> Bool {
        !word.isEmpty && word.split(separator: "-").allSatisfy { NumberWords.isWord($0.lowercased()) }
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
