/// Answers that a text ascribes to others, or calls wrong, such as "Some would say B, but that is wrong".
enum Attribution {
    /// Words before an answer that make it another's.
    static let words: [Pattern] = [
        "some would", "some people", "some may", "some might", "some will", "some say", "some students", "some think",
        "some believe", "many ", "others ", "most people", "students ", "one might", "one could", "one would",
        "you might", "you may think", "wrongly", "mistakenly", "incorrectly", "tempting", "tempted", "few ",
        "it would be wrong", "people would", "people might", "people may", "people think", "people say",
    ]
    private static let denials: [Pattern] = [
        "is wrong", "is incorrect", "was wrong", "is not correct", "is not right", "isn't right", "is false",
        "would be wrong", "would be incorrect", "is a mistake",
    ]
    private static let mostBytes = 300

    /// Whether what stands in a range of a text, such as a box, is not the writer's own answer.
    static func isOthers(_ range: Range<String.Index>, in text: String) -> Bool {
        let before = text.utf8[..<range.lowerBound].suffix(mostBytes)
        let behind = text.utf8[range.upperBound...].prefix(mostBytes)
        let start =
            before.lastIndex { $0 == 10 || $0 == UInt8(ascii: ".") }.map(before.index(after:)) ?? before.startIndex
        let lead = Bytes(String(decoding: before[start...], as: UTF8.self))
        if words.contains(where: lead.contains) { return true }
        let end = behind.firstIndex { $0 == 10 || $0 == UInt8(ascii: ".") } ?? behind.endIndex
        let rest = Bytes(String(decoding: behind[..<end], as: UTF8.self))
        return denials.contains(where: rest.contains)
    }
}
