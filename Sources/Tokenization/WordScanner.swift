/// The pre-tokenizer of Qwen2: cuts text into the words that byte-pair encoding never crosses.
///
/// It is the regular expression ``pattern`` written out as a scanner: at each place the first alternative that matches
/// wins. Every scalar belongs to some alternative, so the words cover the text.
package struct WordScanner: Sendable {
    /// The pattern that this scanner implements, as `tokenizer.json` spells it.
    package static let pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    private let table = ScalarTable.shared

    /// Makes a scanner; all share one table.
    package init() {}

    /// Where the word that starts at a place ends.
    ///
    /// - Parameters:
    ///   - bytes: valid UTF-8.
    ///   - start: a place before the end, at the start of a word.
    /// - Returns: the place after the last byte of the word.
    @inline(__always)
    package func endOfWord(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        if bytes[start] == UInt8(ascii: "'"), let end = endOfContraction(in: bytes, from: start) { return end }
        let (first, afterFirst) = category(in: bytes, at: start)
        switch first {
        case ScalarCategory.letter:
            return endOfRun(of: ScalarCategory.letter, in: bytes, from: afterFirst)
        case ScalarCategory.number:
            return afterFirst
        case ScalarCategory.newline:
            return endOfWhiteSpace(in: bytes, from: start)
        default:
            break
        }
        guard afterFirst < bytes.count else { return afterFirst }
        let (second, afterSecond) = category(in: bytes, at: afterFirst)
        if second == ScalarCategory.letter {
            return endOfRun(of: ScalarCategory.letter, in: bytes, from: afterSecond)
        }
        if first == ScalarCategory.other {
            return endOfPunctuation(in: bytes, from: afterFirst)
        }
        if second == ScalarCategory.other && bytes[start] == UInt8(ascii: " ") {
            return endOfPunctuation(in: bytes, from: afterSecond)
        }
        return endOfWhiteSpace(in: bytes, from: start)
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, at an apostrophe.
    private func endOfContraction(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        func letter(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] | 0x20 : 0 }
        switch letter(start + 1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return letter(start + 2) == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"):
            return letter(start + 2) == UInt8(ascii: "l") ? start + 3 : nil
        case 0xE5 where bytes[start + 1] == 0xC5 && bytes[start + 2] == 0xBF:
            // U+017F, the long s, is an s when case is ignored. It has no lower half: 0xC5 | 0x20 is 0xE5.
            return start + 3
        default:
            return nil
        }
    }

    /// The end of `[^\s\p{L}\p{N}]*[\r\n]*`.
    @inline(__always)
    private func endOfPunctuation(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = endOfRun(of: ScalarCategory.other, in: bytes, from: start)
        while end < bytes.count && (bytes[end] == UInt8(ascii: "\r") || bytes[end] == UInt8(ascii: "\n")) { end += 1 }
        return end
    }

    /// The end of `\s*[\r\n]+|\s+(?!\S)|\s+`, at white space.
    private func endOfWhiteSpace(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        var lastStart = start
        var afterLastNewline: Int?
        while end < bytes.count {
            let (category, next) = category(in: bytes, at: end)
            guard category == ScalarCategory.space || category == ScalarCategory.newline else { break }
            if category == ScalarCategory.newline { afterLastNewline = next }
            lastStart = end
            end = next
        }
        if let afterLastNewline { return afterLastNewline }
        // Before a word the last space stays with the word, unless it is the only one.
        return end == bytes.count || lastStart == start ? end : lastStart
    }

    @inline(__always)
    private func endOfRun(of wanted: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            let (category, next) = category(in: bytes, at: end)
            guard category == wanted else { break }
            end = next
        }
        return end
    }

    @inline(__always)
    private func category(
        in bytes: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (category: UInt8, next: Int) {
        let (scalar, length) = decodedScalar(in: bytes, at: index)
        return (table[scalar].category, index + length)
    }
}
