/// The three stages of visual-anchored reflection data (VARD, arXiv 2603.03825), in their order.
public enum Stage: String, Codable, Sendable, CaseIterable {
    /// A description of the picture, rich enough to stand for it: global scan, elements, their links, synthesis.
    case description
    /// Reasoning from the description alone, which checks itself.
    case reasoning
    /// The reasoning with visual anchors woven in, so that it reads as direct perception.
    case anchors

    /// Whether the picture is sent without being asked for.
    var needsPicture: Bool { self == .description }
}
