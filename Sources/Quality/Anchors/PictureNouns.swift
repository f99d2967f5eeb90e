/// The things that a description and a question name, by which anchors are told from empty ones.
///
/// No grammar is asked: every word counts that is no function word, adjective, verb or number of the lists, no adverb by
/// its ending, and says more than "shape" or "part"; names of points count in capitals.
struct PictureNouns: Sendable {
    private var nouns: Set<String> = []
    private var labels: Set<String> = []
    /// Colours and sizes that something has: `the purple one` is a thing where something purple was named.
    private var looks: Set<String> = []

    init(_ texts: [String]) {
        for text in texts {
            for token in TextWords(text).tokens where token.kind == .word {
                if Self.isLabel(token) { labels.insert(token.text) }
                if let noun = Self.noun(token) { nouns.insert(noun) }
                if AnchorWords.looks.contains(token.text) { looks.insert(token.text) }
            }
        }
    }

    /// Whether a word and the one before name one of the things by how it looks: `purple one`, `blue shapes`.
    func contain(_ token: TextWords.Token, behind adjective: TextWords.Token) -> Bool {
        AnchorWords.heads.contains(token.text) && looks.contains(adjective.text)
    }

    /// Whether a word names one of the things.
    func contain(_ token: TextWords.Token) -> Bool {
        guard token.kind == .word else { return false }
        if Self.isLabel(token), labels.contains(token.text) { return true }
        return Self.noun(token).map(nouns.contains) ?? false
    }

    private static func isLabel(_ token: TextWords.Token) -> Bool {
        token.isCapitals && token.text.utf8.count <= 4 && !["a", "i", "or", "and", "the"].contains(token.text)
    }

    private static func noun(_ token: TextWords.Token) -> String? {
        let word = token.text
        guard word.unicodeScalars.count >= 3, !word.hasSuffix("ly"), !AnchorWords.noNouns.contains(word) else {
            return nil
        }
        let noun = AnchorWords.singular(word)
        guard !AnchorWords.generic.contains(noun), !AnchorWords.generic.contains(word) else { return nil }
        return AnchorWords.noNouns.contains(noun) ? nil : noun
    }
}
