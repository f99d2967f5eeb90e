import Foundation

/// The clipped loss of one ratio and its derivative.
///
/// `loss = -min(r·A, clip(r, 1 - low, 1 + high)·A)`, and for `A < 0` no more than `-dualClip·A`, with `r = exp(l)`.
///
/// Derivatives at ties are those of PyTorch 2.15: `min` and `max` give half to each of two equal arguments, and `clamp`
/// passes no gradient at its bounds. So a ratio strictly between `1 - low` and `1 + high` has the whole gradient, one
/// that is exactly at a bound or at `dualClip` half of it (a quarter where both are one), one beyond none. In 2.13
/// `clamp` still passed the whole gradient at its bounds, and a ratio at one of them had all of it.
struct ClippedSurrogate {
    /// Which bound took the gradient away.
    enum Bound: Equatable { case none, low, high, dual }

    /// The ratio, with the log ratio clamped if it is to be; infinite where that overflows.
    let ratio: Double
    /// What is to be minimised; infinite where it overflows.
    let loss: Double
    /// The derivative of the loss by the log ratio; 0 where a bound holds, infinite where it overflows.
    let slope: Double
    /// Which bound took the gradient away.
    let bound: Bound

    /// The loss of one ratio.
    /// - Parameters:
    ///   - logRatio: `l`, finite.
    ///   - advantage: `A`, finite. At 0 nothing is lost or gained, however large the ratio.
    ///   - settings: the bounds.
    init(logRatio: Double, advantage: Double, settings: PolicyObjective.Settings) {
        var exponent = logRatio
        var passes = true  // whether the clamp passes the gradient
        if let clamp = settings.logRatioClamp {
            exponent = min(max(logRatio, -clamp), clamp)
            passes = abs(logRatio) < clamp
        }
        ratio = exp(exponent)
        guard advantage != 0 else {
            (loss, slope, bound) = (0, 0, .none)
            return
        }
        let (lowest, highest) = (1 - settings.clipLow, 1 + settings.clipHigh)
        let isInside = lowest < ratio && ratio < highest
        let plain = ratio * advantage
        let clipped = min(max(ratio, lowest), highest) * advantage

        // How much of the gradient reaches the ratio, through either argument of the minimum.
        var share = plain < clipped ? 1 : plain == clipped ? (isInside ? 1 : 0.5) : 0.0
        var loss = -min(plain, clipped)
        var bound = plain > clipped ? (advantage < 0 ? Bound.low : .high) : .none
        if let dualClip = settings.dualClip, advantage < 0 {
            let ceiling = -dualClip * advantage
            if loss > ceiling {
                (loss, share, bound) = (ceiling, 0, .dual)
            } else if loss == ceiling {
                share /= 2
            }
        }
        self.loss = loss
        self.bound = bound
        // An infinite ratio times no share would be NaN.
        slope = share == 0 || !passes ? 0 : -share * plain
    }
}
