import Mathematics

/// A text cut into sentences.
enum Sentences {
    private static let abbreviations: Set<String> = ["vs", "approx", "e.g", "i.e", "no", "fig", "ans", "sq"]

    static func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var result: [String] = []
        var start = 0
        func close(at end: Int) {
            let sentence = String(decoding: bytes[start..<end], as: UTF8.self).trimmed
            if !sentence.isEmpty { result.append(sentence) }
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 10, 13:
                close(at: index)
                start = index + 1
            case 0x82 where index > 1 && bytes[index - 2] == 0xE3 && bytes[index - 1] == 0x80:
                // The full stop of Chinese.
                close(at: index - 2)
                start = index + 1
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
                guard index + 1 == bytes.count || isSpace(bytes[index + 1]) else { continue }
                // "B. a tent" and "vs. 3" go on, but not "It is B. It floats."
                let next = bytes[(index + 1)...].first { !isSpace($0) && $0 != UInt8(ascii: "(") }
                // "3! = 6".
                if byte == UInt8(ascii: "!"), next.map("=+*/^<>\\".utf8.contains) ?? false { continue }
                if byte == UInt8(ascii: "."), isLabel(bytes[start..<index], next: next) { continue }
                close(at: index + 1)
                start = index + 1
            default: continue
            }
        }
        close(at: bytes.count)
        return result
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    /// Whether a full stop follows a single letter or number at the beginning, or a word that is cut short.
    private static func isLabel(_ text: ArraySlice<UInt8>, next: UInt8?) -> Bool {
        var first = text.startIndex
        while first < text.endIndex, isSpace(text[first]) { first += 1 }
        var word = text.endIndex
        while word > first, !isSpace(text[word - 1]), !"(*:".utf8.contains(text[word - 1]) { word -= 1 }
        guard word < text.endIndex, text.endIndex - word <= 8 else { return false }
        let isFirst = word == first
        let last = text[word...]
        if last.count == 1, isUpper(last[word]) { return isFirst || next.map { !isUpper($0) } ?? false }
        if isFirst, last.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return true }
        let name = String(decoding: last, as: UTF8.self).lowercased()
        // "No. 3" goes on, "No. It is red." does not.
        if name == "no" { return next.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }
        return abbreviations.contains(name)
    }
}
