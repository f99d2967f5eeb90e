import Foundation

/// The ways in which a mean of ratios can be taken, see ``VisualAttentionScore``.
public enum ScoreForm: String, Sendable, CaseIterable, Codable {
    /// Mean of the ratios of every head and query (arXiv 2603.03825).
    case paper
    /// Per layer, masses averaged over heads and queries, then divided.
    case pooled
    /// Per query and layer, masses averaged over heads, then divided: what the reward pays.
    case reward
    /// Exponential of the mean logarithm of the ratios.
    case geometric
}

/// A score in the four forms; a form that is not defined is nil, as where nothing goes to the system turn.
///
/// The reward's form has 1e-6 in its denominator and is always defined: where nothing goes to the system turn it is large and
/// means nothing.
public struct ScoreForms: Sendable, Equatable, Codable {
    /// See ``ScoreForm/paper``.
    public var paper: Double?
    /// See ``ScoreForm/pooled``.
    public var pooled: Double?
    /// See ``ScoreForm/reward``.
    public var reward: Double?
    /// See ``ScoreForm/geometric``.
    public var geometric: Double?

    /// The forms of a score that are finite.
    /// - Parameter score: the score of one sample.
    public init(_ score: VisualAttentionScore) {
        paper = score.paper.finite
        pooled = score.pooled.finite
        reward = score.reward.finite
        geometric = score.geometric.finite
    }

    /// The score in a form that is chosen while the program runs; nil where it is not defined.
    public subscript(form: ScoreForm) -> Double? {
        switch form {
        case .paper: paper
        case .pooled: pooled
        case .reward: reward
        case .geometric: geometric
        }
    }
}

/// What one layer's queries pay to each part of the conversation: mean shares in 0...1, and the score.
public struct LayerAttention: Sendable, Equatable, Codable {
    /// The share of the system turn, position 0 included.
    public var system: Double
    /// Of the system turn's share what the first token has, the usual attention sink.
    public var first: Double
    /// The share of the visual tokens of all pictures.
    public var visual: Double
    /// Text of the user's turns.
    public var user: Double
    /// Text of the assistant's turns.
    public var response: Double
    /// The share of what belongs to no part: headers, markers of turns, marks round pictures.
    public var marker: Double
    /// The score in the paper's form; nil if not defined.
    public var vas: Double?

    /// The attention of a layer.
    /// - Parameters:
    ///   - vas: the score in the paper's form, if it is defined.
    ///   - share: the mean share of a group.
    public init(vas: Double?, share: (RoleGroup) -> Double) {
        system = share(.system)
        first = share(.system) - share(.systemWithoutFirst)
        visual = share(.visual)
        user = share(.user)
        response = share(.response)
        marker = share(.marker)
        self.vas = vas?.finite
    }
}

extension AttentionMass {
    /// Layer by layer what the queries pay to each part of the conversation, and their score.
    /// - Parameter score: of these masses.
    /// - Returns: one for each layer.
    public func layers(_ score: VisualAttentionScore) -> [LayerAttention] {
        (0..<layerCount).map { layer in
            LayerAttention(vas: score.perLayer[layer]) { share(of: $0, layer: layer) }
        }
    }
}

extension Double {
    /// The number if it is one, else nil.
    var finite: Double? { isFinite ? self : nil }
}
