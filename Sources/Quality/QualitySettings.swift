/// Which gates a sample must pass, and what each asks for.
public struct QualitySettings: Sendable, Equatable, Codable {
    /// The gates in their order: the first that a sample does not pass is why it is rejected.
    public var gates = GateKind.allCases.filter { $0 != .contamination }
    /// What anchors are asked for.
    public var anchors = AnchorGate.Settings()
    /// What reflection is asked for.
    public var reflection = ReflectionGate.Settings()
    /// Which language is wanted.
    public var language = LanguageGate.Settings()
    /// The limits of length.
    public var length = LengthGate.Settings()
    /// What repetition is allowed.
    public var repetition = RepetitionGate.Settings()
    /// What counts as contaminated.
    public var contamination = ContaminationIndex.Settings()
    /// What counts as nearly the same.
    public var duplicate = NearDuplicateIndex.Settings()

    /// All gates but `contamination`, which needs benchmarks, with their defaults.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case gates, anchors, reflection, language, length, repetition, contamination, duplicate
    }

    /// Reads the settings; what is not given has its default.
    /// - Parameter decoder: where from.
    /// - Throws: ``QualitySettingsError`` on unknown keys and names and impossible values, `DecodingError` on other types.
    public init(from decoder: any Decoder) throws {
        let values = try SettingsKeys<CodingKeys>(decoder, in: "quality")
        var names = gates.map(\.rawValue)
        try values.read(&names, .gates)
        gates = try names.map { name in
            guard let gate = GateKind(rawValue: name) else {
                throw QualitySettingsError.unknownName(name, key: "gate", known: GateKind.allCases.map(\.rawValue))
            }
            return gate
        }
        try values.read(&anchors, .anchors)
        try values.read(&reflection, .reflection)
        try values.read(&language, .language)
        try values.read(&length, .length)
        try values.read(&repetition, .repetition)
        try values.read(&contamination, .contamination)
        try values.read(&duplicate, .duplicate)
    }
}
