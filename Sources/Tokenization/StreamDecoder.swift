/// Decodes ids one at a time, as a model generates them, and gives out text as soon as it is certain.
///
/// A character whose bytes are spread over several tokens is held back until it is whole. The pieces together are
/// exactly what ``Tokenizer/decode(_:skipsSpecialTokens:)`` gives for all ids at once.
public struct StreamDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skipsSpecialTokens: Bool
    /// The beginning of a character that is not whole yet, at most three bytes between calls.
    private var pending: [UInt8] = []

    /// Makes a decoder for one stream of ids.
    ///
    /// - Parameters:
    ///   - tokenizer: the tokenizer that the ids belong to.
    ///   - skipsSpecialTokens: true to leave out tokens marked special.
    public init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool = false) {
        self.tokenizer = tokenizer
        self.skipsSpecialTokens = skipsSpecialTokens
    }

    /// Takes the next id.
    ///
    /// - Parameter id: a token id; one that the vocabulary does not have adds nothing.
    /// - Returns: the text that has become certain, often empty.
    public mutating func append(_ id: Int) -> String {
        pending += tokenizer.bytes(of: id, skipsSpecialTokens: skipsSpecialTokens)
        let certain = pending.count - Self.unfinishedSuffixLength(of: pending)
        let text = String(decoding: pending[..<certain], as: UTF8.self)
        pending.removeSubrange(..<certain)
        return text
    }

    /// Ends the stream.
    ///
    /// - Returns: U+FFFD if the last character was never finished, else nothing.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that more bytes could still finish.
    private static func unfinishedSuffixLength(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            guard !UTF8.isContinuation(lead) else { continue }
            return isUnfinished(bytes.suffix(length)) ? length : 0
        }
        return 0
    }

    /// True if some well-formed character begins with these bytes and is longer (The Unicode Standard, table 3-7).
    private static func isUnfinished(_ start: ArraySlice<UInt8>) -> Bool {
        guard let lead = start.first else { return false }
        let width: Int
        switch lead {
        case 0xC2...0xDF: width = 2
        case 0xE0...0xEF: width = 3
        case 0xF0...0xF4: width = 4
        default: return false
        }
        guard start.count < width else { return false }
        guard let second = start.dropFirst().first else { return true }
        switch lead {
        case 0xE0: return second >= 0xA0
        case 0xED: return second <= 0x9F
        case 0xF0: return second >= 0x90
        case 0xF4: return second <= 0x8F
        default: return true
        }
    }
}
