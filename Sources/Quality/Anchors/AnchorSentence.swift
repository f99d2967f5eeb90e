/// A sentence in which a look at the picture is looked for.
struct AnchorSentence {
    private let words: [String]
    private let named: [Bool]
    private let isWord: [Bool]
    private let hasPicture: Bool

    init(_ tokens: ArraySlice<TextWords.Token>, _ nouns: PictureNouns) {
        let tokens = Array(tokens)
        words = tokens.map(\.text)
        isWord = tokens.map(\.isWord)
        hasPicture = words.contains { AnchorWords.pictures.contains(AnchorWords.singular($0)) }
        named = tokens.indices.map { place in
            guard nouns.contain(tokens[place]) || place > 0 && nouns.contain(tokens[place], behind: tokens[place - 1])
            else { return false }
            // `the circuit diagram` is a diagram, not a circuit.
            return place + 1 >= tokens.count || !AnchorWords.pictures.contains(tokens[place + 1].text)
        }
    }

    /// What it looks at; nil if it does not look, or at nothing that was named.
    var thing: String? {
        guard let first = named.firstIndex(of: true) else { return nil }
        guard let place = words.indices.lazy.compactMap({ self.look($0) }).first else { return nil }
        return words[named[place...].firstIndex(of: true) ?? first]
    }

    private func word(_ place: Int) -> String { words.indices.contains(place) ? words[place] : "" }

    /// The place of a look's verb, if one stands at a place and a thing may be its object.
    private func look(_ place: Int) -> Int? {
        switch words[place] {
        case "look", "looking": return isOwn(place) && isLook(place) ? place : nil
        case let verb where AnchorWords.looking.contains(verb):
            return (verb == "visually" || isOwn(place)) && !isThought(place + 1) ? place : nil
        case let verb where AnchorWords.seeing.contains(verb) && isSeen(place): return place
        case let verb where AnchorWords.returning.contains(verb) && isOwn(place) && hasObject(place): return place
        case let verb where AnchorWords.checking.contains(verb) && isOwn(place) && !isThought(place + 1):
            return hasPicture ? place : nil
        case "eyes" where word(place + 1) == "on": return isThought(place + 2) ? nil : place
        case "in", "from", "on", "within", "as", "the", "this": return isPicture(place) ? place : nil
        default: return nil
        }
    }

    /// Whether it is the writer who looks, not somebody in the picture.
    private func isOwn(_ place: Int) -> Bool {
        let before = word(place - 1)
        if words[place].hasSuffix("ing") {
            return !AnchorWords.auxiliaries.contains(before) || word(place - 2) == "i"
        }
        if ["returns", "goes"].contains(words[place]) { return ["gaze", "eye"].contains(before) }
        let nouns: Set<String> = [
            "a", "closer", "second", "another", "quick", "careful", "last", "good", "final", "fresh",
        ]
        return place == 0 || !isWord[place - 1] || AnchorWords.speakers.contains(before) || nouns.contains(before)
    }

    /// Whether `look` has an object that can be seen: `look back at the bar`, not `look for`, `look up`, `looks like`.
    private func isLook(_ place: Int) -> Bool {
        var next = place + 1
        while AnchorWords.adverbs.contains(word(next)), next < place + 6 {
            if word(next) == "at" || word(next) == "over" { return !isThought(next + 1) }
            next += 1
        }
        let prepositions: Set<String> = ["to", "toward", "towards", "along", "under", "above", "inside", "around"]
        return prepositions.contains(word(next)) && !isThought(next + 1)
    }

    /// Whether what follows is something thought of: `the options`, `my reasoning`.
    private func isThought(_ place: Int) -> Bool {
        for next in place..<place + 5 {
            guard words.indices.contains(next), isWord[next] else { return false }
            if AnchorWords.thoughts.contains(words[next]) { return true }
            if named[next] || AnchorWords.pictures.contains(words[next]) { return false }
        }
        return false
    }

    /// Whether a thing follows at once: `returning to the circuit`, not `return to the formula of the circuit`.
    private func hasObject(_ place: Int) -> Bool {
        for next in (place + 1)..<(place + 7) {
            guard words.indices.contains(next), isWord[next] else { return false }
            if AnchorWords.thoughts.contains(words[next]) || ["of", "for", "about"].contains(words[next]) {
                return false
            }
            if AnchorWords.pictures.contains(words[next]) || named[next] { return true }
        }
        return false
    }

    /// Whether somebody sees a thing: `I can see the bar`, not `I see, so`, `we see that 4 is less`.
    private func isSeen(_ place: Int) -> Bool {
        var before = place - 1
        while ["can", "also", "clearly", "now", "then", "could"].contains(word(before)) { before -= 1 }
        guard ["i", "we", "you"].contains(word(before)) else { return false }
        if word(place) == "find" || word(place) == "read" { return false }
        if word(place + 1) == "that", word(place - 1) != "can", word(place) == "see" { return hasPicture }
        for next in (place + 1)..<(place + 8) {
            guard words.indices.contains(next), isWord[next] else { return false }
            if AnchorWords.thoughts.contains(words[next]) || words[next] == "from" { return false }
            if named[next] { return true }
        }
        return false
    }

    /// Whether the picture is what is spoken of: `in the figure`, `the chart shows`.
    private func isPicture(_ place: Int) -> Bool {
        var next = place
        if !["the", "this"].contains(words[place]) {
            next += 1
            guard ["the", "this", "our"].contains(word(next)) else { return false }
        }
        next += 1
        // One word between: `the given figure`, `the bar chart`.
        if !AnchorWords.pictures.contains(word(next)), AnchorWords.pictures.contains(word(next + 1)) { next += 1 }
        guard AnchorWords.pictures.contains(word(next)) else { return false }
        let isSubject = ["the", "this", "as"].contains(words[place])
        guard isSubject else { return true }
        var verb = next + 1
        while ["clearly", "also", "again", "itself", "plainly"].contains(word(verb)) { verb += 1 }
        return AnchorWords.showing.contains(word(verb))
    }
}
