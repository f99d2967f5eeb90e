import Mathematics

/// Finds the option that is meant.
struct ChoiceResolver {
    private let choices: [Exercise.Choice]
    private let hasTexts: Bool
    private let letters: Set<String>
    private let words: [String]
    private let values: [MathAnswer?]

    private static let doubts: [Pattern] = [
        " not ", "n't ", " no ", "neither", " nor ", " or ", "cannot", "unsure", "maybe", "might", "could", "wrong",
        "incorrect",
        "exclude",
    ]
    private static let verbs: [Pattern] = [" is ", " are ", " was ", " equals ", " = ", " shows ", " be ", ": "]

    init(_ choices: [Exercise.Choice], hasTexts: Bool) {
        (self.choices, self.hasTexts) = (choices, hasTexts)
        letters = Set(choices.map(\.letter))
        words = choices.map { Plain.words($0.text) }
        values = choices.map { $0.text.count < 80 ? MathAnswer($0.text) : nil }
    }

    /// The letter of the option that a text means.
    func letter(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            if let found = letter(of: text) { return found }
            if mark == .none, let found = conclusion(of: text) { return found }
        }
        return nil
    }

    /// Of a text that is the answer and nothing more.
    private func letter(of text: String) -> String? {
        var bare = Plain.bare(text)
        for opening in [
            "option ", "choice ", "letter ", "figure ", "picture ", "image ", "graph ", "answer ", "it is ", "it's ",
            "that is ", "definitely ", "probably ",
        ]
        where bare.lowercased().hasPrefix(opening) { bare = Plain.bare(String(bare.dropFirst(opening.count))) }
        if bare.count == 1, letters.contains(bare.uppercased()),
            !words.contains(bare.lowercased()) || bare == bare.uppercased()
        {
            return bare.uppercased()
        }
        if let labelled = labelled(bare) { return labelled.letter }
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
        guard let first = sentences.first, let sentence = sentences.last, !sentence.hasSuffix("?") else { return nil }
        let bytes = Bytes(sentence)
        guard !Self.doubts.contains(where: bytes.contains) else { return nil }
        let opening = Plain.bare(first)
        if opening.count > 1, let labelled = labelled(opening) { return labelled.letter }
        for verb in Self.verbs {
            guard let range = bytes.range(of: verb, last: true) else { continue }
            let said = bytes.text(from: range.upperBound)
            if let found = option(said) { return found }
            let bare = Plain.bare(said)
            // "so it is B": a letter that is no word.
            if bare.count == 1, letters.contains(bare), bare != "A", bare != "I", !words.contains(bare.lowercased()) {
                return bare
            }
        }
        return nil
    }
}

/// Finds a yes or a no.
enum YesNoResolver {
    /// `Yes`, `No`, or nil.
    static func answer(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            let sentences = Sentences.split(text)
            for sentence in sentences.reversed() {
                if let found = opening(sentence) { return found }
                // What is marked has to be it; prose may lead up to it.
                if mark != .none { break }
            }
            guard let last = sentences.last else { continue }
            let words = words(last)
            let doubt = Set(words).intersection(["not", "cannot", "can't", "whether", "or", "if"])
            guard doubt.isEmpty else { continue }
            switch (words.contains("yes"), words.contains("no")) {
            case (true, false) where mark != .none || words.last == "yes": return "Yes"
            case (false, true) where words.last == "no": return "No"
            default: continue
            }
        }
        return nil
    }

    private static func words(_ text: String) -> [String] {
        Plain.bare(text).lowercased().split(whereSeparator: { !$0.isLetter && $0 != "'" }).map(String.init)
    }

    /// Of a sentence that begins with it.
    private static func opening(_ sentence: String) -> String? {
        let words = words(sentence)
        guard let first = words.first, first == "yes" || first == "no", !sentence.hasSuffix("?") else { return nil }
        let rest = words.dropFirst()
        if first == "yes", rest.contains("no"), rest.prefix(2).contains("no") { return nil }
        if first == "no", rest.first == "yes" || rest.prefix(2) == ["or", "yes"] { return nil }
        // "No one", "no idea" are no answers.
        if first == "no", let next = rest.first, ["one", "idea", "answer", "clue"].contains(next),
            !sentence.dropFirst(2).hasPrefix(",")
        {
            return nil
        }
        return first == "yes" ? "Yes" : "No"
    }
}
