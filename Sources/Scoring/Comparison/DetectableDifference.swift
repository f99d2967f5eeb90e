/// The difference in accuracy that a run of some size finds with 80 % power, at a significance of 5 % on both sides.
///
/// What is smaller than this may well be there, and a run of this size would mostly not show it.
public struct DetectableDifference: Sendable, Equatable, Codable {
    /// How it was found.
    public enum Basis: String, Sendable, Codable {
        /// From the share of questions on which the two models differ.
        case paired
        /// From the accuracies alone, as if the models had answered different questions.
        case unpaired
    }

    /// The difference, as a share in 0...1.
    public let difference: Double
    /// How it was found.
    public let basis: Basis
    /// How many questions the run counts for: fewer than it has where questions belong together.
    public let effectiveCount: Double

    /// What a comparison of two models on the same questions could find.
    ///
    /// With the share `ψ` of questions on which they differ, the difference `δ` solves `n = (z sqrt(ψ) + y sqrt(ψ - δ²))² / δ²`, `z` and `y`
    /// the quantiles of 97.5 % and 80 % (Connor, 1987). It is never more than `ψ`: a run so small that even that would not be found has
    /// none.
    /// - Parameters:
    ///   - discordant: questions that only one of the models answered right.
    ///   - count: questions.
    ///   - designEffect: how many times larger the variance is than if no questions belonged together.
    /// - Returns: nil if the models differ nowhere or the run is too small.
    public static func paired(discordant: Int, of count: Int, designEffect: Double = 1) -> DetectableDifference? {
        guard discordant > 0, count >= discordant, designEffect > 0 else { return nil }
        let share = Double(discordant) / Double(count), effective = Double(count) / designEffect
        func needed(_ difference: Double) -> Double {
            let root =
                NormalQuantile.twoSided95 * share.squareRoot()
                + NormalQuantile.power80 * max(0, share - difference * difference).squareRoot()
            return root * root / (difference * difference)
        }
        guard needed(share) <= effective else { return nil }
        var (low, high) = (0.0, share)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if needed(middle) > effective { low = middle } else { high = middle }
        }
        return DetectableDifference(difference: high, basis: .paired, effectiveCount: effective)
    }

    /// What a comparison of two models could find if they answered different questions: `(z + y) sqrt(2 p (1 - p) / n)`.
    /// - Parameters:
    ///   - accuracy: the accuracy `p` of both, as a share in 0...1; their mean if they differ.
    ///   - count: questions that each of them answered.
    ///   - designEffect: how many times larger the variance is than if no questions belonged together.
    /// - Returns: nil without questions, and if all or none are right.
    public static func unpaired(accuracy: Double, of count: Int, designEffect: Double = 1) -> DetectableDifference? {
        guard count > 0, accuracy > 0, accuracy < 1, designEffect > 0 else { return nil }
        let effective = Double(count) / designEffect
        let difference =
            (NormalQuantile.twoSided95 + NormalQuantile.power80)
            * (2 * accuracy * (1 - accuracy) / effective).squareRoot()
        return DetectableDifference(difference: min(1, difference), basis: .unpaired, effectiveCount: effective)
    }
}
