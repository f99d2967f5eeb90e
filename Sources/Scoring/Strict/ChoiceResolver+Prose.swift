import Mathematics

extension ChoiceResolver {
    private static let doubts: [Pattern] = [
        " not ", "n't ", " no ", "neither", " nor ", " or ", " if ", "cannot", "unsure", "maybe", "might", "could",
        "wrong", "incorrect", "exclude", "doubt", "perhaps", "may well", " but for ", "few ", "anything but", "hardly",
        "would ", "lacks ", "used to ", "first guess", "at first", "first thought", "initially",
        "had it been", "unlike",
        "everything but", "不", "错", "排除", "可能", "或", "resembles", "looks like a", "others believe",
    ]
    private static let conclusions: [Pattern] = [", so ", ", thus ", ", hence ", ", therefore "]
    private static let verbs: [Pattern] = [
        " → ", " so ", " is ", " are ", " was ", " equals ", " = ", " shows ", " be ", " has ", ": ", " points to ",
        " painted by ", " written by ", " composed by ", " created by ", " made by ", " drawn by ", " is by ",
        " marks ", " obtain ", " amounts to ", " comes to ", " gives ", " yields ", " indicates ", " typical of ",
        " that of ", " those of ", " measures ", " looks ", " appears ",
        " seems ", "为", "等于", "是", "=",
    ]
    /// Words between a verb and what it says.
    private static let adverbs = [
        "called ", "mostly ", "mainly ", "predominantly ", "primarily ", "clearly ", "therefore ", "thus ", "hence ",
        "painted in ",
        "painted ", "approximately ", "about ", "coloured ", "colored ", "in fact ", "actually ", "indeed ", "now ",
        "most likely ", "in ", "to be ",
    ]
    /// Words behind what is said that change nothing.
    private static let endings: [Pattern] = [
        " in color", " in colour", " in total", " in all", " with ", ", with ", " to me", ", which ", " because ",
        ", because ", ", since ", ", as ", " visible in", " in the image", " in the picture", ": ",
    ]

    /// Of prose that ends in a sentence such as "so the boat is red": the option that it ends in.
    func conclusion(of text: String) -> String? {
        let sentences = Sentences.split(text)
        guard let first = sentences.first else { return nil }
        let opening = Plain.bare(first)
        if opening.count > 1, !first.hasSuffix("?"), !namesSeveral(text), let labelled = labelled(opening) {
            return labelled.letter
        }
        return Prose(text, question: question).conclusion { said(in: $0) }
    }

    private func said(in clause: Prose.Clause) -> String? {
        let sentence = Contrast.removed(from: Contrast.turned(clause.text))
        let bytes = Bytes(sentence)
        guard !Statements.isSupposed(bytes), !Self.doubts.contains(where: Bytes(" " + sentence + " ").contains),
            !sentence.hasSuffix("?"), clause.concludes || !clause.isOfOtherMeasure || !areNumbers
        else { return nil }
        var alone = Plain.bare(sentence.withoutOpening)
        if Bytes.hasPrefix(alone, "yes, "), !words.contains("yes") { alone = Plain.bare(String(alone.dropFirst(5))) }
        if alone.count == 1, letters.contains(alone), !"AI".contains(alone) || alone == Plain.bare(sentence) {
            return alone
        }
        if let labelled = labelledBehind(alone) { return labelled.letter }
        if let found = option(alone) { return found }
        for mark in Self.conclusions {
            guard let range = bytes.range(of: mark, last: true) else { continue }
            let bare = Plain.bare(bytes.text(from: range.upperBound))
            if bare.count == 1, letters.contains(bare) { return bare }
            if let found = option(bare) { return found }
        }
        for pronoun in ["it's ", "it is "] where Bytes.hasPrefix(alone, pronoun) {
            if let found = predicate(String(alone.dropFirst(pronoun.count))) { return found }
        }
        for verb in Self.verbs {
            guard let range = bytes.range(of: verb, last: true) else { continue }
            if let found = predicate(bytes.text(from: range.upperBound)) { return found }
        }
        if let found = subject(of: bytes) { return found }
        guard areNumbers, Self.counts.contains(where: Bytes(" " + sentence).contains),
            let number = NumberInProse.said(in: sentence),
            clause.concludes || !UnaskedCount.isOne(number, in: sentence, question: question)
        else { return nil }
        return option(number)
    }

    /// Verbs without which a number in a sentence is no answer.
    private static let counts: [Pattern] = [
        " there are ", " there is ", " count ", " see ", " shows ", " is ", " are ", " makes ", " has ", " have ",
        " equals ", " total", " obtain ", " amounts ", " comes to ", " gives ", " get ", " contains ", " consists ",
        " can be seen", " measures ", "=", "共", "有", "是", "为", "等于",
    ]

    /// The option behind a verb.
    private func predicate(_ text: String) -> String? {
        var said = text
        for _ in 0..<3 {
            guard let adverb = Self.adverbs.first(where: { Bytes.hasPrefix(said, $0) }) else { break }
            said = String(said.dropFirst(adverb.count))
        }
        if let found = option(said) { return found }
        let bare = Plain.bare(said)
        if let labelled = labelledBehind(bare) { return labelled.letter }
        // "so it is B": a letter that is no word.
        if bare.count == 1, letters.contains(bare), bare != "A", bare != "I", !words.contains(bare.lowercased()) {
            return bare
        }
        let bytes = Bytes(said)
        for ending in Self.endings {
            if let range = bytes.range(of: ending), let found = option(bytes.text(upTo: range.lowerBound)) {
                return found
            }
        }
        // "less than Dark Turquoise": the option wants an object.
        let small = Plain.words(said)
        let open = choices.indices.filter { index in
            small.hasPrefix(words[index] + " ") && [" than", " to", " as"].contains(where: words[index].hasSuffix)
        }
        return hasTexts && open.count == 1 ? choices[open[0]].letter : nil
    }

    /// The option that a sentence is about: "Blue is the dominant colour", "Melanoma it is".
    private func subject(of bytes: Bytes) -> String? {
        if bytes.hasSuffix(" it is.") || bytes.hasSuffix(" it is"), let range = bytes.range(of: " it is", last: true) {
            return option(bytes.text(upTo: range.lowerBound))
        }
        guard let range = bytes.range(of: " is the "),
            let found = option(bytes.text(upTo: range.lowerBound).withoutOpening)
        else { return nil }
        let behind = bytes.text(from: range.upperBound).split(separator: " ").prefix(3).joined(separator: " ")
        return Prose.isAbout(behind, question: question) ? found : nil
    }
}
