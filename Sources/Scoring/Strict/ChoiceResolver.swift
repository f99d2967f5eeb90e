import Mathematics

/// Finds the option that is meant.
struct ChoiceResolver {
    let choices: [Exercise.Choice]
    let hasTexts: Bool
    let letters: Set<String>
    let words: [String]
    private let formulas: Formulas
    let question: String?

    /// The options read as formulas, once and only if an answer may be one.
    private final class Formulas {
        private let texts: [String]
        /// Whether at least half of the options are numbers.
        private(set) lazy var areNumbers = 2 * values.count { $0?.isNumber == true } >= values.count
        private(set) lazy var values = texts.map { $0.utf8.count < 80 ? MathAnswer($0) : nil }

        init(_ texts: [String]) { self.texts = texts }
    }

    init(_ choices: [Exercise.Choice], hasTexts: Bool, question: String? = nil) {
        (self.choices, self.hasTexts, self.question) = (choices, hasTexts, question)
        letters = Set(choices.map(\.letter))
        words = choices.map { Plain.words($0.text) }
        formulas = Formulas(choices.map(\.text))
    }

    /// The letter of the option that a text means.
    func letter(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            if mark == .none, let first = lineOfItsOwn(text) { return first.letter }
            // A line of its own at the beginning and a sentence that leads elsewhere do not agree.
            if mark == .hint, let first = lineOfItsOwn(final.spoken)?.letter, first != text { return nil }
            if mark == .statement, isOneOfSeveral(text, in: final.spoken) { return nil }
            // A question is no answer.
            if mark == .none, text.hasSuffix("?") { return nil }
            if let found = letter(of: text) { return found }
            if mark == .none, text.contains(where: \.isNewline) || final.candidates.count == 1,
                let found = conclusion(of: text)
            {
                return found
            }
        }
        guard hasTexts, Set(words) == ["yes", "no"], let text = final.candidates.first?.text,
            YesNoResolver.begins(Plain.bare(text)),
            let said = YesNoResolver.answer(in: final)
        else { return nil }
        return zip(choices, words).first { $0.1 == said.lowercased() }?.0.letter
    }

    /// Whether the line that says what the answer is goes on with other options.
    private func isOneOfSeveral(_ text: String, in spoken: String) -> Bool {
        guard let line = spoken.split(whereSeparator: \.isNewline).last(where: { $0.contains(text) }) else {
            return false
        }
        return line.contains(" or ") && namesSeveral(String(line))
    }

    /// The letter of the first line, if that is an option and an explanation follows; nil within if options are but listed.
    private func lineOfItsOwn(_ text: String) -> (letter: String?, Void)? {
        let lines = text.split(whereSeparator: \.isNewline).map { Plain.bare(String($0)) }.filter { !$0.isEmpty }
        guard lines.count > 1, let first = lines.first else { return nil }
        let named = Set(lines.compactMap { label($0) ?? optionInWords($0) })
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
    func labelledBehind(_ bare: String) -> (letter: String?, Void)? {
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

    private static let openings = [
        "option ", "choice ", "letter ", "figure ", "picture ", "image ", "graph ", "answer ", "it is ", "it's ",
        "that is ", "definitely ", "probably ", "ans ", "ans. ",
    ]

    /// Of a text that is the answer and nothing more.
    private func letter(of text: String) -> String? {
        if let mended = Contrast.mended(text) { return letter(of: mended) }
        var bare = Plain.bare(text)
        if bare.contains("\\text"), case let plain = Plain.withoutCommands(bare), plain != bare,
            let found = letter(of: plain)
        {
            return found
        }
        for opening in Self.openings where Bytes.hasPrefix(bare, opening) {
            bare = Plain.bare(String(bare.dropFirst(opening.count)))
        }
        if bare.count == 1, letters.contains(bare.uppercased()),
            !words.contains(bare.lowercased()) || bare == bare.uppercased()
        {
            return bare.uppercased()
        }
        if let labelled = labelledBehind(bare) ?? labelled(bare) { return labelled.letter }
        return option(bare)
    }

    /// A letter with something behind it, such as `B) a tent`; the letter is nil if the two contradict each other.
    func labelled(_ bare: String) -> (letter: String?, Void)? {
        var rest = bare[...]
        while let first = rest.first, "([*".contains(first) { rest = rest.dropFirst() }
        guard let first = rest.first, letters.contains(String(first)) else { return nil }
        let letter = String(first)
        if namesSeveral(bare) { return (nil, ()) }
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
        let bytes = Bytes(behind.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
        if Self.denials.contains(where: bytes.contains) { return (nil, ()) }
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

    /// The only option whose words these are.
    private func optionInWords(_ text: String) -> String? {
        guard hasTexts else { return nil }
        let said = Plain.words(text)
        let same = choices.indices.filter { words[$0] == said }
        return same.count == 1 ? choices[same[0]].letter : nil
    }

    /// Whether more than one option is named by its letter, as in a list of them: `(A) a tent (B) a tree`.
    func namesSeveral(_ text: String) -> Bool {
        guard text.utf8.count < 2000 else { return false }
        let scalars = Array(text.unicodeScalars)
        var found: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() where scalar.isASCII && ("A"..."Z").contains(scalar) {
            guard index + 1 < scalars.count, ").:".unicodeScalars.contains(scalars[index + 1]),
                index == 0 || !scalars[index - 1].properties.isAlphabetic && scalars[index - 1] != "\\",
                letters.contains(String(scalar))
            else { continue }
            if let found, found != scalar { return true }
            found = scalar
        }
        return false
    }

    /// The option that "1 + 3 = 4" comes to.
    private func behindEqualsSign(_ text: String) -> String? {
        guard let sign = text.lastIndex(of: "="), text[..<sign].contains(where: \.isNumber) else { return nil }
        return option(String(text[text.index(after: sign)...]))
    }

    var areNumbers: Bool { hasTexts && formulas.areNumbers }

    /// The option that is a person's name and ends in this one: `Monet` of `Claude Monet`.
    private func surname(_ text: String, _ said: String) -> String? {
        guard text.first.map({ $0.isLetter }) == true, text.split(separator: " ").last?.first?.isUppercase == true
        else {
            return nil
        }
        let names = choices.filter { Self.isName($0.text) }
        guard 2 * names.count >= choices.count else { return nil }
        let last = said.split(separator: " ").last.map(String.init) ?? said
        let same = choices.indices.filter { words[$0].split(separator: " ").contains(Substring(last)) }
        guard same.count == 1, Self.isName(choices[same[0]].text), words[same[0]].hasSuffix(" " + said) else {
            return nil
        }
        return choices[same[0]].letter
    }

    private static let particles: Set<Substring> = ["van", "von", "de", "da", "di", "der", "del", "la", "le"]

    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: " ")
        return (2...4).contains(parts.count) && !["The", "A", "An", "None", "All"].contains(parts[0])
            && parts.allSatisfy { part in
                particles.contains(part)
                    || part.first?.isUppercase == true && part.allSatisfy { $0.isLetter || "-.'’".contains($0) }
            }
    }

    private static let denials: [Pattern] = [
        "is wrong", "is incorrect", "is not correct", "is not right", "is not the", "is false", "isn't", "is excluded",
        "ruled out", "can be excluded", "is not an", "is not a ", "cannot be",
    ]

    /// The only option whose text it is.
    func option(_ text: String) -> String? {
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
        guard same.isEmpty, said.utf8.count < 80 else { return nil }
        if let named = surname(Plain.bare(text), said) { return named }
        guard let value = MathAnswer(Plain.bare(text)) else {
            return behindEqualsSign(Plain.bare(text))
        }
        let values = formulas.values
        let equal = choices.indices.filter { index in values[index].map { value.isEquivalent(to: $0) } ?? false }
        if equal.isEmpty { return behindEqualsSign(Plain.bare(text)) }
        return equal.count == 1 ? choices[equal[0]].letter : nil
    }
}

extension String {
    /// Without the mark between an option's letter and its text.
    fileprivate var withoutLabelMark: String { String(drop { ")].:,*-–—".contains($0) || $0.isWhitespace }) }
}
