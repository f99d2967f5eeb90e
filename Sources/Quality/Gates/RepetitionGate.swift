/// The text does not run in circles: no loop of words, no sentence or line over and over, no run of one character.
public struct RepetitionGate: QualityGate {
    /// What is still allowed.
    public struct Settings: Sendable, Equatable, Codable {
        /// How many words make up what counts as repeated when it comes again.
        public var ngram = 8
        /// The largest share of words that lie in what has come before.
        public var maxRepeatedShare = 0.3
        /// How often the same sentence of four words or more may stand in the text.
        public var maxSameSentence = 3
        /// How often the same line of four words or more may stand in the text.
        public var maxSameLine = 3
        /// The most words in a row that only go on with a period of at most 16 words.
        public var maxLoopWords = 40
        /// The longest run of one visible character.
        public var maxCharacterRun = 60

        /// The default limits.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case ngram
            case maxRepeatedShare = "max_repeated_share"
            case maxSameSentence = "max_same_sentence"
            case maxSameLine = "max_same_line"
            case maxLoopWords = "max_loop_words"
            case maxCharacterRun = "max_character_run"
        }

        /// Reads the settings; what is not given has its default.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys and impossible values, `DecodingError` on other types.
        public init(from decoder: any Decoder) throws {
            let values = try SettingsKeys<CodingKeys>(decoder, in: "repetition")
            try values.read(&ngram, .ngram, in: 2...100)
            try values.read(&maxRepeatedShare, .maxRepeatedShare, in: 0...1)
            try values.read(&maxSameSentence, .maxSameSentence, in: 1...Int.max)
            try values.read(&maxSameLine, .maxSameLine, in: 1...Int.max)
            try values.read(&maxLoopWords, .maxLoopWords, in: 4...Int.max)
            try values.read(&maxCharacterRun, .maxCharacterRun, in: 2...Int.max)
        }
    }

    /// ``GateKind/repetition``, the name under which it is set and counted.
    public var kind: GateKind { .repetition }
    private let settings: Settings
    private static let longestPeriod = 16

    /// Judges repetition.
    /// - Parameter settings: what is still allowed.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        let text = TextWords(sample.text)
        return characterRun(sample.text) ?? loop(text) ?? repeated(text) ?? same(text) ?? .pass(kind)
    }

    private func characterRun(_ text: String) -> GateVerdict? {
        var (last, length): (Unicode.Scalar, Int) = (" ", 0)
        for scalar in text.unicodeScalars {
            (last, length) = scalar == last ? (last, length + 1) : (scalar, 1)
            guard length > settings.maxCharacterRun, !scalar.properties.isWhitespace else { continue }
            return .rejection(
                kind, "The character “\(scalar)” stands more than \(settings.maxCharacterRun) times in a row.",
                evidence: String(repeating: Character(scalar), count: 8) + "…")
        }
        return nil
    }

    private func loop(_ text: TextWords) -> GateVerdict? {
        let places = text.tokens.indices.filter { text.tokens[$0].isWord }
        let hashes = places.map { WordHash.of(text.tokens[$0].text) }
        for period in 1...Self.longestPeriod where hashes.count > period {
            var length = 0
            for place in period..<hashes.count {
                length = hashes[place] == hashes[place - period] ? length + 1 : 0
                guard length > settings.maxLoopWords else { continue }
                let start = place - length - period + 1
                return .rejection(
                    kind,
                    "More than \(settings.maxLoopWords) words in a row repeat the last \(period == 1 ? "one" : "\(period)").",
                    evidence: text.excerpt(places[start]..<places[min(place, start + 2 * period + 4)] + 1))
            }
        }
        return nil
    }

    private func repeated(_ text: TextWords) -> GateVerdict? {
        let places = text.tokens.indices.filter { text.tokens[$0].isWord }
        let grams = WordHash.grams(places.map { WordHash.of(text.tokens[$0].text) }, settings.ngram)
        var (seen, covered, end, example) = (Set<UInt64>(minimumCapacity: grams.count), 0, 0, 0..<0)
        for (place, gram) in grams.enumerated() where !seen.insert(gram).inserted {
            covered += place + settings.ngram - max(end, place)
            end = place + settings.ngram
            if example.isEmpty { example = places[place]..<places[end - 1] + 1 }
        }
        let share = places.isEmpty ? 0 : Double(covered) / Double(places.count)
        guard share > settings.maxRepeatedShare else { return nil }
        let percent = (share * 100).rounded()
        return .rejection(
            kind,
            "\(Int(percent)) % of the words repeat \(settings.ngram) or more that stood before, as “"
                + "\(text.excerpt(example))”.", evidence: text.excerpt(example))
    }

    private func same(_ text: TextWords) -> GateVerdict? {
        let lines = text.tokens.split(whereSeparator: { $0.kind == .newline }).map { $0.startIndex..<$0.endIndex }
        return most(text.sentences, text, "sentence", settings.maxSameSentence)
            ?? most(lines, text, "line", settings.maxSameLine)
    }

    private func most(_ pieces: [Range<Int>], _ text: TextWords, _ name: String, _ limit: Int) -> GateVerdict? {
        var counts: [UInt64: Int] = [:]
        for piece in pieces {
            var (hash, length): (UInt64, Int) = (WordHash.start, 0)
            for token in text.tokens[piece] where token.isWord {
                hash = WordHash.join(hash, WordHash.of(token.text))
                length += 1
            }
            guard length >= 4 else { continue }
            counts[hash, default: 0] += 1
            guard counts[hash, default: 0] > limit else { continue }
            return .rejection(
                kind, "The same \(name) stands more than \(limit) times in the text: “\(text.excerpt(piece))”.",
                evidence: text.excerpt(piece))
        }
        return nil
    }
}
