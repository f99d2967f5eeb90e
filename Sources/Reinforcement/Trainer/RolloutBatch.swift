import QwenVL
import Training

/// The rollouts of an iteration as its updates need them: what is carried if a training is ended between two of them.
struct RolloutBatch: Codable {
    /// One rollout.
    struct Item: Codable {
        var problem: Int
        var tokenIDs: [Int]
        var logProbabilities: [Double]
        /// Under the reference model; nil without one.
        var referenceLogProbabilities: [Double]?
        var advantage: Double
        /// Whether its tokens take part.
        var takesPart: Bool
    }

    /// The iteration, from 0.
    var iteration: Int
    var items: [Item]
    /// How many problems were drawn up to the end of this batch, those that were replaced among them.
    var drawn: Int
    /// How many updates have been made of it.
    var updatesDone = 0
}

/// What an iteration's rollouts are, for people: kept as a line of JSON each.
public struct KeptRollout: Codable, Sendable {
    /// The iteration, counted from 1.
    public var iteration: Int
    /// Which problem of the ``ProblemSet`` it answers, counted from 0.
    public var problem: Int
    /// Where it lies.
    public var place: String
    /// Which of the group's answers, counted from 0.
    public var sample: Int
    /// What it was drawn with.
    public var seed: UInt64
    /// The answer's text.
    public var text: String
    /// Numbers of the answer's tokens, with the end token unless it was cut.
    public var tokenIDs: [Int]
    /// The answer that is known.
    public var answer: String
    /// What was understood of the answer; nil if nothing was.
    public var extracted: String?
    /// Whether the reading found the known answer in it.
    public var isRight: Bool
    /// Whether it was cut at the limit.
    public var isCut: Bool
    /// The sum of the parts, each times its weight.
    public var reward: Double
    /// Its parts by name, before their weights.
    public var parts: [String: Double]
    /// How much better than its group it was paid, as the update took it (``Advantages``).
    public var advantage: Double
    /// The pooled score of its tokens.
    public var vas: Double?

    private enum CodingKeys: String, CodingKey {
        case iteration, problem, place, sample, seed, text, answer, extracted, reward, parts, advantage, vas
        case tokenIDs = "token_ids"
        case isRight = "is_right"
        case isCut = "is_cut"
    }
}
