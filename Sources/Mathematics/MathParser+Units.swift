extension MathParser {
    /// Whether a word is a code of money.
    func isMoney(_ word: String) -> Bool { ["usd", "eur", "gbp"].contains(word.lowercased()) }

    /// A sign or a code of money.
    mutating func currency() -> Unit? {
        let found: Unit? =
            switch next {
            case .mark("$"): Unit("dollar")
            case .mark("€"): Unit("euro")
            case .mark("£"): Unit(quantity: "sterling", size: .one)
            case .word(let word) where isMoney(word):
                word.lowercased() == "gbp" ? Unit(quantity: "sterling", size: .one) : Unit(word)
            default: nil
            }
        if found != nil { place += 1 }
        return found
    }

    /// A unit behind a number, with a power and another unit below it.
    mutating func unit() -> Unit? {
        if take("°") {
            if case .letter(let letter)? = next, letter == "C" || letter == "F" {
                place += 1
                return Unit(letter == "C" ? "celsius" : "fahrenheit")
            }
            return Unit("degree")
        }
        let start = place
        guard let top = simpleUnit() else { return nil }
        guard take("/") else { return top }
        guard let bottom = simpleUnit(), let size = top.size.divided(by: bottom.size) else {
            place = start
            return nil
        }
        return Unit(quantity: top.quantity + "/" + bottom.quantity, size: size)
    }

    /// Words behind a number that make another number of it.
    private var changes: Set<String> {
        [
            "squared", "cubed", "hundred", "thousand", "million", "billion", "dozen", "score", "half", "halves",
            "third", "thirds", "quarter", "quarters", "tenths", "hundredths", "factorial", "times", "more", "less",
            "fewer", "plus", "minus", "divided", "over", "short",
        ]
    }

    mutating func simpleUnit() -> Unit? {
        var words: [String] = []
        let start = place
        while case .word(let word)? = next, !["or", "and"].contains(word) {
            words += word.split(separator: " ").map(String.init)
            place += 1
        }
        var power = 1
        if let first = words.first?.lowercased(), first == "square" || first == "sq" || first == "cubic" {
            power = first == "cubic" ? 3 : 2
            words.removeFirst()
        }
        if take("²") { power = 2 }
        if take("³") { power = 3 }
        if isNext("^"), place + 3 < tokens.count, tokens[place + 1] == .mark("{"), tokens[place + 3] == .mark("}"),
            case .number(let digits) = tokens[place + 2], let read = Int(digits)
        {
            power = read
            place += 4
        } else if isNext("^"), place + 1 < tokens.count, case .number(let digits) = tokens[place + 1],
            let read = Int(digits)
        {
            power = read
            place += 2
        }
        if words.count == 1, let unit = Unit(words[0], power: power) { return unit }
        // A noun that is counted is no unit, and is like itself alone.
        if power == 1, !words.isEmpty, changes.isDisjoint(with: words.map { $0.lowercased() }) {
            return Unit(noun: words.joined(separator: " ").lowercased())
        }
        place = start
        return nil
    }
}
