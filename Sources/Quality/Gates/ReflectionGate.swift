/// The thought checks itself: at least `minimum` sentences verify, doubt or correct something ("let me check", "wait",
/// "to verify", "on second thought"), and say what, for the bare words are no reflection.
public struct ReflectionGate: QualityGate {
    /// What is asked for.
    public struct Settings: Sendable, Equatable, Codable {
        /// The fewest sentences that reflect.
        public var minimum = 1

        /// At least one sentence must check something.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable { case minimum }

        /// Reads the settings; what is not given has its default.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys and impossible values, `DecodingError` on other types.
        public init(from decoder: any Decoder) throws {
            try SettingsKeys<CodingKeys>(decoder, in: "reflection").read(&minimum, .minimum, in: 0...1_000)
        }
    }

    /// ``GateKind/reflection``, the name under which it is set and counted.
    public var kind: GateKind { .reflection }
    private let settings: Settings

    /// Judges reflection.
    /// - Parameter settings: what is asked for.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        let (found, bare) = Self.find(in: sample.thought)
        guard found.count < settings.minimum else { return .pass(kind) }
        let rest = bare.first.map { "; “\($0)” says nothing" } ?? ""
        return .rejection(
            kind,
            "The thought checks itself in \(found.count) sentence\(found.count == 1 ? "" : "s"), wanted are "
                + "\(settings.minimum)\(rest).",
            evidence: bare.first ?? found.first)
    }

    /// The sentences of a text that reflect.
    /// - Parameter text: a thought.
    /// - Returns: them, cut where they are long.
    public static func reflections(in text: String) -> [String] { find(in: text).found }

    private static func find(in text: String) -> (found: [String], bare: [String]) {
        let words = TextWords(text)
        let sentences = words.sentences
        var (found, bare) = ([String](), [String]())
        for (number, sentence) in sentences.enumerated() {
            let tokens = words.tokens[sentence].map(\.text)
            guard let cue = ReflectionCue.length(in: tokens) else { continue }
            let own = words.tokens[sentence].count { $0.isWord && !ReflectionCue.bare.contains($0.text) } - cue
            var (isSaid, end) = (own >= 3, sentence.upperBound)
            if !isSaid, number + 1 < sentences.count {
                // `Wait. The green one is behind the red one.`
                let next = words.tokens[sentences[number + 1]].map(\.text)
                isSaid = next.count >= 5 && !ReflectionCue.isAnswer(next) && ReflectionCue.length(in: next) == nil
                if isSaid { end = sentences[number + 1].upperBound }
            }
            if isSaid {
                found.append(words.excerpt(sentence.lowerBound..<end))
            } else {
                bare.append(words.excerpt(sentence))
            }
        }
        return (found, bare)
    }
}
