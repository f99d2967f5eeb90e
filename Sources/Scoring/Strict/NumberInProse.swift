import Mathematics

/// The number that a clause says.
enum NumberInProse {
    static let doubts: [Pattern] = [
        " not ", "n't ", " or ", "cannot", "maybe", "might", "either", "more than", "less than", "fewer than",
        "at least", "at most", "greater than", "±", "\\pm", "<", ">", "≤", "≥", "≠", "\\ne",
        "\\le", "\\ge", "\\lt", "\\gt", "between ", "up to ", "perhaps", "doubt", "probably not", "possibly", "unless",
        "could", "may be", "hardly", "would ", "need to", "if it were",
        "不是", "至少", "可能", "或",
    ]
    private static let verbs: [Pattern] = [
        " → ", " is approximately ", " is about ", " is ", " are ", " was ", " equals ", " = ", "=", " be ", ": ",
        " get ", " gives ", " obtain ", " yields ", " amounts to ", " comes to ", " comes out as ", " makes ",
        " making ", " measures ", " reaches ", " has ", " have ", " there ", "共有", "等于",
        "为", "是", "有", "共",
    ]

    /// What a clause says about itself, and what it only adds: "12, of which 3 are red", "12 (5 + 7)", "12 at x = 3".
    static func main(of clause: String) -> String {
        var text = clause
        if let start = text.range(of: " (")?.lowerBound, text.range(of: ")") != nil, !text.contains(" (or ") {
            text = String(text[..<start])
        }
        let bytes = Bytes(text)
        var end = bytes.small.count
        for mark in additions {
            if let range = bytes.range(of: mark),
                mark.bytes != [58, 32] || !bytes.small[range.upperBound...].contains(61),
                bytes.small[..<range.lowerBound].contains(where: isDigit) || mark.bytes.first == 44
            {
                end = min(end, range.lowerBound)
            }
        }
        for mark in circumstances {
            // "at x = 3": letters and an equals sign behind.
            guard let range = bytes.range(of: mark) else { continue }
            let rest = bytes.small[range.upperBound...].drop(while: { $0 == 36 || $0 == 92 || $0 == 40 })
            let name = rest.prefix { (97...122).contains($0) }
            let behind = rest.dropFirst(name.count).drop { $0 == 32 }
            if name.count == 1, behind.first == UInt8(ascii: "=") { end = min(end, range.lowerBound) }
        }
        return end > 0 ? bytes.text(upTo: end) : text
    }

    private static let additions: [Pattern] = [
        ", of which", ", of them", ", with ", ", including", "其中", ": ", ", not counting",
    ]
    private static let circumstances: [Pattern] = [" at ", " when ", " for ", " where ", " if ", " with "]

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// How much more or less something is: "three more than the bar next to it".
    private static let comparisons: [Pattern] = [" more than", " less than", " fewer than", " times as"]

    private static let tasks: [Pattern] = [
        "to consider", "to examine", "to check", "to look", "to distinguish", "to analyse", "to analyze", "to discuss",
    ]

    /// The number; nil if it says none, or several.
    /// - Parameters:
    ///   - clause: what is said.
    ///   - isRight: whether a text is what is looked for, though it may be no number.
    /// - Returns: the number, as it was written.
    static func said(in clause: String, isRight: (String) -> Bool = { _ in false }) -> String? {
        var sentence = main(of: Contrast.removed(from: Contrast.turned(clause)))
        var bytes = Bytes(sentence)
        if let comma = bytes.range(of: ", "),
            comparisons.contains(where: Bytes(bytes.text(from: comma.upperBound)).contains)
        {
            sentence = bytes.text(upTo: comma.lowerBound)
            bytes = Bytes(sentence)
        }
        guard !bytes.hasPrefix("not "), !Statements.isSupposed(bytes), !doubts.contains(where: bytes.contains),
            !tasks.contains(where: bytes.contains)
        else { return nil }
        // "Its square is 15" says something else.
        if let verb = bytes.range(of: " is "), let noun = bytes.text(upTo: verb.lowerBound).split(separator: " ").last,
            changes.contains(noun.lowercased())
                || ["square", "reciprocal", "inverse", "cube", "opposite"].contains(noun.lowercased()),
            noun.first?.isLowercase == true
        {
            return nil
        }
        let isOne = numbers(in: sentence) == 1
        for verb in verbs {
            guard let range = bytes.range(of: verb, last: true) else { continue }
            let said = FreeFormResolver.bare(bytes.text(from: range.upperBound).withoutOpening)
            guard !said.isEmpty else { continue }
            if verb.bytes.contains(UInt8(ascii: "=")), isOpenEquation(bytes.text(upTo: range.lowerBound)) { return nil }
            if isRight(said) { return said }
            if MathAnswer(said)?.isNumber == true { return said }
            let isCue = [" → ", " makes ", " making ", "共有", "为", "共"].contains { verb.bytes == ($0 as Pattern).bytes }
            if let number = only(in: said), isOne || isCue || verb.bytes.contains(UInt8(ascii: "=")) { return number }
        }
        for cue in cues {
            guard let range = bytes.range(of: cue, last: true) else { continue }
            if let number = only(in: bytes.text(from: range.upperBound)) { return number }
        }
        return sentence.contains("=") ? nil : only(in: sentence)
    }

    /// Whether the left of an equals sign is something with a letter in it and no letter alone: `x + 2`, `2x`.
    private static func isOpenEquation(_ left: String) -> Bool {
        var side = left[...]
        if let sign = side.lastIndex(where: { "=,;:".contains($0) }) { side = side[side.index(after: sign)...] }
        let words: [Substring] = side.split(separator: " ")
        // Behind "we get" and the like.
        let isWord = { (word: Substring) in
            word.count > 1 && word.allSatisfy(\.isLetter) && word.contains(where: \.isLowercase)
        }
        if let word = words.last(where: isWord) { side = side[word.endIndex...] }
        let bare = Plain.bare(String(side))
        guard let formula = MathAnswer(bare) else { return false }
        return !formula.isNumber && bare.contains { "+-−*/·^".contains($0) || $0.isNumber } && !bare.contains("_")
            && !bare.contains("\\angle") && !bare.contains("∠")
    }

    /// The number that a sentence begins with and calls what was asked for: "9 is the highest value".
    static func subject(of clause: String) -> (number: String, rest: String)? {
        let bytes = Bytes(clause)
        guard let range = bytes.range(of: " is the "), !doubts.contains(where: bytes.contains) else { return nil }
        let said = FreeFormResolver.bare(bytes.text(upTo: range.lowerBound))
        return MathAnswer(said)?.isNumber == true ? (said, bytes.text(from: range.upperBound)) : nil
    }

    /// What may stand before a number that is said without a verb of the list: else it is the number of something.
    private static let leadsToNumber: Set<String> = [
        "is", "are", "was", "were", "be", "equals", "equal", "of", "to", "at", "about", "approximately", "roughly",
        "around", "exactly", "only", "just", "count", "counted", "see", "has", "have", "had", "gives", "get", "got",
        "makes", "making", "total", "in", "by", "obtain", "yields", "contains", "shows", "reaches", "so", "us", "them",
        "off", "read", "find", "found", "needs", "need", "uses", "costs", "takes", "there", "all", "the", "a", "an",
        "minus", "negative", "comes", "amounts", "reads", "displays", "measures", "weighs", "with", "and", "then",
        "thus", "hence", "therefore", "consequently", "finally", "overall", "altogether", "answer", "numbers", "exist",
        "exists", "left", "remain", "remains", "holds", "scored",
    ]

    private static let cues: [Pattern] = [
        ", so ", ", thus ", ", hence ", ", therefore ", " a total of ", "所以", "因此", "minimum in ", "maximum in ",
    ]

    private static func numbers(in text: String) -> Int {
        let found = text.split(whereSeparator: \.isWhitespace).map { Plain.bare(String($0)) }.filter { word in
            word.contains(where: \.isNumber) || isNumberWord(word)
        }
        // "the tallest one" counts nothing.
        let others = found.count { $0.lowercased() != "one" }
        return others > 0 ? others : found.count
    }

    /// The number in a text that has but one.
    /// - Parameters:
    ///   - text: what is said.
    ///   - isFree: whether it is marked as the answer, so that any word may stand before it.
    /// - Returns: the number, as it was written; nil if there is none, or several.
    static func only(in text: String, isFree: Bool = false) -> String? {
        guard text.utf8.count < 2000 else { return nil }
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == ";" }).map { Plain.bare(String($0)) }
        guard operators.isDisjoint(with: words),
            operators.isDisjoint(with: text.split(separator: " ").map(String.init)),
            !words.contains(where: isFormula), changes.isDisjoint(with: words.map { $0.lowercased() })
        else { return nil }
        var found: [String] = []
        var place = 0
        while place < words.count {
            var number = words[place]
            let before = place > 0 ? words[place - 1].lowercased() : ""
            let isBounded = bounds.contains(before)
            place += 1
            if !number.contains(where: \.isNumber) {
                guard isNumberWord(number) || ChineseCount.isNumber(number) else { continue }
                while place < words.count, isNumberWord(words[place]) {
                    number += " " + words[place]
                    place += 1
                }
            }
            // "three and a half".
            if place + 2 < words.count, words[place].lowercased() == "and",
                NumberWords.isPart(words[place + 2].lowercased())
            {
                number += " " + words[place..<(place + 3)].joined(separator: " ")
                place += 3
            }
            if before == "minus" || before == "negative" { number = "-" + number }
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
            if !before.isEmpty, !isFree, before.allSatisfy({ $0.isASCII && $0.isLetter }),
                !leadsToNumber.contains(before)
            {
                return nil
            }
            found.append(number)
            if found.count > 1 { return nil }
        }
        guard found.count == 1, MathAnswer(found[0])?.isNumber == true else { return nil }
        return found[0]
    }

    /// Whether a word is a letter or a command, so that what stands beside it is no number alone.
    private static func isFormula(_ word: String) -> Bool {
        if word.contains(where: \.isNumber) { return false }
        return word.hasPrefix("\\")
            || word.count == 1 && word.first.map { $0.isASCII && $0.isLetter && !"aIA".contains($0) } ?? false
    }

    /// Words that make another number of it.
    private static let changes: Set<String> = [
        "half", "twice", "double", "triple", "thrice", "quarter", "loss", "deficit", "factorial", "squared", "cubed",
        "root", "doubt", "divide", "multiply", "subtract", "add", "substitute", "convert",
    ]
    private static let operators: Set<String> = [
        "+", "-", "−", "*", "/", "×", "·", "÷", "^", "±", "%", "times", "plus", "divided",
    ]
    private static let bounds: Set<String> = [
        "before", "after", "over", "under", "nearly", "almost", "above", "below", "until", "exceeding", "beyond",
        "past", "than", "not", "except", "without",
    ]

    static func isNumberWord(_ word: String) -> Bool {
        !word.isEmpty && word.split(separator: "-").allSatisfy { NumberWords.isWord($0.lowercased()) }
    }
}

/// Counts in Chinese: 四十二, 七个.
private enum ChineseCount {
    static func isNumber(_ word: String) -> Bool {
        word.first.map { "一二两三四五六七八九十百千万".contains($0) } == true && MathAnswer(word)?.isNumber == true
    }
}
