import Foundation
import Reinforcement
import Testing

/// What make_objective.py wrote: batches, and what PyTorch finds of them.
struct ObjectiveFixture: Decodable {
    struct Output: Decodable {
        var new: [Double]
        var old: [Double]
        var reference: [Double]
        var mask: [Bool]?
        var advantage: Double
    }

    struct Settings: Decodable {
        var clip_low: Double
        var clip_high: Double
        var dual_clip: Double?
        var ratio_level: PolicyObjective.RatioLevel
        var aggregation: String
        var length: Int?
        var kl_coefficient: Double
        var kl_estimator: KLEstimator
        var log_ratio_clamp: Double?
    }

    struct Metrics: Decodable {
        var tokens: Int
        var outputs: Int
        var low: [Int]
        var high: [Int]
        var dual: [Int]
        var ratio: Double
        var ratios: Int
        var largest: Double
        var largest_output: Double
        var sampled_k1: Double
        var sampled_k3: Double
        var reference_k1: Double
        var reference_k3: Double
    }

    struct Case: Decodable {
        var name: String
        var batch: String
        var settings: Settings
        var uses_reference: Bool
        var outputs: Int
        var tokens: Int
        var loss: Double
        var policy_loss: Double
        var kl_loss: Double
        var gradients: [[Double]]
        var metrics: Metrics
    }

    var batches: [String: [Output]]
    var cases: [Case]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/reinforcement")

    static func read() throws -> ObjectiveFixture {
        try JSONDecoder().decode(
            ObjectiveFixture.self, from: Data(contentsOf: folder.appendingPathComponent("objective.json")))
    }

    func outputs(_ batch: String, withReference: Bool = true) throws -> [ScoredOutput] {
        try #require(batches[batch]).map {
            ScoredOutput(
                logProbabilities: $0.new, sampledLogProbabilities: $0.old,
                referenceLogProbabilities: withReference ? $0.reference : nil, mask: $0.mask, advantage: $0.advantage)
        }
    }
}

extension PolicyObjective.Settings {
    init(_ fixture: ObjectiveFixture.Settings) throws {
        let aggregation: PolicyObjective.Aggregation =
            switch fixture.aggregation {
            case "sequence_mean": .sequenceMean
            case "token_mean": .tokenMean
            default: .constantLength(try #require(fixture.length))
            }
        self.init(
            clipLow: fixture.clip_low, clipHigh: fixture.clip_high, dualClip: fixture.dual_clip,
            ratioLevel: fixture.ratio_level, aggregation: aggregation, klCoefficient: fixture.kl_coefficient,
            klEstimator: fixture.kl_estimator, logRatioClamp: fixture.log_ratio_clamp)
    }
}

/// The largest difference, by the largest magnitude of the reference; infinite where shapes differ or a number is NaN.
func relativeDifference(_ found: [[Double]], _ reference: [[Double]]) -> Double {
    guard found.map(\.count) == reference.map(\.count) else { return .infinity }
    return relativeDifference(Array(found.joined()), Array(reference.joined()))
}

func relativeDifference(_ found: [Double], _ reference: [Double]) -> Double {
    guard found.count == reference.count, !found.isEmpty, !found.contains(where: \.isNaN) else { return .infinity }
    let scale = reference.map(abs).max() ?? 0
    let difference = zip(found, reference).map { abs($0 - $1) }.max() ?? .infinity
    return difference == 0 ? 0 : difference / max(scale, 1e-300)
}

func relativeDifference(_ found: Double, _ reference: Double) -> Double { relativeDifference([found], [reference]) }

/// What an expression throws, in words.
func sentence(of body: () throws -> Void) -> String {
    do { try body() } catch { return error.localizedDescription }
    return "nothing was thrown"
}
