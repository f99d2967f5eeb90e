/// Finds a yes or a no.
enum YesNoResolver {
    /// `Yes`, `No`, or nil.
    static func answer(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            let sentences = Sentences.split(text).map(Contrast.removed)
            // What is marked has to be it; prose may lead up to it.
            switch opinion(mark == .none ? sentences : sentences.suffix(1)) {
            case .said(let answer): return answer
            case .both: return nil
            case .nothing: break
            }
            guard let last = sentences.last, !last.hasSuffix("?") else { continue }
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

    private enum Opinion {
        case said(String)
        case both
        case nothing
    }

    /// What sentences say one after the other: the first counts, unless it is taken back.
    private static func opinion(_ sentences: [String]) -> Opinion {
        if let last = sentences.last, let found = ending(last) { return .said(found) }
        let said = sentences.compactMap { sentence in
            opening(sentence).map { (answer: $0, isAll: words(sentence).count == 1) }
        }
        guard let first = said.first, let last = said.last else { return .nothing }
        if said.allSatisfy({ $0.answer == first.answer }) { return .said(first.answer) }
        if sentences.dropFirst().contains(where: Contrast.takesBack) { return .said(last.answer) }
        return said.dropFirst().contains { $0.isAll && $0.answer != first.answer } ? .both : .said(first.answer)
    }

    private static func words(_ text: String) -> [String] {
        Plain.bare(text).lowercased().split(whereSeparator: { !$0.isLetter && $0 != "'" }).map(String.init)
    }

    private static let yesEnds: [Pattern] = [": yes", "i mean yes", "it is yes", "sorry, yes", "wait, yes"]
    private static let noEnds: [Pattern] = [": no", "i mean no", "it is no", "sorry, no", "wait, no"]
    private static let yesConclusions: [Pattern] = [", yes", "so yes", "clearly yes"]
    private static let noConclusions: [Pattern] = [", no", "so no", "clearly no"]

    /// Of a sentence that ends in it: behind a colon, or as its conclusion.
    private static func ending(_ sentence: String) -> String? {
        if sentence.hasSuffix("?") { return nil }
        let bytes = Bytes(Plain.bare(sentence))
        if yesEnds.contains(where: bytes.hasSuffix) { return "Yes" }
        if noEnds.contains(where: bytes.hasSuffix) { return "No" }
        let words = words(sentence)
        if yesConclusions.contains(where: bytes.hasSuffix), !words.contains("no") { return "Yes" }
        return noConclusions.contains(where: bytes.hasSuffix) && !words.contains("yes") ? "No" : nil
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
        let behind = sentence.drop { !$0.isLetter }.dropFirst(first.count)
        let mark = [" -", " –", " —"].contains(where: behind.hasPrefix) ? "-" : behind.first
        if first == "yes" {
            guard rest.prefix(2).contains("no") else { return "Yes" }
            // "Yes - no difference is visible" is a yes; "yes, no, maybe" is none.
            let isYes = rest.first == "no" && rest.count > 2 && !rest.contains("maybe") && mark != " " && mark != "/"
            return isYes ? "Yes" : nil
        }
        if rest.first == "yes" || rest.prefix(2) == ["or", "yes"] { return nil }
        // "No line is longer" says something of lines; "no one", "no idea" are no answers.
        if let next = rest.first, mark == " ", !pronouns.contains(next) { return nil }
        if let next = rest.first, ["one", "idea", "answer", "clue", "way", "matter"].contains(next), mark == " " {
            return nil
        }
        return "No"
    }
}
