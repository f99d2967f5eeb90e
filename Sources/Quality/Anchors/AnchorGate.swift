/// The thought looks back at the picture: at least `minimum` sentences each look at something that the description or
/// the question names.
///
/// "Look back at the triangle" counts if there is a triangle; "look at the image again" does not. A sentence counts once.
public struct AnchorGate: QualityGate {
    /// What is asked for.
    public struct Settings: Sendable, Equatable, Codable {
        /// The fewest anchors.
        public var minimum = 2

        /// At least two sentences must look at the picture.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable { case minimum }

        /// Reads the settings; what is not given has its default.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys and impossible values, `DecodingError` on other types.
        public init(from decoder: any Decoder) throws {
            try SettingsKeys<CodingKeys>(decoder, in: "anchors").read(&minimum, .minimum, in: 0...1_000)
        }
    }

    /// A sentence that looks at something.
    public struct Anchor: Sendable, Equatable, Codable {
        /// The sentence, cut where it is long.
        public let sentence: String
        /// What it looks at, as a word of the description or the question.
        public let thing: String
    }

    /// ``GateKind/anchors``, the name under which it is set and counted.
    public var kind: GateKind { .anchors }
    private let settings: Settings

    /// Judges anchors.
    /// - Parameter settings: what is asked for.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        let found = Self.anchors(in: sample.thought, describedBy: [sample.description, sample.asked])
        guard found.count < settings.minimum else { return .pass(kind) }
        let things = found.map(\.thing).joined(separator: ", ")
        let looked = found.isEmpty ? "at nothing" : "only at \(things)"
        return .rejection(
            kind,
            "The thought looks \(looked) of what is in the picture: \(found.count) visual anchors, "
                + "wanted are \(settings.minimum).",
            evidence: found.first?.sentence)
    }

    /// The visual anchors of a text.
    /// - Parameters:
    ///   - text: a thought.
    ///   - texts: the description and the question, which say what is in the picture.
    /// - Returns: a sentence each.
    public static func anchors(in text: String, describedBy texts: [String]) -> [Anchor] {
        let nouns = PictureNouns(texts)
        let words = TextWords(text)
        return words.sentences.compactMap { sentence in
            guard let thing = AnchorSentence(words.tokens[sentence], nouns).thing else { return nil }
            return Anchor(sentence: words.excerpt(sentence), thing: thing)
        }
    }
}
