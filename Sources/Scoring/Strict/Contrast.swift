import Mathematics

/// What an answer is set against: "C, not A", "not A but C", and words that take an answer back.
enum Contrast {
    private static let behind: [Pattern] = [
        ", not ", " (not ", " and not ", "; not ", " rather than ", " instead of ", ", and not ", " as opposed to ",
    ]
    private static let turns: [Pattern] = [", it is ", ", it's ", ", but ", " but ", "; it is ", ", it must be "]
    private static let corrections: [Pattern] = [
        "wait", "but wait", "no, wait", "no wait", "no, that", "no, it", "no, the", "no: ", "hmm", "hm,", "actually",
        "sorry", "correction", "on second thought", "scratch that", "oops", "i made a mistake", "i was wrong",
        "that is wrong", "that's wrong", "this is wrong", "that is incorrect", "that is not right", "that's not right",
        "let me correct", "i take that back", "or is it", "or maybe", "or perhaps", "but it could", "but it might",
        "however, it could", "however, it might", "no, i ", "not ", "alternatively", "or ",
    ]

    private static let mends: [Pattern] = [
        ", no, ", ", no wait, ", ", wait, no, ", " wait, ", " sorry, ", " i mean ", " or rather ", "correction: ",
        "... no, ", " — no, ", " - no, ", " – no, ", ", rather ",
    ]

    /// What an answer is mended to, as `B` in "C, no, B"; nil if it is not mended.
    static func mended(_ text: String) -> String? {
        guard text.utf8.count <= 200 else { return nil }
        let bytes = Bytes(text)
        guard let end = mends.compactMap({ bytes.range(of: $0, last: true)?.upperBound }).max() else { return nil }
        let rest = bytes.text(from: end).trimmed
        return rest.isEmpty ? nil : rest
    }

    private static let leadsToMended = [
        "correction", "wait", "no", "sorry", "actually", "i mean", "oops", "it is", "it's", "rather", "hmm", "but",
    ]

    /// Whether a sentence is a no that refuses the answer before it.
    static func refuses(_ sentence: String) -> Bool {
        let bare = Plain.bare(sentence)
        return Bytes.hasPrefix(bare, "no") && (bare.utf8.count == 2 || bare.hasPrefix("No,") || bare.hasPrefix("no,"))
            && (bare.utf8.count == 2 || replacement(in: sentence) != nil)
    }

    /// The new answer in a sentence that takes the one before back and says nothing more, such as "Correction: B".
    static func replacement(in sentence: String) -> String? {
        var rest = Plain.bare(sentence)
        for _ in 0..<4 {
            guard
                let word = leadsToMended.first(where: { word in
                    Bytes.hasPrefix(rest, word) && !(rest.dropFirst(word.count).first.map(\.isLetter) ?? false)
                })
            else { break }
            rest = Plain.bare(String(rest.dropFirst(word.count)))
        }
        return rest.isEmpty || rest.utf8.count > 12 || rest.contains(where: \.isWhitespace) ? nil : rest
    }

    private static let denials: [Pattern] = [" not ", "n't "]
    private static let denialTurns: [Pattern] = [" but ", ", it is ", ", it's ", ", it was "]

    /// "It is green" for "It is not blue but green" and "It isn't blue but green"; as it is without such a turn.
    static func turned(_ clause: String) -> String {
        let bytes = Bytes(clause)
        if let denial = bytes.range(of: "不是"), let turn = bytes.range(of: "而是", from: denial.upperBound) {
            return "是" + bytes.text(from: turn.upperBound)
        }
        guard let denial = denials.compactMap({ bytes.range(of: $0) }).min(by: { $0.lowerBound < $1.lowerBound }),
            bytes.range(of: " not only ") == nil,
            let turn = denialTurns.compactMap({ bytes.range(of: $0, from: denial.upperBound) })
                .min(by: { $0.lowerBound < $1.lowerBound })
        else { return clause }
        let rest = bytes.text(from: turn.upperBound).trimmed
        return rest.split(separator: " ").count <= 6 && !Bytes(" " + rest + " ").contains(" is ")
            ? "it is " + rest : rest
    }

    /// A text without what it is set against; as it is if that is all of it.
    static func removed(from text: String) -> String {
        let bytes = Bytes(text.trimmed)
        if bytes.hasPrefix("not ") {
            guard let turn = turns.compactMap({ bytes.range(of: $0) }).min(by: { $0.lowerBound < $1.lowerBound }) else {
                return text
            }
            return bytes.text(from: turn.upperBound)
        }
        let end = behind.compactMap { bytes.range(of: $0)?.lowerBound }.min() ?? 0
        return end > 0 ? bytes.text(upTo: end) : text
    }

    /// Whether a text, which follows an answer, takes it back or doubts it.
    static func takesBack(_ text: String) -> Bool {
        Sentences.split(text).contains { takesBack(Bytes($0)) }
    }

    /// Whether a sentence takes back what was said before.
    static func takesBack(_ sentence: Bytes) -> Bool {
        guard let start = sentence.small.firstIndex(where: { $0 >= UInt8(ascii: "a") }) else { return false }
        return corrections.contains { sentence.matches($0, at: start) }
    }
}
