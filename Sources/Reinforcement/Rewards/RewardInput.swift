import Scoring

/// A rollout as rewards see it: what was asked, what is right, what was answered, and where the answer looked.
public struct RewardInput: Sendable, Equatable {
    /// The number of its group: the rollouts of one question.
    public var group: Int
    /// Its number within the group.
    public var sample: Int
    /// The question as the data has it.
    public var problem: String
    /// The right answer as the data has it.
    public var answer: String
    /// What kind of answer is asked for, where the data says so.
    public var kind: Exercise.Kind?
    /// The options, where the data has them beside the problem.
    public var choices: [Exercise.Choice]
    /// What was answered, tags kept.
    public var response: String
    /// How many tokens that is, the end token included.
    public var responseLength: Int
    /// Whether the response reached the limit of its length before it ended.
    public var isCut: Bool
    /// Where its tokens looked; nil if there is no picture.
    public var masses: VisualMasses?

    /// A rollout as rewards see it.
    public init(
        group: Int, sample: Int, problem: String, answer: String, kind: Exercise.Kind? = nil,
        choices: [Exercise.Choice] = [], response: String, responseLength: Int, isCut: Bool = false,
        masses: VisualMasses? = nil
    ) {
        (self.group, self.sample) = (group, sample)
        (self.problem, self.answer, self.kind, self.choices) = (problem, answer, kind, choices)
        (self.response, self.responseLength, self.isCut) = (response, responseLength, isCut)
        self.masses = masses
    }

    /// What messages call it.
    var place: String { "sample \(sample) of group \(group)" }
}

/// Where the tokens of a response looked: per layer and token the attention on the picture and on the system turn,
/// averaged over heads.
///
/// The row of a token is that of the position that holds it. The last token of a rollout is never a query, so that
/// there is one row less than there are tokens.
public struct VisualMasses: Sendable, Equatable {
    /// Decoder layers, all of the model's.
    public let layers: Int
    /// The number of tokens that have a row.
    public let tokens: Int
    /// The mass on the picture, `[layers][tokens]`, each in 0...1.
    public let image: [Float]
    /// The mass on the system turn, `[layers][tokens]`, each in 0...1.
    public let system: [Float]

    /// Where the tokens of a response looked.
    /// - Parameters:
    ///   - layers: the number of layers.
    ///   - tokens: the number of tokens that have a row.
    ///   - image: the mass on the picture, `[layers][tokens]`.
    ///   - system: the mass on the system turn, `[layers][tokens]`.
    public init(layers: Int, tokens: Int, image: [Float], system: [Float]) {
        precondition(
            image.count == layers * tokens && system.count == layers * tokens,
            "Masses of \(layers) layers and \(tokens) tokens need \(layers * tokens) numbers on either side.")
        (self.layers, self.tokens, self.image, self.system) = (layers, tokens, image, system)
    }

    /// The mean over tokens and layers of image mass over system mass.
    ///
    /// It is the `reward` form of the Visual Attention Score:
    ///
    /// `mean_t mean_l ( image[l,t] / (system[l,t] + ε) )`
    /// - Parameters:
    ///   - chosen: the layers, counted from 0, each below ``layers``; nil means all.
    ///   - epsilon: keeps the ratio finite.
    /// - Returns: the ratio; nil if there is no token or no layer.
    public func ratio(layers chosen: [Int]? = nil, epsilon: Double = 1e-6) -> Double? {
        let chosen = chosen ?? Array(0..<layers)
        guard tokens > 0, !chosen.isEmpty else { return nil }
        var sum = 0.0
        for layer in chosen {
            for place in layer * tokens..<(layer + 1) * tokens {
                sum += Double(image[place]) / (Double(system[place]) + epsilon)
            }
        }
        return sum / Double(tokens * chosen.count)
    }

    /// Whether every mass is a number from 0 to 1, up to rounding.
    var isSound: Bool {
        // A comparison with NaN is false.
        let range: ClosedRange<Float> = -1e-3...1.001
        return image.allSatisfy(range.contains) && system.allSatisfy(range.contains)
    }
}
