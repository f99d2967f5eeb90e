/// A sentence in which leaks are looked for; every pattern looks at a few words round one place.
struct LeakSentence {
    private let words: [String]
    private let isWord: [Bool]
    private let asked: AskedWords

    init(_ tokens: ArraySlice<TextWords.Token>, asked: AskedWords) {
        words = tokens.map(\.text)
        isWord = tokens.map(\.isWord)
        self.asked = asked
    }

    /// The place of the first word at fault.
    var leak: Int? {
        words.indices.first { place in
            switch words[place] {
            case "described": return isDescribed(place)
            case "told", "informed": return isTold(place)
            case "mentioned", "noted", "specified", "stated": return isStated(place)
            case "said", "written": return isSaidAbout(place)
            case "see", "view", "access", "inspect", "seeing", "viewing", "shown": return isBlind(place)
            case "image", "picture", "figure", "photo", "diagram": return isMissing(place)
            default: return isSource(place)
            }
        }
    }

    private func word(_ place: Int) -> String { words.indices.contains(place) ? words[place] : "" }

    private func any(_ range: Range<Int>, _ isWanted: (String) -> Bool) -> Bool {
        words[range.clamped(to: words.indices)].contains(where: isWanted)
    }

    private func any(_ range: Range<Int>, of set: Set<String>) -> Bool { any(range, set.contains) }

    // MARK: Words about the picture

    /// A noun for words, and what stands round it.
    private struct Source {
        var noun: String
        var place: Int
        /// The words between article and noun.
        var modifiers: Set<String> = []
        var article = ""
        /// The place before the article.
        var before = -1
    }

    private func isSource(_ place: Int) -> Bool {
        guard let source = source(place), !isAsked(source), !isInPicture(source) else { return false }
        switch source.noun {
        case let noun where LeakWords.description.contains(noun): return isDescription(source)
        case let noun where LeakWords.caption.contains(noun): return isCaption(source)
        case let noun where LeakWords.text.contains(noun): return isText(source)
        case let noun where LeakWords.information.contains(noun): return isInformation(source)
        default: return isAccount(source)
        }
    }

    private func source(_ place: Int) -> Source? {
        var noun = words[place]
        if noun.hasSuffix("'s") { noun.removeLast(2) }
        // `alt text` is a caption whatever stands round it.
        if noun == "text", word(place - 1) == "alt" { noun = "alttext" }
        guard LeakWords.family(noun) != nil else { return nil }
        var source = Source(noun: noun, place: place)
        var left = place - 1
        while left >= 0, left >= place - 5, isWord[left] {
            let word = words[left]
            if LeakWords.definite.contains(word) || LeakWords.indefinite.contains(word) {
                source.article = word
                left -= 1
                break
            }
            let isLink = LeakWords.reliance.contains(word) && !LeakWords.given.contains(word)
            if LeakWords.naming.contains(word) { break }
            if isLink || LeakWords.saying.contains(word) || LeakWords.function.contains(word) { break }
            source.modifiers.insert(word)
            left -= 1
        }
        source.before = left
        return source
    }

    private func isAsked(_ source: Source) -> Bool {
        guard let family = LeakWords.family(source.noun), asked.speaks(of: family) else { return false }
        // A question about a description does not excuse the description of the picture.
        let isOfPicture = LeakWords.pictures.contains(word(source.place - 1))
        return !isOfPicture || asked.words.contains(word(source.place - 1))
    }

    /// Words that stand in the picture, or that those who ask have written.
    private func isInPicture(_ source: Source) -> Bool {
        let next = source.place + 1
        if !source.modifiers.isDisjoint(with: LeakWords.harmlessModifiers) { return true }
        if LeakWords.harmlessNext.contains(word(next)) { return true }
        if LeakWords.questions.contains(word(next + 2)), word(next) == "of" || word(next) == "in",
            LeakWords.articles.contains(word(next + 1))
        {
            return true
        }
        guard !LeakWords.description.contains(source.noun), source.noun != "alttext" else { return false }
        let isOfAnother = source.modifiers.contains { modifier in
            modifier.hasSuffix("'s") && !["image's", "picture's"].contains(modifier)
        }
        // The account of a picture is words about it; its caption may be printed under it.
        let isAboutPicture = word(next) == "of" && any(next + 1..<next + 4, of: LeakWords.pictures)
        if isAboutPicture, LeakWords.other.contains(source.noun) { return false }
        return isOfAnother || isPlaced(next)
    }

    /// Whether a place in the picture follows: `printed under the`, `on the sign`, `in red`.
    private func isPlaced(_ next: Int) -> Bool {
        if LeakWords.placed.contains(word(next)) { return true }
        guard LeakWords.places.contains(word(next)) else { return false }
        if word(next) == "next" { return word(next + 1) == "to" }
        guard LeakWords.articles.contains(word(next + 1)) else {
            return word(next) != "above"
                && ["red", "white", "black", "blue", "bold", "capital"].contains(word(next + 1))
        }
        return !any(next + 2..<next + 4, of: LeakWords.sources)
    }

    private func isDescription(_ source: Source) -> Bool {
        let next = source.place + 1
        let isOfPicture = word(next) == "of" && any(next + 1..<next + 4, of: LeakWords.pictures)
        if LeakWords.definite.contains(source.article) {
            guard word(next) == "of", !isOfPicture else { return true }
            return !["a", "an"].contains(word(next + 1)) && !any(next + 1..<next + 5, of: LeakWords.mathematics)
        }
        if isOfPicture { return true }
        if source.article.isEmpty {
            return says(next) || ["per", "its", "to", "from"].contains(word(source.before))
                || !source.modifiers.isDisjoint(with: ["provided", "supplied", "image", "picture", "its"])
        }
        return isGiven(next)
    }

    private func isCaption(_ source: Source) -> Bool {
        if LeakWords.definite.contains(source.article) { return true }
        let next = source.place + 1
        if source.article.isEmpty { return says(next) || ["per", "to", "from"].contains(word(source.before)) }
        return isGiven(next)
    }

    private func isText(_ source: Source) -> Bool {
        let next = source.place + 1
        guard LeakWords.definite.contains(source.article) else {
            return source.article.isEmpty
                && (word(source.before) == "per" || says(next) && source.modifiers.isEmpty && source.before < 0)
        }
        if ["of", "between", "size"].contains(word(next)) { return false }
        if !source.modifiers.isDisjoint(with: LeakWords.given) || LeakWords.given.contains(word(next)) { return true }
        if word(next) == "that", any(next + 1..<next + 4, of: LeakWords.given) { return true }
        if word(next) == "we" || word(next) == "i" { return any(next + 1..<next + 5, of: ["given", "have", "got"]) }
        return says(next) || LeakWords.reliance.contains(word(source.before))
    }

    private func isAccount(_ source: Source) -> Bool {
        guard LeakWords.definite.contains(source.article) else { return false }
        var next = source.place + 1
        if word(next) == "of" || word(next) == "about", any(next + 1..<next + 4, of: LeakWords.pictures) { next += 3 }
        if LeakWords.given.contains(word(next)) {
            next += 1
            if word(next) == "with" { next += 3 }
        }
        return says(next) || word(source.before) == "to" && word(source.before - 1) == "according"
    }

    private func isInformation(_ source: Source) -> Bool {
        var next = source.place + 1
        let isGiven = LeakWords.given.contains(word(next)) || !source.modifiers.isDisjoint(with: LeakWords.given)
        if LeakWords.given.contains(word(next)) { next += 1 }
        if word(next) == "about", any(next + 1..<next + 4, of: LeakWords.pictures) {
            next += 3
        } else if !isGiven || word(next) == "in" || word(next) == "by" {
            return false
        }
        return says(next) || word(source.before) == "to" && word(source.before - 1) == "according"
    }

    /// Whether a verb of saying follows, perhaps behind others.
    private func says(_ place: Int) -> Bool {
        var place = place
        if word(place) == "above" { place += 1 }
        for _ in 0..<3 where LeakWords.auxiliaries.contains(word(place)) { place += 1 }
        return LeakWords.saying.contains(word(place))
    }

    private func isGiven(_ place: Int) -> Bool {
        any(place..<place + 2, of: ["provided", "given", "supplied"])
    }

    // MARK: Without a noun

    private func isDescribed(_ place: Int) -> Bool {
        guard !asked.speaks(of: LeakWords.described) else { return false }
        let next = word(place + 1)
        guard next != "by", next != "about", next != "in" || !any(place + 1..<place + 5, of: LeakWords.questions) else {
            return false
        }
        switch word(place - 1) {
        case "as": return true
        case "the", "this": return LeakWords.pictures.contains(next) || ["setup", "arrangement"].contains(next)
        case "is", "was", "are", "were", "been":
            if word(place - 2) == "as" { return true }
            if any(place - 5..<place - 1, of: ["what", "it"]) { return true }
            return ["as", "to", "above"].contains(next) || any(place - 4..<place - 1, of: LeakWords.pictures)
        default:
            // `the shape described has`, but not `the arc the point described`.
            return ["the", "a", "those"].contains(word(place - 2)) && !LeakWords.function.contains(word(place - 1))
                && isWord[place - 1]
        }
    }

    private func isTold(_ place: Int) -> Bool {
        var left = place - 1
        if LeakWords.auxiliaries.contains(word(left)) { left -= 1 }
        let auxiliaries: Set<String> = [
            "are", "am", "was", "were", "been", "we're", "i'm", "we've", "i've", "shown", ",",
        ]
        guard auxiliaries.contains(word(left)) else { return false }
        guard word(left) != "," || word(place - 1) == "only" else { return false }
        let hasSpeaker = any(left - 3..<left + 1, of: ["we", "i", "we're", "i'm", "we've", "i've"])
        return (hasSpeaker || word(left) == ",") && !isFromQuestion(place + 1)
    }

    private func isStated(_ place: Int) -> Bool {
        guard ["is", "was", "been"].contains(word(place - 1)), ["it", "has"].contains(word(place - 2)) else {
            return false
        }
        return word(place + 1) == "that" && !isFromQuestion(place + 1)
    }

    private func isSaidAbout(_ place: Int) -> Bool {
        guard ["was", "were", "is"].contains(word(place - 1)), word(place + 1) == "about" else { return false }
        return any(place - 3..<place - 1, of: ["what", "nothing", "something"]) && !isFromQuestion(place + 1)
    }

    /// Whether what follows names the question, or says mostly what the question says.
    private func isFromQuestion(_ place: Int) -> Bool {
        let rest = words[min(place, words.count)...].prefix(80)
        if rest.prefix(12).contains(where: LeakWords.questions.contains) { return true }
        let contents = zip(rest, isWord[rest.startIndex...]).filter {
            $0.1 && !LeakWords.function.contains($0.0)
        }.map(\.0)
        return !contents.isEmpty && 2 * contents.count(where: asked.words.contains) >= contents.count
    }

    /// Whether somebody cannot see the picture: `cannot see the image itself`, not `cannot see a bar in the image`.
    private func isBlind(_ place: Int) -> Bool {
        guard any(place + 1..<place + 2, of: ["the", "this", "that", "to", "directly"]) else { return false }
        var next = place + 1
        if word(next) == "to" { next += 1 }
        guard ["the", "this", "that"].contains(word(next)) else { return false }
        next += 1
        for _ in 0..<2 where ["actual", "original", "real", "given", "underlying"].contains(word(next)) { next += 1 }
        guard LeakWords.pictures.contains(word(next)), !["in", "of", "on", "where", "that"].contains(word(next + 1))
        else { return false }
        if ["seeing", "viewing", "access"].contains(word(place)), any(place - 2..<place, of: ["without"]) {
            return true
        }
        let negations: Set<String> = [
            "cannot", "can't", "not", "don't", "couldn't", "unable", "no", "never", "haven't",
        ]
        return any(place - 4..<place, of: negations)
    }

    /// Whether there is no picture: `no image was provided`, `the picture is not available`.
    private func isMissing(_ place: Int) -> Bool {
        let absent: Set<String> = ["provided", "available", "attached", "given", "supplied", "accessible"]
        var next = place + 1
        if word(next) == "itself" { next += 1 }
        guard ["is", "was", "has", "isn't", "wasn't", "were"].contains(word(next)) else { return false }
        let isNegated = word(place - 1) == "no" || any(next..<next + 2, of: ["not", "isn't", "wasn't"])
        return isNegated && any(next + 1..<next + 4, of: absent)
    }
}
