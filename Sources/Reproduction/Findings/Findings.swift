import Foundation
import Statistics

/// The numbers of a study: what its report says, without times, places and machines, so that a repeated study can be compared with it.
public struct Findings: Codable, Sendable, Equatable {
    /// The study's name.
    public let title: String
    /// How many seeds were planned.
    public let seeds: Int
    /// The form of the score that the ladder and the correlation go by.
    public let score: String
    /// Every checkpoint of every seed of which something was measured, in the order of the study.
    public let checkpoints: [Checkpoint]
    /// Score against accuracy over all of them; nil until it is there.
    public let correlation: Correlation?

    /// A value with its interval over samples.
    public struct Score: Codable, Sendable, Equatable {
        /// The value; nil where it is not defined.
        public let value: Double?
        /// The lower end of its 95 % interval.
        public let low: Double?
        /// The upper end.
        public let high: Double?
    }

    /// Attention in a layer.
    public struct Layer: Codable, Sendable, Equatable {
        /// Shares of the attention of the user's tokens, in 0...1, by the role of what is looked at.
        public let visual, system, user, response, marker: Double
        /// The mean of the ratios of its heads.
        public let vas: Double?
    }

    /// Answers to a set of questions.
    public struct SetResult: Codable, Sendable, Equatable {
        /// The set's short name.
        public let set: String
        /// Its name.
        public let title: String
        /// Its single score, in percent.
        public let percent: Double?
        /// How many answers are right.
        public let right: Int
        /// Of how many.
        public let count: Int
    }

    /// Where the tokens of answers look, between two places in the answer.
    public struct Stretch: Codable, Sendable, Equatable {
        /// The first place, counted from 0.
        public let from: Int
        /// The place behind the last.
        public let to: Int
        /// How many tokens lie there.
        public let tokens: Int
        /// The geometric mean of their scores; a few tokens that hardly look at the system turn would decide any other.
        public let score: Double
    }

    /// Answers under one condition of an exam.
    public struct Condition: Codable, Sendable, Equatable {
        /// picture, shuffled, blind and so on.
        public let name: String
        /// How many are right.
        public let right: Int
        /// Of how many.
        public let count: Int
        /// The share that could be read, in 0...1.
        public let readable: Double?
    }

    /// Answers under one intervention.
    public struct Intervention: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The share of right answers, in 0...1, with Wilson's interval.
        public let accuracy, low, high: Double?
        /// The share of the answers that differ from those without it, in 0...1.
        public let changed: Double?
        /// Of how many.
        public let count: Int
        /// The scores of the question's tokens by form.
        public let scores: [String: Score]
        /// Whether the answer to each question was right, in the order of the questions, 1 or 0.
        public let verdicts: [Double]
    }

    /// A checkpoint of one seed.
    public struct Checkpoint: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// What the report calls it.
        public let title: String
        /// The seed; nil for one that was there.
        public let seed: Int?
        /// The parts of the method that it has.
        public let parts: [String]
        /// The checkpoint that it was made of.
        public let start: String?
        /// The score of the user's tokens by form: paper, pooled, reward, geometric.
        public let scores: [String: Score]?
        /// How many heads look at the picture more than a thousand times as much as at the system turn.
        public let extremeHeads: Int?
        /// Attention layer by layer.
        public let layers: [Layer]?
        /// Sets of questions.
        public let sets: [SetResult]?
        /// The mean of the sets' scores, in percent.
        public let accuracy: Double?
        /// Whether the answer to each question was right, in the order of the sets, 1 or 0, or between for several answers.
        public let verdicts: [Double]?
        /// The mean length of an answer in tokens.
        public let answerTokens: Double?
        /// The pooled score of the answers' tokens, the mean over answers.
        public let answerScore: Double?
        /// The score along the answers.
        public let stretches: [Stretch]?
        /// The exam.
        public let exam: [Condition]?
        /// What a guess would get, in 0...1: without looking, the likeliest answer.
        public let guess: Double?
        /// Interventions.
        public let interventions: [Intervention]?
    }

    /// Score against accuracy.
    public struct Correlation: Codable, Sendable, Equatable {
        /// How many checkpoints.
        public let count: Int
        /// Pearson's coefficient with its two-sided p-value.
        public let pearson, pearsonP: Double
        /// Spearman's coefficient.
        public let spearman: Double
        /// The bootstrap interval of Pearson's coefficient, over runs.
        public let low, high: Double?
        /// Over the means of the rungs, and over what is left when they are taken away.
        public let between, within: Double?
        /// The line of least squares.
        public let slope, intercept: Double
        /// What a reader must know beside it.
        public let notes: [String]
    }

    /// The checkpoints of a name, seed by seed.
    /// - Parameter name: the name.
    /// - Returns: none if nothing was measured of it.
    public func checkpoints(_ name: String) -> [Checkpoint] { checkpoints.filter { $0.name == name } }

    /// The mean over seeds of something that the checkpoints of a name have.
    /// - Parameters:
    ///   - name: the checkpoints' name.
    ///   - value: what; nil where one does not have it.
    /// - Returns: nil if none has it.
    public func mean(_ name: String, _ value: (Checkpoint) -> Double?) -> SeedMean? {
        SeedMean(checkpoints(name).compactMap(value))
    }

    /// What one checkpoint has more than another, seed by seed; one without a seed stands beside every seed.
    /// - Parameters:
    ///   - name: the checkpoint.
    ///   - other: the one that it is compared with.
    ///   - value: what.
    /// - Returns: nil if no seed has both.
    public func difference(_ name: String, over other: String, _ value: (Checkpoint) -> Double?) -> SeedMean? {
        let others = checkpoints(other)
        return SeedMean(
            checkpoints(name).compactMap { checkpoint in
                guard
                    let beside = others.first(where: { $0.seed == checkpoint.seed })
                        ?? others.first(where: { $0.seed == nil }),
                    let one = value(checkpoint), let another = value(beside)
                else { return nil }
                return one - another
            })
    }

    /// The interval of the difference in accuracy between two checkpoints over other questions of the same kind: answers to the same
    /// question are paired, and averaged over seeds.
    /// - Parameters:
    ///   - name: the checkpoint.
    ///   - other: the one that it is compared with.
    /// - Returns: in percent; nil if they did not answer the same questions.
    public func questionInterval(_ name: String, over other: String) -> ClosedRange<Double>? {
        guard let one = meanVerdicts(name), let another = meanVerdicts(other) else { return nil }
        return Self.interval(one, over: another)
    }

    /// The paired bootstrap interval of a difference over questions.
    /// - Parameters:
    ///   - verdicts: how often each question was answered right.
    ///   - others: the same of what it is compared with.
    /// - Returns: in percent; nil if they are not of the same questions.
    public static func interval(_ verdicts: [Double], over others: [Double]) -> ClosedRange<Double>? {
        guard verdicts.count == others.count else { return nil }
        return Bootstrap().interval(ofMeanOf: zip(verdicts, others).map { ($0 - $1) * 100 }).map { $0.low...$0.high }
    }

    /// How often each question was answered right, over seeds.
    private func meanVerdicts(_ name: String) -> [Double]? {
        let all = checkpoints(name).compactMap(\.verdicts)
        guard let first = all.first, all.allSatisfy({ $0.count == first.count }) else { return nil }
        return first.indices.map { index in all.reduce(0) { $0 + $1[index] } / Double(all.count) }
    }
}
