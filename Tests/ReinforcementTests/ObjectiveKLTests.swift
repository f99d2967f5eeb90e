import Foundation
import Reinforcement
import Testing

/// Estimators of the divergence against closed forms: whole vocabularies are summed, nothing is sampled.
@Suite("Kullback-Leibler estimators")
struct ObjectiveKLTests {
    /// Logits of a policy and a reference over vocabularies of two to seven tokens.
    static let vocabularies: [(policy: [Double], reference: [Double])] = [
        ([0.4, -0.3], [-0.2, 0.9]),
        ([1.5, -0.5, 0.1, -2.2, 0.7], [0.3, 0.2, -1.1, 0.8, -0.4]),
        ([3.0, -3.0, 0.0, 1.0, 0.5, -1.5, 2.0], [-1.0, 2.0, 0.3, 0.3, -2.0, 1.0, 0.0]),
    ]

    @Test("Under the sampling distribution k1 and k3 are the divergence on average")
    func k1AndK3AreUnbiased() {
        for (policy, reference) in Self.vocabularies {
            let exact = divergence(policy, reference)
            #expect(exact > 0.1)
            #expect(abs(expectation(.k1, policy, reference) - exact) < 1e-14)
            #expect(abs(expectation(.k3, policy, reference) - exact) < 1e-14)
        }
    }

    @Test("k2 is off by E[(log q/p)³] / 6 to leading order, so by the third power of the distance")
    func k2IsBiased() {
        for (policy, reference) in Self.vocabularies {
            #expect(abs(expectation(.k2, policy, reference) - divergence(policy, reference)) > 1e-3)
            var before: Double?
            for scale in [1e-1, 0.5e-1, 0.25e-1] {
                let near = zip(policy, reference).map { $0 + scale * ($1 - $0) }
                let bias = expectation(.k2, policy, near) - divergence(policy, near)
                let (p, logs) = (probabilities(policy), logProbabilities(policy))
                let other = logProbabilities(near)
                let third = p.indices.reduce(0) { $0 + p[$1] * pow(logs[$1] - other[$1], 3) } / 6
                #expect(abs(bias / third - 1) < 0.6 * scale * 10)
                if let before { #expect(abs(before / bias - 8) < 1.5) }
                before = bias
            }
        }
        // By hand: q = (3/4, 1/4), p = (1/2, 1/2).
        let (policy, reference) = ([log(3.0), 0], [0.0, 0])
        let k2 = 0.5 * (0.75 * pow(log(1.5), 2) + 0.25 * pow(log(2.0), 2))
        #expect(abs(expectation(.k2, policy, reference) - k2) < 1e-15)
        #expect(abs(expectation(.k1, policy, reference) - (0.75 * log(1.5) - 0.25 * log(2.0))) < 1e-15)
    }

    @Test("k3 is never negative, k1 is of either sign, and each is 0 where the models agree")
    func signs() {
        for difference in stride(from: -5.0, through: 5, by: 0.01) {
            #expect(KLEstimator.k3.value(-7, other: -7 + difference) >= 0)
        }
        #expect(KLEstimator.k1.value(-1, other: -2) == 1 && KLEstimator.k1.value(-2, other: -1) == -1)
        for estimator in KLEstimator.allCases { #expect(abs(estimator.value(-1.3, other: -1.3)) == 0) }
        // Near 0, k3 is d² / 2, which exp(d) - 1 - d would have lost to rounding.
        #expect(relativeDifference(KLEstimator.k3.value(0, other: 1e-6), 0.5e-12) < 1e-6)
    }

    @Test("Derivatives are those of the values")
    func derivatives() {
        for estimator in KLEstimator.allCases {
            for (new, reference) in [(-1.0, -2.5), (-3.0, -0.5), (-0.2, -0.2)] {
                let step = 1e-6
                let difference =
                    (estimator.value(new + step, other: reference) - estimator.value(new - step, other: reference))
                    / (2 * step)
                #expect(abs(difference - estimator.derivative(new, other: reference)) < 1e-8)
            }
        }
    }

    @Test("On average k1 trains nothing, k2 trains KL(policy‖reference), k3 trains KL(reference‖policy)")
    func expectedGradients() {
        for (policy, reference) in Self.vocabularies {
            #expect(expectedGradient(.k1, policy, reference).map(abs).max() ?? 1 < 1e-15)
            #expect(
                relativeDifference(
                    expectedGradient(.k2, policy, reference), gradient(policy) { divergence($0, reference) }) < 1e-7)
            #expect(
                relativeDifference(
                    expectedGradient(.k3, policy, reference), gradient(policy) { divergence(reference, $0) }) < 1e-7)
        }
    }

    @Test("The objective's watched sums are these estimates: of old‖new and of new‖reference")
    func metricsAreTheEstimates() throws {
        let output = ScoredOutput(
            logProbabilities: [-1.0, -2.0], sampledLogProbabilities: [-1.2, -1.5],
            referenceLogProbabilities: [-0.7, -2.6],
            advantage: 1)
        let metrics = try PolicyObjective(.grpo)([output]).metrics
        #expect(abs(metrics.sampledK1.total - (-0.2 + 0.5)) < 1e-15)
        #expect(abs(metrics.sampledK3.total - (exp(0.2) - 1.2 + exp(-0.5) - 0.5)) < 1e-15)
        #expect(abs(metrics.referenceK1.total - (-0.3 + 0.6)) < 1e-15)
        #expect(abs(metrics.referenceK3.total - (exp(0.3) - 1.3 + exp(-0.6) - 0.4)) < 1e-15)
        #expect(metrics.referenceK3.mean == metrics.referenceK3.total / 2)
        #expect(abs(metrics.largestLogRatio - 0.5) < 1e-15 && abs(metrics.largestOutputLogRatio - 0.15) < 1e-15)
    }

    private func logProbabilities(_ logits: [Double]) -> [Double] {
        let total = log(logits.reduce(0) { $0 + exp($1) })
        return logits.map { $0 - total }
    }

    private func probabilities(_ logits: [Double]) -> [Double] { logProbabilities(logits).map { exp($0) } }

    /// `KL(q‖p) = Σ q log(q / p)`.
    private func divergence(_ q: [Double], _ p: [Double]) -> Double {
        zip(logProbabilities(q), logProbabilities(p)).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
    }

    /// `Σ q k`.
    private func expectation(_ estimator: KLEstimator, _ q: [Double], _ p: [Double]) -> Double {
        zip(logProbabilities(q), logProbabilities(p)).reduce(0) { $0 + exp($1.0) * estimator.value($1.0, other: $1.1) }
    }

    /// `Σ_x q(x) k'(x) ∂ log q(x) / ∂ logits`, with `∂ log q(x) / ∂ logit_j = [x = j] - q(j)`.
    private func expectedGradient(_ estimator: KLEstimator, _ q: [Double], _ p: [Double]) -> [Double] {
        let (logs, others, weights) = (logProbabilities(q), logProbabilities(p), probabilities(q))
        return q.indices.map { j in
            q.indices.reduce(0) {
                $0 + weights[$1] * estimator.derivative(logs[$1], other: others[$1]) * (($1 == j ? 1 : 0) - weights[j])
            }
        }
    }

    private func gradient(_ logits: [Double], of function: ([Double]) -> Double) -> [Double] {
        logits.indices.map { index in
            var (up, down) = (logits, logits)
            up[index] += 1e-5
            down[index] -= 1e-5
            return (function(up) - function(down)) / 2e-5
        }
    }
}
