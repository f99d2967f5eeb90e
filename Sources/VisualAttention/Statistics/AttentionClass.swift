/// What a model's score makes it, as the paper divides models (arXiv 2603.03825).
public enum AttentionClass: String, Sendable, CaseIterable, Codable {
    /// Below 10.
    case narrow
    /// From 10 to 15, both included.
    case wide
    /// Above 15.
    case panoramic

    /// Where wide begins and ends.
    public static let bounds = (lower: 10.0, upper: 15.0)

    /// The class of a score.
    /// - Parameter score: a Visual Attention Score in the paper's form.
    public init(score: Double) {
        self = score < Self.bounds.lower ? .narrow : score > Self.bounds.upper ? .panoramic : .wide
    }
}
