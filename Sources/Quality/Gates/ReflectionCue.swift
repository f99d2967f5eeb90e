/// How a sentence begins or what it says that checks something.
enum ReflectionCue {
    /// Words that are no content where a cue stands alone.
    static let bare: Set<String> = ["wait", "hmm", "but", "so", "and", "no", "ok", "okay", "well", "please", "again"]

    /// Verbs of checking behind `let me`, `to`, `I should`.
    private static let verbs: Set<String> = [
        "check", "doublecheck", "recheck", "verify", "confirm", "reconsider", "reexamine", "recount", "recalculate",
        "recompute", "test", "validate", "reread", "rethink", "revisit", "crosscheck", "correct", "retrace",
    ]
    private static let speakers: Set<String> = [
        "me", "us", "let's", "i", "i'll", "to", "we", "should", "must", "we'll", "i'd", "quickly", "just", "also",
    ]
    /// Openings, longest first where one begins another.
    private static let openings: [[String]] = [
        ["hold", "on"], ["on", "second", "thought"], ["as", "a", "check"], ["sanity", "check"],
        ["a", "quick", "check"], ["quick", "check"], ["checking"], ["doublechecking"], ["rechecking"], ["verifying"],
        ["crosschecking"], ["substituting", "back"], ["plugging", "back"], ["plugging", "this", "back"],
        ["to", "be", "sure"], ["to", "make", "sure"], ["looking", "again"], ["thinking", "again"], ["recounting"],
        ["on", "reflection"], ["on", "closer", "inspection"],
    ]
    /// What checks wherever it stands.
    private static let phrases: [[String]] = [
        ["can't", "be", "right"], ["cannot", "be", "right"], ["can't", "be", "correct"],
        ["does", "this", "make", "sense"],
        ["does", "that", "make", "sense"], ["does", "it", "make", "sense"], ["is", "this", "right"],
        ["is", "that", "right"], ["is", "this", "correct"], ["is", "that", "correct"], ["i", "made", "a", "mistake"],
        ["i", "made", "an", "error"], ["i", "misread"], ["i", "miscounted"], ["i", "was", "wrong"],
        ["that", "is", "wrong"], ["that's", "wrong"], ["that", "is", "not", "right"], ["that's", "not", "right"],
        ["correct", "myself"], ["me", "make", "sure"], ["me", "go", "over"], ["let's", "make", "sure"],
        ["look", "again"], ["look", "once", "more"], ["eyes", "go", "back"], ["count", "again"],
        ["count", "once", "more"],
        ["i", "overlooked"], ["i", "missed"], ["did", "i", "miss"],
    ]

    /// How many words of a sentence are a cue; nil if there is none.
    static func length(in words: [String]) -> Int? {
        var start = 0
        // `But wait`, `No,`, `“Wait`.
        while start < min(words.count, 4),
            ["but", "so", "and", "no", "oh", "ok", ",", "\"", "“", "*"].contains(words[start])
        {
            start += 1
        }
        let rest = words[start...]
        if let first = rest.first, ["wait", "hmm", "hm", "actually", "correction"].contains(first) {
            let next = rest.dropFirst().first
            if next == nil || next.map({ !($0.first?.isLetter ?? false) }) ?? true { return 1 }
            if first == "hmm" { return 1 }
        }
        if let opening = openings.first(where: { rest.starts(with: $0) }) {
            let isClosed = opening != ["hold", "on"] || !(rest.dropFirst(2).first?.first?.isLetter ?? false)
            if isClosed { return opening.count }
        }
        for place in words.indices {
            if verbs.contains(words[place]), place > 0, isSpoken(words, place) { return min(place + 1, 3) }
            if phrases.contains(where: { words[place...].starts(with: $0) }) { return 0 }
        }
        return nil
    }

    /// Whether the writer checks: `let me check`, not `passengers check in`, `to correct answers` or `to test tubes`.
    private static func isSpoken(_ words: [String], _ place: Int) -> Bool {
        guard speakers.contains(words[place - 1]) else { return false }
        let next = place + 1 < words.count ? words[place + 1] : ""
        if next == "in" || next == "out" || next == "mark" || next == "point" { return false }
        if ["i", "we"].contains(words[place - 1]), words[place] == "test" || words[place] == "correct" { return true }
        guard words[place - 1] == "to" else { return true }
        // `to verify, …` opens; `I want to verify`, `I need to correct` tell what the writer wants.
        let wants: Set<String> = ["want", "need", "have", "like", "me", "try", "going", "is", "ought", "us", "good"]
        return place == 1 || place >= 2 && (wants.contains(words[place - 2]) || words[place - 2] == ",")
    }

    /// Whether a sentence only gives the answer.
    static func isAnswer(_ words: [String]) -> Bool {
        let first = words.first(where: { !["so", "thus", "therefore", "hence", ",", "then"].contains($0) })
        guard let first, let place = words.firstIndex(of: first) else { return true }
        let rest = words[place...].prefix(4)
        return rest.contains("answer")
    }
}
