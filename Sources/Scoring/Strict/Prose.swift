import Mathematics

/// A text that marks no answer, cut into clauses of which one may conclude it.
///
/// Premises, headings, numbers of steps, remarks in brackets and text that breaks off conclude nothing. If clauses conclude different
/// things, the last one counts if it says that it is a conclusion; else that which is about what the question asks for.
struct Prose {
    /// What may say something.
    struct Clause {
        let text: String
        /// Which sentence it is of, counted from 0.
        let sentence: Int
        /// Whether it says that it is a conclusion: "so", "in total".
        let concludes: Bool
        /// How many of the question's words it has; less than nought if it is about something else.
        let relevance: Int
        /// Whether it is about another measure than the question asks for: the minimum, where the maximum is asked.
        let isOfOtherMeasure: Bool
    }

    /// In their order.
    let clauses: [Clause]
    private let sentences: Int
    private let isBroken: Bool
    /// Whether the last sentence has no end, so that more was to come.
    private let isCut: Bool
    private static let mostSentences = 60

    init(_ text: String, question: String?) {
        let all = Self.joined(Sentences.split(text))
        let sentences = all.suffix(Self.mostSentences)
        let asked = Set(Self.contentWords(Self.firstLine(of: question)))
        isBroken = Self.breaksOff(all) || Self.endsInFragment(text, all)
        isCut = all.last.map { $0.last.map { $0.isLetter || $0 == "," } ?? false } ?? true
        self.sentences = sentences.count
        clauses = sentences.enumerated().flatMap { index, sentence -> [Clause] in
            guard !sentence.hasSuffix("?") else { return [] }
            return Self.clauses(of: sentence).map { clause in
                Clause(
                    text: clause, sentence: index, concludes: Self.isConclusion(Bytes(" " + clause + " ")),
                    relevance: max(
                        Self.relevance(of: clause, asked), index == 0 && Self.isOfPronoun(clause) ? 1 : -1),
                    isOfOtherMeasure: Self.isOfOtherMeasure(clause, asked: question))
            }
        }
    }

    /// What is concluded.
    /// - Parameters:
    ///   - read: what a clause says, nil if nothing.
    ///   - isSame: whether two clauses say the same.
    /// - Returns: what the clause that counts says; nil if there is none, or if it is not clear which.
    func conclusion(_ read: (Clause) -> String?, isSame: (String, String) -> Bool = { $0 == $1 }) -> String? {
        guard !isBroken else { return nil }
        let said = clauses.compactMap { clause in read(clause).map { (clause: clause, answer: $0) } }
        guard let last = said.last else { return nil }
        let others = said.filter { !isSame($0.answer, last.answer) }
        if others.isEmpty {
            // "The other train has a speed of 24."
            if last.clause.relevance < 0, !last.clause.concludes { return nil }
            if last.clause.sentence == sentences - 1 { return last.answer }
            if isCut { return nil }
            // An answer at the beginning may be explained, but not by what is about something else.
            guard let first = said.first, first.clause.sentence == 0, !refuses else { return nil }
            return first.clause.relevance > 0 || last.clause.concludes || Self.isGeneral(first.clause.text)
                ? first.answer : nil
        }
        if last.clause.concludes, last.clause.sentence == sentences - 1 { return last.answer }
        guard !refuses, !isCut, let most = said.map(\.clause.relevance).max(), most > 0 else { return nil }
        let best = said.filter { $0.clause.relevance == most }
        guard let answer = best.last?.answer, best.allSatisfy({ isSame($0.answer, answer) }) else { return nil }
        // Only what was said first or last is likely to be meant.
        return best.contains { $0.clause.sentence == 0 || $0.clause.sentence == sentences - 1 } ? answer : nil
    }

    private static func isOfPronoun(_ clause: String) -> Bool {
        ["it is ", "it's ", "it was ", "they are "].contains { Bytes.hasPrefix(clause, $0) }
    }

    private static let generals: [Pattern] = [
        "the value is", "the result is", "the total is", "the number is", "it is ", "it's ",
    ]

    /// Whether a clause is about what was asked for, whatever that is.
    private static func isGeneral(_ clause: String) -> Bool {
        let bytes = Bytes(clause)
        return generals.contains(where: bytes.hasPrefix)
    }

    private static let refusals: [Pattern] = [
        "cannot", "can't", "can not", "not sure", "unsure", "don't know", "do not know", "unclear", "unable",
    ]

    /// Whether a clause of the last sentence says that nothing is known.
    private var refuses: Bool {
        clauses.contains { clause in
            clause.sentence == sentences - 1 && Self.refusals.contains(where: Bytes(clause.text).contains)
        }
    }

    // MARK: Clauses

    /// Sentences, of which "not J." and "Jordan." are one.
    private static func joined(_ sentences: [String]) -> [String] {
        var result: [String] = []
        for sentence in sentences {
            if let before = result.last, before.hasSuffix("."), let letter = before.dropLast().last, letter.isUppercase,
                !(before.dropLast(2).last.map { $0.isLetter || $0.isNumber } ?? true), !hasVerb(sentence)
            {
                result[result.count - 1] = before + " " + sentence
            } else {
                result.append(sentence)
            }
        }
        return result
    }

    private static let verbs: [Pattern] = [
        " is ", " are ", " was ", " were ", " has ", " have ", " equals ", " stands ", " shows ", " reaches ",
        " appears ", " appear ", " appears", "'s ", " wears ", " measures ", " count ", "isn't ", " be ",
        " get ", " gives ", " obtain ", " find ", " yields ",
    ]
    private static let joints: [Pattern] = ["; ", ", and ", ", while ", ", whereas ", ", but "]

    private static func hasVerb(_ text: String) -> Bool {
        let bytes = Bytes(" " + text + " ")
        return verbs.contains(where: bytes.contains)
    }

    /// The clauses of a sentence that may say something.
    private static func clauses(of sentence: String) -> [String] {
        let text = withoutLabel(sentence.trimmed)
        if text.hasPrefix("(") && text.hasSuffix(")") && text.contains(" ") { return [] }
        var parts: [String] = []
        var rest = text
        for _ in 0..<8 {
            let bytes = Bytes(rest)
            let cut = joints.compactMap { bytes.range(of: $0) }.filter { range in
                hasVerb(bytes.text(upTo: range.lowerBound)) && hasVerb(bytes.text(from: range.upperBound))
                    && !(bytes.matches(", but ", at: range.lowerBound) && Contrast.turned(rest) != rest)
            }.min { $0.lowerBound < $1.lowerBound }
            guard let cut else { break }
            parts.append(bytes.text(upTo: cut.lowerBound))
            rest = bytes.text(from: cut.upperBound)
        }
        parts.append(rest)
        return parts.compactMap(withoutPremise).compactMap(bareClause)
    }

    /// Words before a number that make it the number of something: of a step, a picture, a page.
    private static let labels: Set<String> = [
        "step", "figure", "fig", "page", "problem", "question", "part", "case", "method", "section", "exercise",
        "example", "chapter", "table", "row", "line", "column", "item", "equation", "task", "stage", "phase", "note",
        "image", "panel", "option",
    ]

    /// Without the number of a list or a step in front, and without the numbers that figures and pages have.
    private static func withoutLabel(_ sentence: String) -> String {
        var words = sentence.split(separator: " ").map(String.init)
        if words.count > 1, let mark = words[0].last, ".)".contains(mark),
            words[0].dropLast().allSatisfy({ $0.isASCII && $0.isNumber }),
            words[1].contains(where: \.isLetter) || words[1].hasPrefix("**")
        {
            words.removeFirst()
        }
        var place = 0
        while place + 1 < words.count {
            let name = Plain.bare(words[place]).lowercased()
            if labels.contains(name), Plain.bare(words[place + 1]).prefix(1).allSatisfy(\.isNumber) {
                words.removeSubrange(place...(place + 1))
                // What stands behind "Step 3" is what counts.
                if place > 0 { continue }
                words = Array(words.drop { ":.-–—*".contains($0) })
                // One word behind it is a heading's.
                if words.count == 1 { return "" }
                continue
            }
            place += 1
        }
        return words.joined(separator: " ")
    }

    private static let premises: [Pattern] = [
        "since ", "because ", "given ", "as ", "when ", "where ", "with ", "using ", "for ", "in ", "from ", "after ",
        "before ", "by ", "although ", "though ", "even though ", "while ", "so far", "at ", "considering ",
    ]
    private static let suppositions: [Pattern] = [
        "we know", "we are given", "we have the", "let ", "suppose", "assume", "perhaps", "maybe", "possibly",
        "recall", "denote", "consider ", "i doubt", "first,", "note that", "we start", "start ", "imagine",
        "for comparison", "in comparison", "by comparison", "in contrast", "by contrast", "compared", "it is given",
        "you can see that the other", "假设", "设", "已知", "若", "如果",
    ]

    private static let reasons: [Pattern] = [", because", " because ", ", since", " since ", ", as "]
    private static let results: [Pattern] = [
        " gives ", " give ", " get ", " obtain ", " yields ", " makes ", " is ", " are ", "=", " have ", " leads ",
        " results ", " find ",
    ]

    /// What a clause says without the circumstances it begins with, the sums it is about to make, and its reasons.
    private static func bareClause(_ clause: String) -> String? {
        var text = clause
        let bytes = Bytes(text)
        let end = reasons.compactMap { bytes.range(of: $0)?.lowerBound }.filter { $0 > 0 }.min()
        if let end { text = bytes.text(upTo: end) }
        var words = text.split(separator: " ")
        // "Adding 15 to both sides" says nothing yet.
        if let first = words.first, words.count > 1, first.count > 4, first.lowercased().hasSuffix("ing"),
            !first.lowercased().hasSuffix("thing"), !results.contains(where: Bytes(text).contains)
        {
            return nil
        }
        // "For n = 15 the formula holds."
        if words.count > 4, ["for", "when", "at", "where", "with", "if"].contains(words[0].lowercased()),
            words[1].count <= 3, words[2] == "="
        {
            words.removeFirst(4)
            text = words.joined(separator: " ")
        }
        return text
    }

    /// The main clause: nil of a supposition, and of a premise with nothing behind it.
    private static func withoutPremise(_ clause: String) -> String? {
        let text = clause.trimmed
        let bytes = Bytes(text)
        guard let start = bytes.small.firstIndex(where: { $0 >= UInt8(ascii: "a") || isDigit($0) }) else { return text }
        if ["设", "已知", "假设"].contains(where: text.hasPrefix),
            let result = ["解得", "所以", "因此"].compactMap({ (mark: Pattern) in bytes.range(of: mark, last: true) }).first
        {
            return bytes.text(from: result.upperBound)
        }
        if let first = text.split(separator: " ").first, first.count > 4, first.lowercased().hasSuffix("ing"),
            let comma = bytes.range(of: ", "), hasVerb(bytes.text(from: comma.upperBound))
        {
            return bytes.text(from: comma.upperBound)
        }
        if suppositions.contains(where: { bytes.matches($0, at: start) }) { return nil }
        let breaks: [Pattern] = ["since ", "because ", "given ", "although ", "though ", "even though ", "as "]
        guard premises.contains(where: { bytes.matches($0, at: start) }) else { return text }
        guard let comma = bytes.range(of: ", ") else {
            return breaks.contains { bytes.matches($0, at: start) } ? nil : text
        }
        let main = bytes.text(from: comma.upperBound).trimmed
        return main.isEmpty ? nil : main
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: What a clause is

    private static let conclusions: [Pattern] = [
        ", so ", ", thus ", ", hence ", ", therefore", " therefore ", " in total", " in all", " altogether", " → ",
        "所以", "因此", "故", "综上", "一共", "总共", " total ", " makes ", " making ", " conclude", " as a result",
    ]
    private static let conclusionStarts: [Pattern] = [
        "so ", "so, ", "thus", "hence", "therefore", "then ", "consequently", "overall", "finally", "in total",
        "in conclusion", "as a result", "this means", "it follows", "total", "in summary", "that makes", "this gives",
        "altogether", "we get", "we find", "we conclude",
    ]

    private static func isConclusion(_ bytes: Bytes) -> Bool {
        guard let start = bytes.small.firstIndex(where: { $0 >= UInt8(ascii: "a") }) else { return false }
        return conclusions.contains(where: bytes.contains) || isSum(bytes)
            || conclusionStarts.contains { bytes.matches($0, at: start) }
    }

    private static let operators: [Pattern] = ["+", "-", "−", "×", "*", "·", "/", "÷", "\\times", "\\cdot", "\\frac"]

    /// Whether something is computed: `3 × 5 = 15`.
    private static func isSum(_ bytes: Bytes) -> Bool {
        guard let sign = bytes.range(of: "=", last: true) else { return false }
        let left = Bytes(bytes.text(upTo: sign.lowerBound))
        return left.small.contains(where: isDigit) && operators.contains(where: left.contains)
    }

    private static let openEnds: Set<String> = [
        "the", "a", "an", "of", "to", "with", "we", "is", "are", "and", "or", "so", "thus", "therefore", "that",
        "which", "have", "has", "also", "need", "at", "by", "from", "on", "for", "because", "since", "as", "when",
        "then", "if", "get", "see", "hence", "but", "where", "than", "let", "plus", "minus", "times", "equals",
        "start", "find", "into", "their", "its", "this", "these", "was", "were", "be", "us", "add", "know",
    ]

    /// Whether a text ends in the middle of a sentence, or at the number of a step.
    private static func breaksOff(_ sentences: [String]) -> Bool {
        guard let last = sentences.last else { return true }
        if let mark = last.trimmed.last, ":,=+".contains(mark) || last.hasSuffix(":**") || last.hasSuffix("\\times") {
            return true
        }
        let bare = Plain.bare(last)
        if bare.allSatisfy(\.isNumber), !bare.isEmpty, last.hasSuffix(".") || last.hasSuffix(")"),
            sentences.dropLast().contains(where: isListed)
        {
            return true
        }
        let words = bare.split(separator: " ")
        guard words.count > 1, let word = words.last, let mark = last.last, !".!?。".contains(mark) else { return false }
        return openEnds.contains(word.lowercased())
    }

    /// Whether a line goes on after a full stop with words that are no sentence and have no end.
    private static func endsInFragment(_ text: String, _ sentences: [String]) -> Bool {
        guard sentences.count > 1, let last = sentences.last, let mark = last.last, mark.isLetter,
            last.split(separator: " ").count > 1, !hasVerb(last), !isConclusion(Bytes(" " + last + " ")),
            let line = text.split(whereSeparator: \.isNewline).last(where: { $0.contains(where: { !$0.isWhitespace }) })
        else { return false }
        return String(line).trimmed.utf8.count > last.utf8.count + 2
    }

    /// Whether a line begins with the number of a list.
    private static func isListed(_ line: String) -> Bool {
        let behind = line.drop { $0.isASCII && $0.isNumber }
        return behind.startIndex > line.startIndex && behind.first.map { ".)".contains($0) } == true
            && behind.contains(where: \.isLetter)
    }

    /// Words for what is measured, a row for each thing.
    private static let measures: [[Pattern]] = [
        ["maxim", "highest", "largest", "greatest", "peak", "tallest", "biggest", "most ", "最大"],
        ["minim", "lowest", "smallest", "least", "shortest", "最小"],
        ["sum ", "total", "altogether", "in all", "how many"],
        ["difference"], ["product "], ["average", "mean "], ["median"], ["ratio"], ["area"],
        ["perimeter", "circumference"], ["length", "long "], ["height", "high ", "tall"], ["width", "wide "],
        ["speed", "fast "], ["distance", "far "], ["revenue"], ["cost"], ["profit", "net income"], ["volume"],
        ["radius"], ["diameter"], ["slope"], ["probability"],
    ]

    /// Whether a text names the measure that the question asks for.
    static func sharesMeasure(_ text: String, question: String?) -> Bool {
        guard let question else { return false }
        let (said, asked) = (Bytes(text + " "), Bytes(question + " "))
        return measures.contains { row in row.contains(where: said.contains) && row.contains(where: asked.contains) }
    }

    private static func isOfOtherMeasure(_ clause: String, asked question: String?) -> Bool {
        guard let question else { return false }
        let (said, asked) = (Bytes(clause + " "), Bytes(question + " "))
        let isAsked = measures.map { row in row.contains(where: asked.contains) }
        let isSaid = measures.map { row in row.contains(where: said.contains) }
        return isAsked.contains(true) && isSaid.contains(true) && !zip(isAsked, isSaid).contains { $0 && $1 }
    }

    private static let strangers: Set<String> = [
        "next", "second", "other", "others", "another", "previous", "adjacent", "neighbouring", "neighboring",
        "remaining", "behind", "wall", "background",
    ]
    private static let fillers: Set<String> = [
        "the", "and", "for", "are", "was", "what", "which", "how", "many", "much", "does", "with", "this", "that",
        "image", "picture", "figure", "shown", "question", "find", "following", "from", "there", "have", "has", "not",
        "its", "all", "can", "colour", "color", "number", "value", "left", "right", "visible",
    ]

    private static func contentWords(_ text: String) -> [String] {
        text.lowercased().split(whereSeparator: { !$0.isLetter }).map { word in
            word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : String(word)
        }.filter { $0.count > 2 && !fillers.contains($0) }
    }

    /// The question itself, without its options.
    private static func firstLine(of question: String?) -> String {
        guard let question else { return "" }
        return question.split(whereSeparator: \.isNewline).prefix { !Bytes.hasPrefix(String($0), "choices") }
            .joined(separator: " ")
    }

    private static func relevance(of clause: String, _ asked: Set<String>) -> Int {
        if asked.isEmpty { return 0 }
        let words = Set(contentWords(Contrast.turned(clause)))
        if words.contains(where: { strangers.contains($0) && !asked.contains($0) }) { return -1 }
        return words.intersection(asked).count
    }

    /// Whether a clause has one of the question's words.
    static func isAbout(_ text: String, question: String?) -> Bool {
        !Set(contentWords(text)).isDisjoint(with: contentWords(firstLine(of: question)))
            || Bytes(text).contains("colo") && Bytes(firstLine(of: question)).contains("colo")
    }
}
