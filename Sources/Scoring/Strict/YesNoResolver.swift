/// Finds a yes or a no.
enum YesNoResolver {
    /// `Yes`, `No`, or nil.
    static func answer(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            let sentences = Sentences.split(text).map(Contrast.removed)
            for sentence in sentences.reversed() {
                if sentences.count > 1, let found = ending(sentence) { return found }
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

    /// Of a sentence that ends in it behind a colon or "I mean".
    private static func ending(_ sentence: String) -> String? {
        let bytes = Bytes(Plain.bare(sentence))
        if [": yes", "i mean yes", "it is yes"].contains(where: { (mark: Pattern) in bytes.small.hasSuffix(mark.bytes) }
        ) {
            return "Yes"
        }
        let isNo = [": no", "i mean no", "it is no"].contains { (mark: Pattern) in bytes.small.hasSuffix(mark.bytes) }
        return isNo ? "No" : nil
    }

    private static let pronouns: Set<String> = [
        "it", "they", "there", "the", "this", "that", "these", "those", "he", "she", "i", "you", "we", "not", "because",
        "since", "as", "in", "according",
    ]

    /// Of a sentence that begins with it.
    private static func opening(_ sentence: String) -> String? {
        let words = words(sentence)
        guard let first = words.first, first == "yes" || first == "no", !sentence.hasSuffix("?") else { return nil }
        let rest = words.dropFirst()
        if first == "yes", rest.contains("no"), rest.prefix(2).contains("no") { return nil }
        if first == "no", rest.first == "yes" || rest.prefix(2) == ["or", "yes"] { return nil }
        // "No line is longer" says something of lines.
        let mark = sentence.drop { !$0.isLetter }.dropFirst(first.count).first
        if first == "no", let next = rest.first, mark == " ", !pronouns.contains(next) { return nil }
        // "No one", "no idea" are no answers.
        if first == "no", let next = rest.first, ["one", "idea", "answer", "clue"].contains(next),
            !sentence.dropFirst(2).hasPrefix(",")
        {
            return nil
        }
        return first == "yes" ? "Yes" : "No"
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ other: [UInt8]) -> Bool {
        count >= other.count && suffix(other.count).elementsEqual(other)
    }
}
