import Foundation

/// Estimators of a Kullback-Leibler divergence from the two log-probabilities of one sampled token.
///
/// For a token `x` drawn from `q`, another distribution `p`, and `d = log p(x) - log q(x)`
/// (J. Schulman, "Approximating KL Divergence", 2020, http://joschu.net/blog/kl-approx.html):
///
/// | | value | expectation under `q` |
/// |---|---|---|
/// | `k1` | `-d` | `KL(q‖p)` |
/// | `k2` | `d² / 2` | biased: `KL(q‖p) + E[(-d)³] / 6` to leading order |
/// | `k3` | `exp(d) - 1 - d` | `KL(q‖p)`, never negative |
///
/// In the loss `q` is the policy and `p` the reference, and what trains is the expectation of the *gradient*, which is
/// another matter. For tokens drawn from the policy it is 0 for `k1`, the gradient of `KL(q‖p)` for `k2`, and the
/// gradient of the other direction, `KL(p‖q)`, for `k3`. GRPO (arXiv 2402.03300, equation 4), TRL and the published
/// AVAR script (`low_var_kl`) use `k3`.
public enum KLEstimator: String, Sendable, Equatable, Codable, CaseIterable {
    /// `-d`: unbiased, of either sign, without a gradient on average.
    case k1
    /// `d² / 2`: biased, but its gradient is that of the divergence.
    case k2
    /// `exp(d) - 1 - d`: unbiased and never negative.
    case k3

    /// The estimate.
    /// - Parameters:
    ///   - logProbability: `log q(x)`, of the distribution that `x` was drawn from.
    ///   - other: `log p(x)`.
    /// - Returns: the estimate in nats; infinite for `k3` where `log p(x) - log q(x)` is above 709.7.
    public func value(_ logProbability: Double, other: Double) -> Double {
        value(difference: other - logProbability)
    }

    /// The derivative of the estimate by `log q(x)`: 1 for `k1`, `-d` for `k2`, `1 - exp(d)` for `k3`.
    /// - Parameters:
    ///   - logProbability: `log q(x)`, of the distribution that `x` was drawn from.
    ///   - other: `log p(x)`.
    /// - Returns: the derivative; infinite for `k3` where `log p(x) - log q(x)` is above 709.7.
    public func derivative(_ logProbability: Double, other: Double) -> Double {
        derivative(difference: other - logProbability)
    }

    /// The estimate from `d`.
    ///
    /// `expm1` keeps the digits that `exp(d) - 1` would lose near 0.
    func value(difference: Double) -> Double {
        switch self {
        case .k1: -difference
        case .k2: difference * difference / 2
        case .k3: expm1(difference) - difference
        }
    }

    /// The derivative by `log q(x)`, from `d`.
    func derivative(difference: Double) -> Double {
        switch self {
        case .k1: 1
        case .k2: -difference
        case .k3: -expm1(difference)
        }
    }
}
