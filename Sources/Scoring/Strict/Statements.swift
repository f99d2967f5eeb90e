import Mathematics

/// Sentences that say what the answer is.
enum Statements {
    /// What they say.
    enum Finding: Equatable {
        case answer(String)
        /// One after the other is called the answer.
        case contradiction
        case nothing
    }

    private static let leads: [Pattern] = [
        "answer is", "answer should be", "answer would be", "answer must be", "answer:", "answer：", "answer**:",
        "answer**：", "answer =",
        "answer choice is",
        "answer option is", "answer is option", "correct option is", "correct choice is", "right option is",
        "right choice is",
        "best option is", "best choice is", "correct letter is", "option is", "choice is", "i choose", "i pick",
        "i select", "i'd choose",
        "i would choose", "i will choose", "i'll choose", "i'd pick", "we choose", "we pick", "i go with",
        "i'll go with", "i will go with",
        "go with", "opt for", "i would say", "i'd say", "i say", "ans:", "ans.", "ans is", "my choice:", "choice:",
        "option:", "final answer", "choose option", "solution is", "result is", "答案是", "答案为",
        "答案：", "答案:", "答案】", "答案应为", "答案应该是", "答案应是", "答案选",
    ]
    private static let tails: [Pattern] = [
        " is the correct answer", " is the right answer", " is the best answer", " is the answer",
        " is the correct option",
        " is the right option", " is the correct choice", " is the right choice", " is the correct one", " is correct",
        " is right",
    ]
    private static let excluded: [Pattern] = [
        "wrong answer", "incorrect answer", "wrong option", "incorrect option", "wrong choice", "second choice",
        "another choice", "runner-up",
    ]
    private static let doubts: [Pattern] = [
        "if ", "whether ", "suppose ", "assume ", "had it ", "had the ", "were it ", "were the ", "would the ",
        "is the ", "what ", "which ",
    ]
    /// Whether a sentence only supposes something, or asks.
    static func isSupposed(_ sentence: Bytes) -> Bool {
        guard let start = sentence.small.firstIndex(where: { $0 >= UInt8(ascii: "a") || (48...57).contains($0) }) else {
            return false
        }
        return doubts.contains { sentence.matches($0, at: start) }
    }

    /// So many different answers in one text are a list of options, and no correction.
    private static let tooMany = 3

    /// The last statement.
    static func last(in text: String) -> Finding {
        let sentences = Sentences.split(text)
        var said: [String] = []
        var isTakenBack = false
        for (index, sentence) in sentences.enumerated() {
            let bytes = Bytes(sentence)
            guard let found = statement(in: bytes) else {
                guard let before = said.last,
                    Contrast.takesBack(bytes)
                        || Contrast.refuses(sentence) && !["yes", "no"].contains(bare(before).lowercased())
                else { continue }
                isTakenBack = true
                if let new = Contrast.replacement(in: sentence) {
                    said.append(new)
                    isTakenBack = false
                }
                continue
            }
            var answer = Self.cut(found)
            if bare(answer).isEmpty, index + 1 < sentences.count { answer = Self.cut(sentences[index + 1]) }
            answer = Contrast.mended(answer) ?? answer
            if isDenied(answer) { continue }
            if !bare(answer).isEmpty {
                said.append(answer)
                isTakenBack = false
            }
        }
        guard let last = said.last else { return .nothing }
        if isTakenBack { return .contradiction }
        return Set(said.map { bare($0).lowercased() }).count >= tooMany ? .contradiction : .answer(last)
    }

    /// Words without which a sentence says nothing of the kind.
    private static let keys: [Pattern] = [
        "answer", "option", "choice", "choose", "pick", "say", "ans", "opt for", "select", "go with", "letter",
        "solution", "result",
        " is correct", " is right", "答案",
    ]
    private static let reasons: [Pattern] = [
        ", because", " because", ", since", " since ", ", as ", "; ", ", which", ", so ", " (because", ", where",
    ]
    private static let openings = [
        ":", "：", "}", "是", "为", "选", "is ", "=", "option ", "Option ", "that ", "clearly ", "therefore ",
        "definitely ", "indeed ",
        "simply ",
    ]

    private static func statement(in bytes: Bytes) -> String? {
        guard keys.contains(where: bytes.contains), !excluded.contains(where: bytes.contains),
            !isSupposed(bytes), bytes.small.last != UInt8(ascii: "?")
        else { return nil }
        var best: Range<Int>?
        for lead in leads {
            guard let range = bytes.range(of: lead, last: true) else { continue }
            // A word of its own.
            if range.lowerBound > 0, isLetter(bytes.small[range.lowerBound - 1]), isLetter(lead.bytes[0]) { continue }
            if best.map({ range.upperBound > $0.upperBound }) ?? true { best = range }
        }
        if let best { return isMeant(bytes, best) ? bytes.text(from: best.upperBound) : nil }
        for tail in tails {
            if let range = bytes.range(of: tail, last: true) {
                return bytes.text(upTo: range.lowerBound).withoutOpening
            }
        }
        return nil
    }

    private static let hedges: [Pattern] = [
        " not ", "n't ", " never ", "whether", "unclear", "might say", "may say", "some say", "would be tempted",
        "could say",
        "unless", "claim", "doubt", "无法", "不能", "不知", "如果", "假如", "可能", "是否", "错误", "若",
    ]
    private static let conditions: [Pattern] = [" if ", " unless ", " provided ", " only when "]

    /// Whether it is said as a fact: not denied in the clause before, and under no condition behind.
    private static func isMeant(_ bytes: Bytes, _ lead: Range<Int>) -> Bool {
        let before = Bytes(" " + bytes.text(upTo: lead.lowerBound))
        let clause =
            [", ", "; ", ": ", " but ", " so "].compactMap { (mark: Pattern) in
                before.range(of: mark, last: true)?.upperBound
            }.max() ?? 1
        let own = Bytes(" " + before.text(from: clause) + " ")
        let behind = Bytes(bytes.text(from: lead.upperBound))
        return !hedges.contains(where: own.contains) && !Attribution.words.contains(where: own.contains)
            && !conditions.contains(where: behind.contains)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    /// Without the reason that follows.
    private static func cut(_ text: String) -> String {
        let bytes = Bytes(Contrast.removed(from: text))
        if let range = bytes.range(of: " (if "), bytes.contains("would ") {
            return cut(bytes.text(upTo: range.lowerBound))
        }
        let end = reasons.compactMap { bytes.range(of: $0)?.lowerBound }.min() ?? bytes.small.count
        var result = bytes.text(upTo: end).trimmed
        for opening in openings where result.hasPrefix(opening) {
            let rest = String(result.dropFirst(opening.count)).trimmed
            // "是" alone is a yes.
            if !bare(rest).isEmpty || opening.utf8.count == 1 { result = rest }
        }
        return result
    }

    private static func bare(_ text: String) -> String { Plain.bare(text) }

    private static func isDenied(_ text: String) -> Bool {
        let small = Plain.bare(text).lowercased()
        return ["不", "非", "并非", "not ", "n't ", "neither ", "never ", "unknown", "unclear", "impossible to"].contains(
            where: small.hasPrefix)
    }
}

extension String {
    /// Without the words that only lead to what follows.
    var withoutOpening: String {
        var result = trimmed
        for _ in 0..<4 {
            let before = result
            for word in [
                "so", "thus", "hence", "therefore", "then", "clearly", "all in all", "finally", "overall", "option",
                "choice", "answer", "letter", ",",
                "I think", "I believe", "that", "we see that", "we conclude that",
            ]
            where result.lowercased().hasPrefix(word.lowercased() + (word == "," ? "" : " "))
                || (word != "," && result.lowercased().hasPrefix(word.lowercased() + ","))
            {
                result = String(result.dropFirst(word.count)).trimmed
            }
            if result == before { break }
        }
        return result
    }
}
