// A form that is not defined, as where nothing goes to the system turn, is left out of the JSON, and is no number here.

extension VisualAttentionScore: Codable {
    private enum CodingKeys: String, CodingKey {
        case paper, pooled, reward, geometric, perLayer, extremeHeads, undefinedRatios
    }

    /// Reads a score; what is left out is not a number.
    /// - Parameter decoder: where to read from.
    /// - Throws: `DecodingError` if a number is missing that is always there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func form(_ key: CodingKeys) throws -> Double {
            try container.decodeIfPresent(Double.self, forKey: key) ?? .nan
        }
        paper = try form(.paper)
        pooled = try form(.pooled)
        reward = try form(.reward)
        geometric = try form(.geometric)
        perLayer = try container.decode([Double?].self, forKey: .perLayer).map { $0 ?? .nan }
        extremeHeads = try container.decode(Double.self, forKey: .extremeHeads)
        undefinedRatios = try container.decode(Int.self, forKey: .undefinedRatios)
    }

    /// Writes a score without what is not finite.
    /// - Parameter encoder: where to write to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(paper.finite, forKey: .paper)
        try container.encodeIfPresent(pooled.finite, forKey: .pooled)
        try container.encodeIfPresent(reward.finite, forKey: .reward)
        try container.encodeIfPresent(geometric.finite, forKey: .geometric)
        try container.encode(perLayer.map(\.finite), forKey: .perLayer)
        try container.encode(extremeHeads, forKey: .extremeHeads)
        try container.encode(undefinedRatios, forKey: .undefinedRatios)
    }
}
