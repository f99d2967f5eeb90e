/// The thought is neither short nor long, in words, characters and tokens.
public struct LengthGate: QualityGate {
    /// Limits, both included; nil where there is none.
    public struct Settings: Sendable, Equatable, Codable {
        /// The fewest words (Chinese and Japanese characters count each).
        public var minWords: Int? = 30
        /// The most words.
        public var maxWords: Int? = 2_000
        /// The fewest characters, as Unicode scalars.
        public var minCharacters: Int?
        /// The most characters, as Unicode scalars.
        public var maxCharacters: Int?
        /// The fewest tokens, as estimated.
        public var minTokens: Int?
        /// The most tokens, as estimated.
        public var maxTokens: Int? = 4_096

        /// The default limits: 30 to 2,000 words and at most 4,096 tokens.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case minWords = "min_words"
            case maxWords = "max_words"
            case minCharacters = "min_characters"
            case maxCharacters = "max_characters"
            case minTokens = "min_tokens"
            case maxTokens = "max_tokens"
        }

        /// Reads the limits; what is not given has its default, null is no limit.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys and impossible values, `DecodingError` on other types.
        public init(from decoder: any Decoder) throws {
            let values = try SettingsKeys<CodingKeys>(decoder, in: "length")
            try values.read(&minWords, .minWords, in: 0...Int.max)
            try values.read(&maxWords, .maxWords, in: 1...Int.max)
            try values.read(&minCharacters, .minCharacters, in: 0...Int.max)
            try values.read(&maxCharacters, .maxCharacters, in: 1...Int.max)
            try values.read(&minTokens, .minTokens, in: 0...Int.max)
            try values.read(&maxTokens, .maxTokens, in: 1...Int.max)
        }

        /// Writes all limits: null where there is none.
        /// - Parameter encoder: where to.
        /// - Throws: what the encoder throws.
        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(minWords, forKey: .minWords)
            try values.encode(maxWords, forKey: .maxWords)
            try values.encode(minCharacters, forKey: .minCharacters)
            try values.encode(maxCharacters, forKey: .maxCharacters)
            try values.encode(minTokens, forKey: .minTokens)
            try values.encode(maxTokens, forKey: .maxTokens)
        }
    }

    /// ``GateKind/length``, the name under which it is set and counted.
    public var kind: GateKind { .length }
    private let settings: Settings

    /// Judges the length.
    /// - Parameter settings: the limits.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        let thought = sample.thought
        let words = TextWords(thought)
        let measures = [
            (words.tokens.count(where: \.isWord), "word", settings.minWords, settings.maxWords),
            (thought.unicodeScalars.count, "character", settings.minCharacters, settings.maxCharacters),
            (Self.tokens(words), "token", settings.minTokens, settings.maxTokens),
        ]
        for (count, unit, least, most) in measures {
            let counted = "\(count) \(unit)\(count == 1 ? "" : "s")"
            if let least, count < least {
                return .rejection(kind, "The thought has \(counted), fewer than \(least).", evidence: counted)
            }
            if let most, count > most {
                return .rejection(kind, "The thought has \(counted), more than \(most).", evidence: counted)
            }
        }
        return .pass(kind)
    }

    /// About how many tokens a byte-level vocabulary makes of a text.
    ///
    /// One for each begun nine letters of a word (English words are mostly whole tokens), for each digit, character of
    /// Chinese or Japanese, mark and line; other scripts by three bytes. An estimate: no tokenizer is asked.
    private static func tokens(_ words: TextWords) -> Int {
        words.tokens.reduce(0) { sum, token in
            let count = token.text.utf8.count
            let isASCII = token.text.utf8.allSatisfy { $0 < 0x80 }
            switch token.kind {
            case .word: return sum + (isASCII ? (count + 8) / 9 : (count + 2) / 3)
            case .number: return sum + count
            case .ideograph, .mark, .newline: return sum + 1
            }
        }
    }
}
