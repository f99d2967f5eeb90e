/// The text is in the language wanted, all of it: by its scripts, and in Latin letters by the commonest words, as a whole
/// and in every stretch of 40 words.
///
/// Formulas are no language: what stands between dollars, behind a backslash, in capitals only or in one or two letters
/// without being a common word says nothing, and a text with fewer than ten other words is judged by its script alone.
public struct LanguageGate: QualityGate {
    /// What is wanted.
    public struct Settings: Sendable, Equatable, Codable {
        /// The language that the text must be in.
        public var language = Language.english
        /// The least share of words in its scripts; a Chinese or Japanese character counts as half a word.
        public var minScriptShare = 0.97

        /// Texts must be in English.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case language
            case minScriptShare = "min_script_share"
        }

        /// Reads the settings; what is not given has its default.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys, languages and impossible values, `DecodingError` on other
        ///   types.
        public init(from decoder: any Decoder) throws {
            let values = try SettingsKeys<CodingKeys>(decoder, in: "language")
            var name = language.rawValue
            try values.read(&name, .language)
            guard let language = Language(rawValue: name) else {
                throw QualitySettingsError.unknownName(name, key: "language", known: Language.allCases.map(\.rawValue))
            }
            self.language = language
            try values.read(&minScriptShare, .minScriptShare, in: 0...1)
        }
    }

    /// ``GateKind/language``, the name under which it is set and counted.
    public var kind: GateKind { .language }
    private let settings: Settings
    private static let window = 40

    /// Judges the language.
    /// - Parameter settings: what is wanted.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        let text = TextWords(sample.text)
        let places = LanguageWords.places(text)
        return script(text, places) ?? words(text, places) ?? .pass(kind)
    }

    // MARK: By the script

    private func script(_ text: TextWords, _ places: [Int]) -> GateVerdict? {
        let wanted = settings.language.scripts
        var (all, own, kana, foreign): (Double, Double, Double, Int?) = (0, 0, 0, nil)
        for place in places {
            let token = text.tokens[place]
            guard let scalar = token.text.unicodeScalars.first else { continue }
            let script = Script(scalar)
            // A letter of Greek is a formula, and a letter with a mark of its own kind is not told apart.
            if script == .other || script == .greek && token.text.unicodeScalars.count <= 2 && !wanted.contains(.greek)
            {
                continue
            }
            let weight = token.kind == .ideograph ? 0.5 : 1
            all += weight
            if script == .kana { kana += weight }
            if wanted.contains(script) { own += weight } else if foreign == nil { foreign = place }
        }
        guard all > 0 else { return nil }
        if let foreign, own / all < settings.minScriptShare {
            let percent = Int((100 * (all - own) / all).rounded(.up))
            return .rejection(
                kind,
                "\(percent) % of the words are not in the letters of \(settings.language.title): “"
                    + "\(excerpt(text, from: foreign))”.", evidence: excerpt(text, from: foreign))
        }
        if settings.language == .japanese, all >= 10, kana / all < 0.1, let first = places.first {
            return .rejection(
                kind, "The text has hardly any kana, so it is no Japanese.", evidence: excerpt(text, from: first))
        }
        return nil
    }

    private func excerpt(_ text: TextWords, from place: Int) -> String {
        text.excerpt(place..<min(place + 12, text.tokens.count), limit: 80)
    }

    // MARK: By the words

    private func words(_ text: TextWords, _ places: [Int]) -> GateVerdict? {
        guard Language.byWords.contains(settings.language) else { return nil }
        let latin = places.filter { text.tokens[$0].kind == .word }
        guard latin.count >= 10 else { return nil }
        if let other = other(text, latin[...], least: 0.12) { return other }
        var start = 0
        while latin.count > Self.window, start < latin.count {
            // The last stretch is as long as the others.
            let begin = min(start, latin.count - Self.window)
            if let other = other(text, latin[begin..<begin + Self.window], least: 0.25) { return other }
            start += Self.window / 2
        }
        return nil
    }

    /// The verdict if a language fits a stretch clearly better than the one wanted.
    private func other(_ text: TextWords, _ places: ArraySlice<Int>, least: Double) -> GateVerdict? {
        let shares = Language.byWords.map { language in
            let common = Self.common[language] ?? []
            let count = places.count { common.contains(text.tokens[$0].text) }
            return (language: language, share: Double(count) / Double(places.count))
        }
        let own = shares.first { $0.language == settings.language }?.share ?? 0
        guard let best = shares.max(by: { $0.share < $1.share }), let first = places.first else { return nil }
        guard best.language != settings.language, best.share >= least, best.share > 1.5 * own else { return nil }
        let words = excerpt(text, from: first)
        return .rejection(
            kind, "A part of the text is \(best.language.title), not \(settings.language.title): “\(words)”.",
            evidence: words)
    }

    private static let common = Dictionary(uniqueKeysWithValues: Language.byWords.map { ($0, $0.commonWords) })
}
