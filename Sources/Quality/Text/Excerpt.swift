/// Pieces of texts as they are shown to people.
enum Excerpt {
    /// A piece of a text, white space made single, cut to a length that can be read.
    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - limit: the most characters that are kept.
    /// - Returns: the piece, with an ellipsis where it was cut.
    static func of(_ bytes: ArraySlice<UInt8>, limit: Int) -> String {
        // A character has at most a few bytes; what is far behind the limit need not be decoded.
        let piece = bytes.prefix(limit * 8)
        var (result, length, wasSpace) = ("", 0, true)
        for character in String(decoding: piece, as: UTF8.self) {
            if character.isWhitespace {
                wasSpace = true
                continue
            }
            if length >= limit { return result + "…" }
            if wasSpace, !result.isEmpty { result.append(" ") }
            // A character of a thousand combining marks is cut too.
            result.unicodeScalars.append(contentsOf: character.unicodeScalars.prefix(8))
            (length, wasSpace) = (length + 1, false)
        }
        return piece.count < bytes.count ? result + "…" : result
    }

    /// A piece of a text.
    static func of(_ text: some StringProtocol, limit: Int = 160) -> String {
        of(Array(text.utf8.prefix(limit * 8 + 1))[...], limit: limit)
    }
}
