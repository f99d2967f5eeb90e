extension TextWords {
    /// The sentences, as ranges of tokens: they end with a mark that ends sentences and with the line.
    var sentences: [Range<Int>] {
        var (result, start) = ([Range<Int>](), 0)
        func close(_ end: Int) {
            if tokens[start..<end].contains(where: \.isWord) { result.append(start..<end) }
            start = end
        }
        for place in tokens.indices {
            let token = tokens[place]
            if token.kind == .newline {
                close(place)
                start = place + 1
            } else if token.kind == .mark, endsSentence(place) {
                close(place + 1)
            }
        }
        close(tokens.count)
        return result
    }

    private func endsSentence(_ place: Int) -> Bool {
        let token = tokens[place]
        switch token.text {
        case "。", "！", "？": return true
        case "!", "?", "…":
            return isFollowedBySpace(place)
        case ".":
            guard isFollowedBySpace(place) else { return false }
            guard place > 0, tokens[place - 1].range.upperBound == token.range.lowerBound else { return true }
            let before = tokens[place - 1].text
            if Self.abbreviations.contains(before) { return false }
            // `e.g.` and `i.e.`
            return
                !(before.utf8.count == 1 && place > 2 && tokens[place - 2].text == "."
                && tokens[place - 3].text.utf8.count == 1 && !tokens[place - 1].isCapitals)
        default: return false
        }
    }

    private func isFollowedBySpace(_ place: Int) -> Bool {
        guard place + 1 < tokens.count else { return true }
        let next = tokens[place + 1]
        if next.range.lowerBound > tokens[place].range.upperBound || next.kind == .newline { return true }
        return ["\"", "”", "'", ")", "]", "*", "<"].contains(next.text)
    }

    private static let abbreviations: Set<String> = [
        "fig", "figs", "eq", "eqs", "vs", "approx", "cf", "dr", "mr", "mrs",
    ]
}
