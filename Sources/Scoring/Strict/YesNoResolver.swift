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

    /// What sentences say one after the other: a conclusion counts, else the first, unless it is taken back.
    private static func opinion(_ sentences: [String]) -> Opinion {
        if let last = sentences.last, let found = ending(last) { return .said(found) }
        let said = sentences.compactMap { sentence in
            opening(sentence).map { (answer: $0.answer, concludes: $0.concludes, isAll: words(sentence).count == 1) }
        }
        guard let first = said.first, let last = said.last else { return .nothing }
        if said.allSatisfy({ $0.answer == first.answer }) { return .said(first.answer) }
        if last.concludes || sentences.dropFirst().contains(where: Contrast.takesBack) { return .said(last.answer) }
        return said.dropFirst().contains { $0.isAll && $0.answer != first.answer } ? .both : .said(first.answer)
    }

    private static func words(_ text: String) -> [String] {
        Plain.bare(text).lowercased().split(whereSeparator: { !$0.isLetter && $0 != "'" }).map(String.init)
    }

    private static let yesEnds: [Pattern] = [": yes", "it is yes", " → yes"]
    private static let noEnds: [Pattern] = [": no", "it is no", " → no"]
    private static let yesConclusions: [Pattern] = ["so yes", "clearly yes", "hence yes", "therefore yes", "thus yes"]
    private static let noConclusions: [Pattern] = ["so no", "clearly no", "hence no", "therefore no", "thus no"]
    /// Words that set a yes in the place of a no.
    private static let mends = [
        "i mean ", "sorry, ", "sorry ", "wait, ", "wait ", "actually, ", "actually ", "or rather ", "no wait... ",
        "rather ", "hmm, ",
    ]
    private static let yesMends = mends.map { Pattern(stringLiteral: $0 + "yes") }
    private static let noMends = mends.map { Pattern(stringLiteral: $0 + "no") }

    /// Of a sentence that ends in it: behind a colon, mended, or as its conclusion.
    private static func ending(_ sentence: String) -> String? {
        if sentence.hasSuffix("?") { return nil }
        let bytes = Bytes(Plain.bare(sentence))
        if yesEnds.contains(where: bytes.hasSuffix) || yesMends.contains(where: bytes.hasSuffix) { return "Yes" }
        if noEnds.contains(where: bytes.hasSuffix) || noMends.contains(where: bytes.hasSuffix) { return "No" }
        if yesConclusions.contains(where: bytes.hasSuffix) { return "Yes" }
        if noConclusions.contains(where: bytes.hasSuffix) { return "No" }
        let words = words(sentence)
        if bytes.hasSuffix(", yes"), !words.contains("no") { return "Yes" }
        return bytes.hasSuffix(", no") && !words.contains("yes") ? "No" : nil
    }

    private static let pronouns: Set<String> = [
        "it", "they", "there", "the", "this", "that", "these", "those", "he", "she", "i", "you", "we", "not", "because",
        "since", "as", "in", "according",
    ]
    private static let connectives = [
        "so", "therefore", "thus", "hence", "then", "consequently", "well", "okay", "ok", "indeed", "clearly",
    ]
    private static let yesWords: Set<String> = ["yes", "yeah", "yep", "yup"]
    private static let noWords: Set<String> = ["no", "nope", "nah"]
    private static let chinese: [(word: String, answer: String)] = [
        ("不是的", "No"), ("不是", "No"), ("不对", "No"), ("没有", "No"), ("不正确", "No"), ("错误", "No"), ("否", "No"),
        ("不", "No"), ("没错", "Yes"), ("是的", "Yes"), ("正确", "Yes"), ("是", "Yes"), ("对的", "Yes"), ("对", "Yes"),
    ]

    /// Of a sentence that begins with it, or with a word that concludes and then with it.
    private static func opening(_ sentence: String) -> (answer: String, concludes: Bool)? {
        guard !sentence.hasSuffix("?") else { return nil }
        if !sentence.utf8.allSatisfy({ $0 < 0x80 }), let found = chineseOpening(sentence) { return (found, false) }
        var rest = sentence.drop { !$0.isLetter }
        var concludes = false
        if let word = connectives.first(where: { word in
            Bytes.hasPrefix(String(rest), word) && rest.dropFirst(word.count).first.map { ", ".contains($0) } == true
        }) {
            rest = rest.dropFirst(word.count).drop { !$0.isLetter }
            concludes = true
        }
        return said(String(rest)).map { ($0, concludes) }
    }

    /// Whether a text begins with a yes or a no, or with a word that concludes and then with one.
    static func begins(_ text: String) -> Bool {
        let words = text.lowercased().split(whereSeparator: { !$0.isLetter }).prefix(2).map(String.init)
        let index = words.first.map(connectives.contains) == true ? 1 : 0
        return words.count > index && (words[index] == "yes" || words[index] == "no")
    }

    private static func chineseOpening(_ sentence: String) -> String? {
        let clause = Plain.bare(sentence).split(whereSeparator: { ",，。、 ".contains($0) }).first.map(String.init) ?? ""
        return chinese.first { $0.word == clause }?.answer
    }

    private static let refusals: [Pattern] = ["don't know", "do not know", "not sure", "can't tell", "cannot tell"]

    private static func said(_ sentence: String) -> String? {
        let words = words(sentence)
        guard let first = words.first else { return nil }
        let isYes = yesWords.contains(first)
        guard isYes || noWords.contains(first) else { return nil }
        let bytes = Bytes(sentence)
        if refusals.contains(where: bytes.contains) { return nil }
        // "Yes, wait, actually no." is a no, whatever follows; of several the last counts.
        let mended = (yesMends.map { ($0, "Yes") } + noMends.map { ($0, "No") }).compactMap { mend, answer in
            bytes.range(of: mend, last: true).flatMap { range in
                let next = range.upperBound < bytes.small.count ? bytes.small[range.upperBound] : UInt8(ascii: ".")
                return ".,!;".utf8.contains(next) ? (place: range.upperBound, answer: answer) : nil
            }
        }.max { $0.place < $1.place }
        if let mended { return mended.answer }
        let rest = words.dropFirst()
        let behind = sentence.drop { !$0.isLetter }.dropFirst(first.count)
        let mark = [" -", " –", " —"].contains(where: behind.hasPrefix) ? "-" : behind.first
        // "Yes would be wrong" speaks of the word.
        if mark == " ", let next = rest.first, ["would", "is", "was", "could", "can", "might", "seems"].contains(next) {
            return nil
        }
        if isYes {
            guard rest.prefix(2).contains("no") else { return "Yes" }
            if rest.first == "no", let what = rest.dropFirst().first,
                ["doubt", "question", "problem", "matter", "mistake"].contains(what)
            {
                return "Yes"
            }
            if let next = rest.first, next != "no", !["and", "or", "but", "maybe"].contains(next) { return "Yes" }
            // "Yes - no difference is visible" is a yes; "yes, no, maybe" is none.
            let isYes = rest.first == "no" && rest.count > 2 && !rest.contains("maybe") && mark != " " && mark != "/"
            return isYes ? "Yes" : nil
        }
        if rest.first == "yes" {
            return ["would", "is", "was", "could", "can"].contains(rest.dropFirst().first ?? "") ? "No" : nil
        }
        if rest.prefix(2) == ["or", "yes"] { return nil }
        // "No line is longer" says something of lines; "no one", "no idea" are no answers.
        if let next = rest.first, mark == " ", !pronouns.contains(next) { return nil }
        if let next = rest.first, ["one", "idea", "answer", "clue", "way", "matter"].contains(next), mark == " " {
            return nil
        }
        return "No"
    }
}
