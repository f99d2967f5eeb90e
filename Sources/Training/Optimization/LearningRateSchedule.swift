/// A learning rate that rises in a line, stays or falls, and ends at a floor.
public struct LearningRateSchedule: Sendable, Equatable {
    /// How the rate goes on after the warm-up.
    public enum Shape: String, Sendable, CaseIterable, Codable {
        /// Down along half a cosine (``CosineSchedule``).
        case cosine
        /// Down in a line, as transformers' `get_linear_schedule_with_warmup` one step on.
        case linear
        /// As it is, as transformers' `get_constant_schedule_with_warmup` one step on.
        case constant
    }

    /// How long the rate rises.
    public enum Warmup: Sendable, Equatable {
        /// So many steps.
        case steps(Int)
        /// So large a share of all steps, rounded up as transformers does.
        case ratio(Double)
    }

    /// How the rate goes on after the warm-up.
    public var shape: Shape
    /// The largest rate.
    public var peak: Double
    /// How long the rate rises.
    public var warmup: Warmup
    /// The step at which the rate has come down.
    public var steps: Int
    /// The share of the peak that it comes down to, after the last step; a constant rate does not.
    public var floor: Double

    /// A schedule.
    /// - Parameters:
    ///   - shape: how the rate goes on after the warm-up.
    ///   - peak: the largest rate.
    ///   - warmup: how long the rate rises.
    ///   - steps: the step at which the rate has come down.
    ///   - floor: the share of the peak that it comes down to.
    public init(_ shape: Shape, peak: Double, warmup: Warmup, steps: Int, floor: Double = 0) {
        (self.shape, self.peak, self.warmup, self.steps, self.floor) = (shape, peak, warmup, steps, floor)
    }

    /// The schedule of a cosine.
    /// - Parameter cosine: its numbers.
    public init(_ cosine: CosineSchedule) {
        self.init(
            .cosine, peak: cosine.peak, warmup: .steps(cosine.warmupSteps), steps: cosine.steps, floor: cosine.floor)
    }

    /// Steps until the largest rate is reached.
    public var warmupSteps: Int {
        switch warmup {
        case .steps(let count): count
        case .ratio(let share): Int((share * Double(steps)).rounded(.up))
        }
    }

    /// The rate of a step.
    /// - Parameter step: counted from 0; the first step of a warm-up of n has a rate of 1/n of the peak.
    /// - Returns: the rate.
    public func rate(_ step: Int) -> Double {
        let cosine = CosineSchedule(peak: peak, warmupSteps: warmupSteps, steps: steps, floor: floor)
        if shape == .cosine || step < cosine.warmupSteps { return cosine.rate(step) }
        if shape == .constant { return peak }
        return peak * (floor + (1 - floor) * (1 - cosine.progress(step)))
    }
}
