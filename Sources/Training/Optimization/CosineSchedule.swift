import Foundation

/// A learning rate that rises in a line and falls along half a cosine to a floor.
///
/// transformers' `get_cosine_schedule_with_warmup` one step on: there the first step of a warm-up has a rate of 0, here none is lost.
public struct CosineSchedule: Sendable, Equatable {
    /// The largest rate.
    public var peak: Double
    /// Steps until it is reached.
    public var warmupSteps: Int
    /// The step at which the rate has come down.
    public var steps: Int
    /// The share of the peak that it comes down to, after the last step.
    public var floor: Double

    /// A schedule.
    /// - Parameters:
    ///   - peak: the largest rate.
    ///   - warmupSteps: steps until it is reached.
    ///   - steps: the step at which the rate has come down.
    ///   - floor: the share of the peak that it comes down to.
    public init(peak: Double, warmupSteps: Int, steps: Int, floor: Double = 0) {
        (self.peak, self.warmupSteps, self.steps, self.floor) = (peak, warmupSteps, steps, floor)
    }

    /// The rate of a step.
    /// - Parameter step: counted from 0; the first step of a warm-up of n has a rate of 1/n of the peak.
    /// - Returns: the rate.
    public func rate(_ step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps) }
        return peak * (floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress(step))))
    }

    /// How far a step is on the way from the end of the warm-up to the last step, 0 to 1.
    func progress(_ step: Int) -> Double {
        min(1, Double(step - warmupSteps) / Double(max(1, steps - warmupSteps)))
    }
}
