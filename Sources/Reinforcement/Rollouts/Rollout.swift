import QwenVL
import RandomNumbers
import VisualAttention

/// An answer that the policy drew, with everything that was recorded on the way.
public struct Rollout: Sendable {
    /// Which problem of the ``ProblemSet`` it answers, counted from 0.
    public var problem: Int
    /// Which of the group's answers, counted from 0.
    public var sample: Int
    /// What it was drawn with: the same seed gives the same tokens, alone or in a batch.
    public var seed: UInt64
    /// The answer's tokens, with the end token unless it was cut.
    public var tokenIDs: [Int]
    /// The same in words, without special tokens.
    public var text: String
    /// Whether it was cut at the limit of its length.
    public var isCut: Bool
    /// The log-probability of each token under the policy that drew it, at its temperature and without banned tokens, in nats.
    public var logProbabilities: [Double]
    /// Where its tokens looked, no tokens for an answer of one, which has no row; nil without a picture.
    public var masses: VisualMasses?
    /// The Visual Attention Score of its tokens in the pooled form; nil without a picture.
    public var vas: Double?
}

/// Draws answers: groups that share one reading of the prompt and one copy of its cache, several prompts together.
public struct RolloutEngine {
    /// How answers are drawn.
    public struct Settings: Sendable, Equatable {
        /// Answers to each problem.
        public var groupSize: Int
        /// What logits are divided by, above 0.
        public var temperature: Double
        /// Only the likeliest tokens of this probability together are drawn from, which log-probabilities do not know of.
        public var topP: Double
        /// The most tokens of an answer.
        public var maximumNewTokens: Int
        /// How many problems are answered together.
        public var problemsTogether: Int
        /// From which every rollout's own seed is made.
        public var seed: UInt64

        /// How answers are drawn.
        public init(
            groupSize: Int = 8, temperature: Double = 1, topP: Double = 1, maximumNewTokens: Int = 512,
            problemsTogether: Int = 4, seed: UInt64 = 0
        ) {
            (self.groupSize, self.temperature, self.topP) = (groupSize, temperature, topP)
            (self.maximumNewTokens, self.problemsTogether, self.seed) = (maximumNewTokens, problemsTogether, seed)
        }
    }

    /// The model, whose parameters may change between calls.
    public let assistant: VisualAssistant
    /// How answers are drawn.
    public let settings: Settings

    /// An engine that draws from the model as it is at each call.
    public init(_ assistant: VisualAssistant, settings: Settings) {
        (self.assistant, self.settings) = (assistant, settings)
    }

    /// Tokens that are never drawn, nor counted in any probability.
    public var bannedTokenIDs: Set<Int> { assistant.model.configuration.visualMarkIDs }

    /// The seed of a group's first rollout; the others follow it.
    /// - Parameters:
    ///   - problem: which problem.
    ///   - iteration: in which iteration of a training.
    ///   - occurrence: how often the iteration has drawn answers to it before.
    /// - Returns: a number that readers of JSON keep whole.
    public func seed(problem: Int, iteration: Int, occurrence: Int = 0) -> UInt64 {
        var random =
            occurrence == 0
            ? SplitMix64(settings.seed, UInt64(iteration), UInt64(problem))
            : SplitMix64(settings.seed, UInt64(iteration), UInt64(problem), UInt64(occurrence))
        // Below the greatest number that readers of JSON keep whole.
        return random.next() >> 12
    }

    /// Draws a group for each problem.
    /// - Parameters:
    ///   - problems: which problems, with their prompts.
    ///   - iteration: in which iteration of a training.
    ///   - earlier: how often the iteration has drawn answers to a problem before: another group is drawn with other seeds.
    ///   - shouldStop: asked at every token; true ends the work.
    /// - Returns: the groups in the order of the problems; nil if it was ended.
    /// - Throws: `QwenVLError` if a prompt leaves no room, `TorchError` if memory is short.
    public func groups(
        _ problems: [(index: Int, input: ModelInput)], iteration: Int, earlier: [Int: Int] = [:],
        shouldStop: () -> Bool = { false }
    ) throws -> [[Rollout]]? {
        var (groups, occurrences) = ([[Rollout]](), earlier)
        let seeds = problems.map { problem in
            let before = occurrences[problem.index, default: 0]
            occurrences[problem.index] = before + 1
            return seed(problem: problem.index, iteration: iteration, occurrence: before)
        }
        for start in stride(from: 0, to: problems.count, by: settings.problemsTogether) {
            let part = start..<min(start + settings.problemsTogether, problems.count)
            let questions = part.map { question(problems[$0].input, seed: seeds[$0]) }
            var stops = false
            let answers = try assistant.answer(questions) { _ in
                stops = stops || shouldStop()
                return !stops
            }
            if stops { return nil }
            for (place, answers) in zip(part, answers) {
                groups.append(
                    try answers.enumerated().map { sample, answer in
                        try Self.rollout(
                            answer, problem: problems[place].index, sample: sample, seed: seeds[place] &+ UInt64(sample)
                        )
                    })
            }
        }
        return groups
    }

    /// Draws one rollout again, alone.
    /// - Parameters:
    ///   - rollout: as it was drawn; nothing but its problem and its seed is looked at.
    ///   - input: the prompt of its problem.
    /// - Returns: the same, if the model is the same.
    /// - Throws: as ``groups(_:iteration:earlier:shouldStop:)``.
    public func replayed(_ rollout: Rollout, input: ModelInput) throws -> Rollout {
        var question = question(input, seed: rollout.seed)
        question.samples = 1
        let answer = try assistant.answer([question])[0][0]
        return try Self.rollout(answer, problem: rollout.problem, sample: rollout.sample, seed: rollout.seed)
    }

    private func question(_ input: ModelInput, seed: UInt64) -> Question {
        var options = assistant.options(maxNewTokens: settings.maximumNewTokens)
        options.sampling = SamplingOptions(
            temperature: settings.temperature, topP: settings.topP, seed: seed, bannedTokenIDs: bannedTokenIDs)
        options.wantsLogProbabilities = true
        return Question(input, options: options, samples: settings.groupSize)
    }

    private static func rollout(_ answer: Answer, problem: Int, sample: Int, seed: UInt64) throws -> Rollout {
        let (generation, mass) = (answer.generation, try answer.answerAttention())
        let isCut = generation.finishReason != .stop
        return Rollout(
            problem: problem, sample: sample, seed: seed, tokenIDs: generation.tokenIDs, text: answer.text,
            isCut: isCut,
            logProbabilities: generation.logProbabilities,
            masses: mass.map { VisualMasses($0) }
                ?? (answer.input.roles.contains(.image)
                    ? VisualMasses(layers: 0, tokens: 0, image: [], system: []) : nil),
            vas: mass.flatMap { VisualAttentionScore($0)?.pooled })
    }
}

extension VisualMasses {
    /// The masses of an answer's tokens, averaged over heads.
    init(_ mass: AttentionMass) {
        func means(_ group: RoleGroup) -> [Float] {
            (0..<mass.layerCount).flatMap { layer in
                (0..<mass.queryCount).map { query in
                    let sum = (0..<mass.headCount).reduce(0.0) { $0 + mass[layer, $1, query, group] }
                    return Float(sum / Double(mass.headCount))
                }
            }
        }
        self.init(
            layers: mass.layerCount, tokens: mass.queryCount, image: means(.visual), system: means(.system))
    }
}

extension ModelInput {
    /// The prompt with an answer behind it, as a teacher-forced pass reads it.
    /// - Parameter tokenIDs: of the answer, with the token that ends it.
    /// - Returns: the whole; the answer's tokens have the role `response`.
    /// - Throws: `QwenVLError.input` if there is no answer.
    package func answered(by tokenIDs: [Int]) throws -> ModelInput {
        guard !tokenIDs.isEmpty else { throw QwenVLError.input("The answer has no tokens") }
        return appending(tokenIDs)
    }

    /// The prompt with several answers behind it, each as if it were alone: the prompt is read once for all of them.
    /// - Parameter answers: the tokens of each, with the token that ends it.
    /// - Returns: the whole; the answers are branches, and their tokens have the role `response`.
    /// - Throws: `QwenVLError.input` if an answer has no tokens, or there is none.
    package func answered(byEach answers: [[Int]]) throws -> ModelInput {
        guard !answers.isEmpty, answers.allSatisfy({ !$0.isEmpty }) else {
            throw QwenVLError.input("The answer has no tokens")
        }
        var input = appending(answers.flatMap { $0 })
        input.branches = answers.map(\.count)
        return input
    }
}
