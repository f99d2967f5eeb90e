import Mathematics

/// Finds the option that is meant.
struct ChoiceResolver {
    private let choices: [Exercise.Choice]
    private let hasTexts: Bool
    private let letters: Set<String>
    private let words: [String]
    private let values: [MathAnswer?]

    private static let doubts: [Pattern] = [
        " not ", "n't ", " no ", "neither", " nor ", " or ", " if ", "cannot", "unsure", "maybe", "might", "could",
        "wrong",
        "incorrect",
        "exclude",
    ]
    private static let verbs: [Pattern] = [
        ", so ", ", thus ", ", hence ", ", therefore ", " is ", " are ", " was ", " equals ", " = ", " shows ", " be ",
        " has ", ": ",
    ]

    init(_ choices: [Exercise.Choice], hasTexts: Bool) {
        (self.choices, self.hasTexts) = (choices, hasTexts)
        letters = Set(choices.map(\.letter))
        words = choices.map { Plain.words($0.text) }
        values = choices.map { $0.text.count < 80 ? MathAnswer($0.text) : nil }
    }

    /// The letter of the option that a text means.
    func letter(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            if mark == .none, let first = lineOfItsOwn(text) { return first.letter }
            if let found = letter(of: text) { return found }
            if mark == .none, let found = conclusion(of: text) { return found }
        }
        guard hasTexts, Set(words) == ["yes", "no"], let text = final.candidates.first?.text,
            ["yes", "no"].contains(where: Plain.bare(text).lowercased().hasPrefix),
            let said = YesNoResolver.answer(in: final)
        else { return nil }
        return zip(choices, words).first { $0.1 == said.lowercased() }?.0.letter
    }

    /// The letter of the first line, if that is an option and an explanation follows; nil within if options are but listed.
    private func lineOfItsOwn(_ text: String) -> (letter: String?, Void)? {
        let lines = text.split(whereSeparator: \.isNewline).map { Plain.bare(String($0)) }.filter { !$0.isEmpty }
        guard lines.count > 1, let first = lines.first else { return nil }
        let named = Set(lines.compactMap(label))
        if named.count > 1 { return (nil, ()) }
        if first.count == 1, letters.contains(first) { return (first, ()) }
        if hasTexts, let labelled = labelled(first), let letter = labelled.letter,
            option(String(first.dropFirst()).withoutLabelMark) == letter
        {
            return (letter, ())
        }
        return nil
    }

    /// The letter that a line begins with as a list of options does.
    private func label(_ line: String) -> String? {
        var rest = line[...]
        while let first = rest.first, "([*".contains(first) { rest = rest.dropFirst() }
        guard let letter = rest.first, letters.contains(String(letter)) else { return nil }
        guard let mark = rest.dropFirst().first else { return String(letter) }
        return ".):]".contains(mark) ? String(letter) : nil
    }

    /// An option's text with its letter behind, such as `60° (C)`; the letter is nil if the two contradict each other.
    private func labelledBehind(_ bare: String) -> (letter: String?, Void)? {
        guard hasTexts, bare.count > 3 else { return nil }
        var rest = bare
        if rest.hasSuffix(")") { rest = String(rest.dropLast()) }
        guard let letter = rest.last, letters.contains(String(letter)) else { return nil }
        rest = String(rest.dropLast())
        let small = rest.lowercased()
        guard let mark = ["(option ", "option ", "(choice ", "("].first(where: small.hasSuffix) else { return nil }
        guard let said = option(String(rest.dropLast(mark.count))) else { return nil }
        return (said == String(letter) ? said : nil, ())
    }

    /// Of a text that is the answer and nothing more.
    private func letter(of text: String) -> String? {
        var bare = Plain.bare(text)
        for opening in [
            "option ", "choice ", "letter ", "figure ", "picture ", "image ", "graph ", "answer ", "it is ", "it's ",
            "that is ", "definitely ", "probably ", "ans ", "ans. ",
        ]
        where bare.lowercased().hasPrefix(opening) { bare = Plain.bare(String(bare.dropFirst(opening.count))) }
        if bare.count == 1, letters.contains(bare.uppercased()),
            !words.contains(bare.lowercased()) || bare == bare.uppercased()
        {
            return bare.uppercased()
        }
        if let labelled = labelledBehind(bare) ?? labelled(bare) { return labelled.letter }
        return option(bare)
    }

    /// A letter with something behind it, such as `B) a tent`; the letter is nil if the two contradict each other.
    private func labelled(_ bare: String) -> (letter: String?, Void)? {
        var rest = bare[...]
        while let first = rest.first, "([*".contains(first) { rest = rest.dropFirst() }
        guard let first = rest.first, letters.contains(String(first)) else { return nil }
        let letter = String(first)
        rest = rest.dropFirst()
        var isMarked = false
        while let mark = rest.first, ")].:,*-–—".contains(mark) || (isMarked && mark.isWhitespace) {
            isMarked = isMarked || !mark.isWhitespace
            rest = rest.dropFirst()
        }
        let behind = String(rest).trimmed
        if !isMarked {
            guard rest.first?.isWhitespace == true else { return nil }
            let small = behind.lowercased()
            if ["because", "since", "is correct", "is right", "is the"].contains(where: small.hasPrefix) {
                return (letter, ())
            }
            // "A blue boat" is a boat; "C 60" is C if that says 60, and nothing if another option does.
            guard let said = option(behind) else { return nil }
            if said == letter { return (letter, ()) }
            return letter == "A" && behind.first?.isLetter == true ? nil : (nil, ())
        }
        if behind.isEmpty { return (letter, ()) }
        // A list of options, or another option's text behind this letter.
        if let other = option(behind) { return (other == letter ? letter : nil, ()) }
        // "I, for one" and "A, say" are words.
        if "AI".contains(letter), rest.startIndex > bare.startIndex, bare[..<rest.startIndex].contains(",") {
            return (nil, ())
        }
        if let next = labelled(behind), next.letter != letter { return (nil, ()) }
        let parts = behind.split(whereSeparator: { !$0.isLetter }).map(String.init)
        if let first = parts.first, ["or", "and"].contains(first.lowercased()) { return (nil, ()) }
        if parts.count == 1, letters.contains(parts[0]), parts[0] != letter { return (nil, ()) }
        // Options of their own letters further on: several are named.
        let named = behind.split(whereSeparator: \.isWhitespace).filter { word in
            word.count >= 2 && letters.contains(String(word.prefix(1)))
                && word.dropFirst().allSatisfy { ").:".contains($0) }
        }
        return named.contains { $0.prefix(1) != letter } ? (nil, ()) : (letter, ())
    }

    /// The only option whose text it is.
    private func option(_ text: String) -> String? {
        guard hasTexts else { return nil }
        var text = text
        if text.hasPrefix("("), text.hasSuffix(")"), !text.dropFirst().dropLast().contains("(") {
            let inside = String(text.dropFirst().dropLast())
            if MathAnswer(inside)?.isNumber == true { text = inside }
        }
        let said = Plain.words(text)
        guard !said.isEmpty else { return nil }
        let same = choices.indices.filter { words[$0] == said }
        if same.count == 1 { return choices[same[0]].letter }
        guard same.isEmpty, said.utf8.count < 80, values.contains(where: { $0 != nil }),
            let value = MathAnswer(Plain.bare(text))
        else { return nil }
        let equal = choices.indices.filter { index in values[index].map { value.isEquivalent(to: $0) } ?? false }
        return equal.count == 1 ? choices[equal[0]].letter : nil
    }

    /// Of a text that ends in a sentence such as "so the boat is red": the option that it ends in.
    private func conclusion(of text: String) -> String? {
        let sentences = Sentences.split(text)
        guard let first = sentences.first, let last = sentences.last, !last.hasSuffix("?") else { return nil }
        let sentence = Contrast.removed(from: last)
        let bytes = Bytes(sentence)
        guard !Self.doubts.contains(where: bytes.contains) else { return nil }
        let alone = Plain.bare(sentence.withoutOpening)
        if alone.count == 1, letters.contains(alone), !"AI".contains(alone) || alone == Plain.bare(sentence) {
            return alone
        }
        if let labelled = labelledBehind(alone) { return labelled.letter }
        let opening = Plain.bare(first)
        if opening.count > 1, let labelled = labelled(opening) { return labelled.letter }
        for verb in Self.verbs {
            guard let range = bytes.range(of: verb, last: true) else { continue }
            let said = bytes.text(from: range.upperBound)
            if let found = option(said) { return found }
            let bare = Plain.bare(said)
            if let labelled = labelledBehind(bare) { return labelled.letter }
            // "so it is B": a letter that is no word.
            if bare.count == 1, letters.contains(bare), bare != "A", bare != "I", !words.contains(bare.lowercased()) {
                return bare
            }
        }
        return nil
    }
}

extension String {
    /// Without the mark between an option's letter and its text.
    fileprivate var withoutLabelMark: String { String(drop { ")].:,*-–—".contains($0) || $0.isWhitespace }) }
}
