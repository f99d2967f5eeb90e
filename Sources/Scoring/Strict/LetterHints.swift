import Mathematics

/// Sentences that lead to an option's letter without calling it the answer: "That leaves C.", "Only B fits.", "故选C".
enum LetterHints {
    private static let leads: [Pattern] = [
        "that leaves", "leaves only", "leaves us with", "leaving only", "leaving", "matches", "matching",
        "corresponds to", "corresponding to", "guess is", "guess:", "is option", "is choice", "guess would be",
        "guess it's", "guess it is",
        "select", "pick", "choose", "go for", "settle on", "only", "答案", "应选", "故选", "选择", "选项", "选",
    ]
    private static let tails: [Pattern] = [
        " fits", " fit ", " matches", " completes", " is consistent", " works", " satisfies", " remains", " is left",
        " is the only", " agrees", " 正确", "正确", "是正确的", "是对的",
    ]
    /// What may stand between the words that lead to a letter and the letter.
    private static let between = [
        "option", "choice", "answer", "letter", "piece", "figure", "picture", "shape", "diagram", "panel", "image",
        "only", "so", "thus", "therefore", "hence", "then", "是", "为", "项", "选", ":", "the", "probably", "likely",
    ]
    private static let denials: [Pattern] = [
        " not ", "n't ", "wrong", "incorrect", "false", "cannot", " or ", " and ", "neither", "不", "错", "或", "和",
        "、", "排除", "doubt", "maybe", "might", "could", " if ", "unless", "无法", "可能", "如果", "若",
    ]

    /// The letter that the last such sentence leads to.
    static func last(in text: String) -> String? {
        let sentences = Sentences.split(text)
        guard let end = sentences.last, !end.hasSuffix("?"), !Contrast.takesBack(Bytes(end)) else { return nil }
        for sentence in sentences.suffix(40).reversed() {
            if let letter = letter(in: sentence) { return letter }
        }
        return nil
    }

    private static func letter(in sentence: String) -> String? {
        guard !sentence.hasSuffix("?"), sentence.utf8.count <= 600 else { return nil }
        let bytes = Bytes(sentence)
        guard !Statements.isSupposed(bytes) else { return nil }
        var found: [Int] = leads.flatMap { lead in ends(of: lead, in: bytes) }
        found.sort(by: >)
        for end in found {
            let clause = clauseStart(before: end, in: bytes)
            let own = Bytes(" " + String(decoding: bytes.original[clause..<end], as: UTF8.self))
            let rest = bytes.text(from: end)
            guard let letter = letter(atStartOf: rest), !isDenied(own) else { continue }
            return letter
        }
        for tail in tails {
            guard let range = bytes.range(of: tail) else { continue }
            let clause = clauseStart(before: range.lowerBound, in: bytes)
            let own = String(decoding: bytes.original[clause..<range.lowerBound], as: UTF8.self)
            let rest = Bytes(bytes.text(from: range.upperBound))
            guard !denials.contains(where: rest.contains), let letter = letter(atStartOf: own, alone: true) else {
                continue
            }
            return letter
        }
        return nil
    }

    private static func isDenied(_ own: Bytes) -> Bool {
        denials.contains(where: own.contains) || Attribution.words.contains(where: own.contains)
    }

    private static func ends(of lead: Pattern, in bytes: Bytes) -> [Int] {
        var result: [Int] = []
        var start = 0
        while let range = bytes.range(of: lead, from: start), result.count < 8 {
            // A word of its own.
            let isWord =
                range.lowerBound == 0 || !isLetter(bytes.small[range.lowerBound - 1]) || !isLetter(lead.bytes[0])
            let next = range.upperBound < bytes.small.count ? bytes.small[range.upperBound] : 0
            if isWord, !isLetter(next) || !isLetter(lead.bytes[0]) { result.append(range.upperBound) }
            start = range.upperBound
        }
        return result
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static let clauseMarks: [Pattern] = [", ", "; ", ": ", " but ", " so ", " and "]

    private static func clauseStart(before end: Int, in bytes: Bytes) -> Int {
        let before = Bytes(String(decoding: bytes.original[..<end], as: UTF8.self))
        return clauseMarks.compactMap { before.range(of: $0, last: true)?.upperBound }.max() ?? 0
    }

    /// The capital letter, of no word, that a text begins with but for words that lead to it.
    private static func letter(atStartOf text: String, alone: Bool = false) -> String? {
        var rest = Substring(text)
        for _ in 0..<6 {
            rest = rest.drop { $0.isWhitespace || ":*(\"'`$“‘[【】_".contains($0) }
            guard
                let word = between.first(where: { word in
                    Bytes.hasPrefix(String(rest.prefix(12)), word)
                        && !(word.first?.isASCII == true
                            && rest.dropFirst(word.count).first.map { $0.isASCII && $0.isLetter } ?? false)
                })
            else { break }
            rest = rest.dropFirst(word.count)
        }
        guard let letter = rest.first, letter.isASCII, letter.isUppercase else { return nil }
        let behind = rest.dropFirst()
        if let next = behind.first, next.isASCII, next.isLetter || next.isNumber || "'’-/".contains(next) { return nil }
        let words = behind.drop { "*)\"'`$.,]".contains($0) }
        if alone { return words.allSatisfy { $0.isWhitespace || $0 == "项" } ? String(letter) : nil }
        // "A chart" is no option.
        if letter == "A" || letter == "I", words.first == " ",
            let word = words.split(separator: " ").first, word.first?.isLowercase == true,
            !["is", "has", "as", "because", "since", "with", "matches", "fits"].contains(word.lowercased())
        {
            return nil
        }
        let bytes = Bytes(" " + String(behind) + " ")
        return denials.contains(where: bytes.contains) || Plain.bare(String(behind)).contains("?")
            ? nil : String(letter)
    }
}
