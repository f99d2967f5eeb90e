import Mathematics

/// Counts of what the question does not ask for: "9 bars", where it asks for the maximum.
enum UnaskedCount {
    private static let asks: [Pattern] = ["how many", "number of", "count", "total"]

    /// Whether a number counts something else; never if the question is not known.
    static func isOne(_ number: String?, in clause: String, question: String?) -> Bool {
        guard let question, let number else { return false }
        let asksForCount = asks.contains(where: Bytes(question).contains)
        let bytes = Bytes(" " + clause)
        if !asksForCount, bytes.contains(" there are ") || bytes.contains(" there is ") { return true }
        guard let noun = noun(behind: number, in: clause) else { return false }
        return !Prose.isAbout(noun, question: question)
    }

    /// What is counted: up to three words behind the number, or those the number was read with.
    private static func noun(behind number: String, in clause: String) -> String? {
        let said = number.split(separator: " ").map { Plain.bare(String($0)) }
        if said.count > 1, MathAnswer(number)?.hasUnit == false, !isPartOfNumber(said[1]) {
            return isNoun(said[1]) ? said.dropFirst().joined(separator: " ") : nil
        }
        let words = clause.split(separator: " ").map(String.init)
        let bare = words.map(Plain.bare)
        let starts = bare.indices.filter { bare[$0...].starts(with: said) }
        guard let start = starts.last, start + said.count < words.count,
            // A mark behind the number ends what it says.
            words[start + said.count - 1].last.map({ $0.isLetter || $0.isNumber }) == true
        else { return nil }
        let behind = bare[(start + said.count)...]
        guard let first = behind.first, isNoun(first) else { return nil }
        return behind.prefix(3).joined(separator: " ")
    }

    private static func isPartOfNumber(_ word: String) -> Bool {
        let small = word.lowercased()
        return NumberInProse.isNumberWord(small) || NumberWords.isPart(small) || small == "and"
            || small.contains(where: \.isNumber)
    }

    private static func isNoun(_ word: String) -> Bool {
        guard let first = word.first, first.isASCII, first.isLetter, !particles.contains(word.lowercased()) else {
            return false
        }
        return MathAnswer("1 " + word)?.hasUnit != true
    }

    /// Words behind a number that are nothing that is counted.
    private static let particles: Set<String> = [
        "in", "at", "on", "of", "is", "are", "unit", "units", "and", "for", "when", "as", "which", "because", "since",
        "to", "after", "by", "high", "long", "wide", "the", "total", "altogether", "square", "sq", "cubic", "per",
        "not", "or", "so", "with", "here", "there", "overall", "now",
    ]
}
