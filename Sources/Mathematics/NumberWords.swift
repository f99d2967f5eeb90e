/// Numbers that are written as words.
public enum NumberWords {
    private static let small: [String: Int] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19,
    ]
    private static let tens: [String: Int] = [
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    ]
    private static let scales: [String: Int] = [
        "dozen": 12, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000,
    ]
    private static let parts: [String: Int] = [
        "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
        "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
    ]

    /// Whether a word is a power of a thousand that numbers are counted in: `million`.
    /// - Parameter word: in any case.
    /// - Returns: true if it is.
    public static func isScale(_ word: String) -> Bool { scales[word.lowercased()] != nil }

    /// Whether a word belongs to a number: `twenty`, `thousand`.
    /// - Parameter word: in small letters.
    /// - Returns: true if it does.
    public static func isWord(_ word: String) -> Bool {
        small[word] != nil || tens[word] != nil || scales[word] != nil || word == "hundred"
    }

    /// A text with the number at its beginning in digits: `fourteen`, `twenty-four cm`, `3.2 million`, `three quarters`.
    static func written(_ text: String) -> String {
        guard text.utf8.count <= 100, text.utf8.contains(where: { $0 | 32 >= UInt8(ascii: "a") }) else { return text }
        if let chinese = ChineseNumber.written(text) { return chinese }
        var words = text.split(whereSeparator: { $0.isWhitespace }).map(String.init)
        guard let first = words.first else { return text }
        if words.count > 1, ["minus", "negative"].contains(first.lowercased()) {
            let rest = written(words.dropFirst().joined(separator: " "))
            return rest.first?.isNumber == true || rest.hasPrefix("\\") ? "-" + rest : text
        }
        // "three and a half", "1 and two thirds".
        if words.count > 3, words.count <= 6, let and = words.firstIndex(where: { $0.lowercased() == "and" }), and > 0,
            let part = parts[words[words.count - 1].lowercased()], words.count == and + 3,
            case let whole = written(words[..<and].joined(separator: " ")), whole.allSatisfy(\.isNumber)
        {
            let above = ["a", "an"].contains(words[and + 1].lowercased()) ? 1 : small[words[and + 1].lowercased()]
            if let above, above < part { return "\(whole) \(above)/\(part)" }
        }
        if words.count > 1, ["a", "an"].contains(first.lowercased()), words[1].lowercased() == "dozen" {
            words[0] = "one"
        }
        if words.count > 1, let scale = words[1].lowercased() == "hundred" ? 100 : scales[words[1].lowercased()],
            first.first?.isNumber == true || first.hasPrefix("$")
        {
            return ([first + " * \(scale)"] + words.dropFirst(2)).joined(separator: " ")
        }
        // "a quarter", "half": one of it.
        let place = ["a", "an"].contains(first.lowercased()) ? 1 : 0
        if words.count == place + 1, let part = parts[words[place].lowercased()], place == 1 || part == 2 {
            return "1/\(part)"
        }
        return ofWords(words).map { ([$0.digits] + words.dropFirst($0.taken)).joined(separator: " ") } ?? text
    }

    /// Whether a word is a part of one: `half`, `thirds`.
    /// - Parameter word: in small letters.
    /// - Returns: true if it is.
    public static func isPart(_ word: String) -> Bool { parts[word] != nil }

    /// The number that words begin with, and how many of them it takes.
    private static func ofWords(_ words: [String]) -> (digits: String, taken: Int)? {
        var total = 0, current = 0, taken = 0
        // What may follow: after "twenty" a number below ten, after "hundred" one below a hundred.
        var room = 1000
        for word in words {
            var isTaken = false
            for piece in word.lowercased().split(separator: "-").map(String.init) {
                if let value = small[piece], value < room {
                    (current, room, isTaken) = (current + value, 0, true)
                } else if let value = tens[piece], value < room {
                    (current, room, isTaken) = (current + value, 10, true)
                } else if piece == "hundred", (1...19).contains(current) {
                    (current, room, isTaken) = (current * 100, 100, true)
                } else if let scale = scales[piece], current > 0, total == 0 || total % (scale * 1000) == 0 {
                    (total, current, room, isTaken) = (total + current * scale, 0, 1000, true)
                } else if piece == "and", room == 100 {
                    continue
                } else if taken > 0 || isTaken, let part = parts[piece], total == 0, current > 0 {
                    return ("\(current)/\(part)", taken + 1)
                } else {
                    return isTaken || taken == 0 ? nil : ("\(total + current)", taken)
                }
            }
            taken += 1
        }
        return taken > 0 ? ("\(total + current)", taken) : nil
    }
}
