import Foundation

/// What a right answer is paid for looking at the picture (arXiv 2603.03825).
///
/// `r_visual = 0` if the answer is wrong, else `mean_t mean_l ( image[l,t] / (system[l,t] + ε) )`, the masses averaged
/// over heads, `t` over the tokens of the response but the last, `l` over the chosen layers, `ε = 1e-6`. The published
/// code has no gate and one ratio of totals over all queries; this is the form of the paper.
///
/// It counts `no_picture` and `no_tokens` (a response of one token has no row), both paid nothing, and logs the ratio
/// itself of every rollout, right or wrong, as its detail `ratio`.
public struct VisualReward: RewardPart {
    /// What becomes of the ratio before it is paid.
    ///
    /// Nothing is paid without a picture and, unless the gate is open, for wrong answers.
    public enum Form: Sendable, Equatable {
        /// The ratio itself, which has no bound: at a score of 19 it dwarfs the accuracy.
        case paper
        /// The ratio, at most this.
        case clipped(at: Double)
        /// `tanh(ratio / scale)`, in 0...1.
        case tanh(scale: Double)
        /// The place among the paid rollouts of the group, from 0 for the lowest ratio to 1 for the highest, equal ones
        /// in the middle of their places; 0.5 for the only one. The mean over the paid rollouts of a group is always
        /// 0.5.
        case rank
        /// `(ratio - mean) / (std + 1e-6)` over the paid rollouts of the batch, std with n - 1; 0 for the only one.
        /// Half of them are negative: at a weight of 0.3 a right answer that looks away is paid less than one, though
        /// seldom less than a wrong one.
        case batchNormalized
    }

    /// Under which it is logged.
    public let name: String
    /// By which its values are multiplied.
    public let weight: Double
    /// What becomes of the ratio.
    public let form: Form
    /// Whether wrong answers are paid nothing.
    public let isGated: Bool
    /// The layers, counted from 0; nil means all.
    public let layers: [Int]?

    /// The constant below the fraction.
    public static let epsilon = 1e-6

    /// Pays for looking at the picture, as published.
    public init() { (name, weight, form, isGated, layers) = ("visual", 0.3, .paper, true, nil) }

    /// Pays for looking at the picture.
    /// - Parameters:
    ///   - name: under which it is logged.
    ///   - weight: by which its values are multiplied.
    ///   - form: what becomes of the ratio.
    ///   - isGated: whether wrong answers are paid nothing.
    ///   - layers: the layers, counted from 0; nil means all.
    /// - Throws: ``RewardError/setting(_:)`` if no layer is chosen or one twice, or a bound or a scale is not above 0.
    public init(
        name: String = "visual", weight: Double = 0.3, form: Form = .paper, isGated: Bool = true, layers: [Int]? = nil
    ) throws {
        switch form {
        case .clipped(let value) where !(value > 0 && value.isFinite):
            throw RewardError.setting("The reward '\(name)' is clipped at \(value); give a number above 0")
        case .tanh(let scale) where !(scale > 0 && scale.isFinite):
            throw RewardError.setting("The scale of the reward '\(name)' is \(scale); give a number above 0")
        default: break
        }
        if let layers {
            guard !layers.isEmpty, layers.allSatisfy({ $0 >= 0 }), Set(layers).count == layers.count else {
                throw RewardError.setting(
                    "The layers of the reward '\(name)' are \(layers); give each once, counted from 0")
            }
        }
        (self.name, self.weight, self.form, self.isGated, self.layers) = (name, weight, form, isGated, layers)
    }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: one value for each.
    /// - Throws: ``RewardError/values(part:problem:)`` if a mass is no number, ``RewardError/setting(_:)`` if there is
    ///   no such layer.
    public func evaluate(_ batch: RewardBatch) throws -> RewardValues {
        let ratios = try batch.inputs.map(ratio)
        let paid = batch.inputs.indices.filter { ratios[$0] != nil && (!isGated || batch.isRight($0)) }
        var values = batch.inputs.map { _ in 0.0 }
        switch form {
        case .paper: pay(paid) { $0 }
        case .clipped(let most): pay(paid) { min($0, most) }
        case .tanh(let scale): pay(paid) { Foundation.tanh($0 / scale) }
        case .rank:
            let paid = Set(paid)
            for group in batch.groups {
                let places = group.places.filter(paid.contains)
                let ranks = Self.ranks(places.map { ratios[$0] ?? 0 })
                for (place, rank) in zip(places, ranks) { values[place] = rank }
            }
        case .batchNormalized:
            let scores = Self.standardized(paid.map { ratios[$0] ?? 0 })
            for (place, score) in zip(paid, scores) { values[place] = score }
        }
        func pay(_ places: [Int], _ change: (Double) -> Double) {
            for place in places { values[place] = change(ratios[place] ?? 0) }
        }
        return RewardValues(
            values,
            counts: [
                "no_picture": batch.inputs.count { $0.masses == nil },
                "no_tokens": batch.inputs.count { $0.masses?.tokens == 0 },
            ], details: ["ratio": ratios])
    }

    /// The ratio of a rollout; nil without a picture or a token.
    private func ratio(_ input: RewardInput) throws -> Double? {
        guard let masses = input.masses else { return nil }
        if let missing = layers?.first(where: { $0 >= masses.layers }) {
            throw RewardError.setting(
                "The reward '\(name)' asks for layer \(missing), and there are \(masses.layers), counted from 0")
        }
        guard masses.isSound else {
            throw RewardError.values(
                part: name,
                problem: "an attention mass of \(input.place) is not from 0 to 1; the weights may be damaged")
        }
        return masses.ratio(layers: layers, epsilon: Self.epsilon)
    }

    /// Places from 0 to 1, those of equal values averaged.
    private static func ranks(_ values: [Double]) -> [Double] {
        guard values.count > 1 else { return values.map { _ in 0.5 } }
        return values.map { value in
            let (below, equal) = (values.count { $0 < value }, values.count { $0 == value })
            return (Double(below) + Double(equal - 1) / 2) / Double(values.count - 1)
        }
    }

    private static func standardized(_ values: [Double]) -> [Double] {
        guard values.count > 1 else { return values.map { _ in 0 } }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(values.count - 1)).squareRoot()
        return values.map { ($0 - mean) / (deviation + 1e-6) }
    }
}
