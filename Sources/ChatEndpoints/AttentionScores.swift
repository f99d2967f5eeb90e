/// Where an answer's tokens look: the Visual Attention Score in its four forms, and shares of attention.
public struct AttentionScores: Sendable, Equatable, Codable {
    /// The mean of the ratios of every head; nil where not defined, as every number here.
    public var paper: Double?
    /// Masses averaged per layer before they are divided.
    public var pooled: Double?
    /// Masses averaged over heads, per token and layer, before they are divided.
    public var reward: Double?
    /// The exponential of the mean logarithm of the ratios.
    public var geometric: Double?
    /// The share of attention that goes to the pictures, 0...1, mean over layers, heads and tokens.
    public var visualShare: Double?
    /// The share that goes to the system turn, 0...1.
    public var systemShare: Double?

    /// Where an answer's tokens look.
    public init(
        paper: Double? = nil, pooled: Double? = nil, reward: Double? = nil, geometric: Double? = nil,
        visualShare: Double? = nil, systemShare: Double? = nil
    ) {
        self.paper = paper
        self.pooled = pooled
        self.reward = reward
        self.geometric = geometric
        self.visualShare = visualShare
        self.systemShare = systemShare
    }

    private enum CodingKeys: String, CodingKey {
        case paper, pooled, reward, geometric
        case visualShare = "visual_share"
        case systemShare = "system_share"
    }
}
