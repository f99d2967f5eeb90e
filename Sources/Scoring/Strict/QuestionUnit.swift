import Mathematics

/// The unit that a question asks for: "in ohms", "How many centimeters".
enum QuestionUnit {
    private static let leads: [Pattern] = [" in square ", " in cubic ", " in ", "how many "]

    /// Its name; nil if the question names none, or two.
    static func name(in question: String?) -> String? {
        guard let question, question.utf8.count < 2000 else { return nil }
        let bytes = Bytes(question)
        var found: Set<String> = []
        for lead in leads {
            guard let range = bytes.range(of: lead, last: true) else { continue }
            let word = bytes.text(from: range.upperBound).prefix {
                $0.isLetter || $0 == "/" || $0 == "^" || $0.isNumber
            }
            // "miles per hour" and "degrees Celsius" are other units.
            let behind = Bytes(bytes.text(from: range.upperBound + word.utf8.count))
            guard ![" per", " celsius", " fahrenheit"].contains(where: { behind.hasPrefix($0 as Pattern) }) else {
                continue
            }
            guard word.count > 1, word.allSatisfy({ $0.isASCII }), MathAnswer("1 \(word)")?.hasUnit == true,
                !counted.contains(word.lowercased())
            else { continue }
            let power = lead.bytes.count > 8 ? (lead.bytes[4] == UInt8(ascii: "s") ? "^2" : "^3") : ""
            found.insert(word + power)
            if !power.isEmpty { break }
        }
        return found.count == 1 ? found.first : nil
    }

    private static let counted: Set<String> = [
        "people", "person", "persons", "units", "unit", "percent", "years", "year", "months", "month", "days", "day",
        "weeks", "week", "in", "pounds", "pound",
    ]
}
