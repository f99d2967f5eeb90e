import Foundation

/// The attention of many samples: shares by group and layer, and the score, averaged over samples.
public struct AttentionSummary: Sendable {
    private var shareSums: [[Double]] = []
    private var scores: [VisualAttentionScore] = []
    private var scoresWithoutFirst: [VisualAttentionScore] = []
    /// Samples without a query that can see a picture; they count for nothing else.
    public private(set) var skipped = 0

    /// A summary of nothing.
    public init() {}

    /// Samples counted.
    public var count: Int { scores.count }

    /// Counts a sample in.
    /// - Parameter mass: what its queries pay to each group.
    public mutating func add(_ mass: AttentionMass) {
        guard let score = VisualAttentionScore(mass), let without = VisualAttentionScore(mass, countsFirstToken: false)
        else {
            skipped += 1
            return
        }
        if shareSums.isEmpty {
            let empty = [Double](repeating: 0, count: RoleGroup.allCases.count)
            shareSums = [[Double]](repeating: empty, count: mass.layerCount)
        }
        for layer in 0..<mass.layerCount {
            for group in RoleGroup.allCases { shareSums[layer][group.rawValue] += mass.share(of: group, layer: layer) }
        }
        scores.append(score)
        scoresWithoutFirst.append(without)
    }

    /// Number of decoder layers seen.
    public var layerCount: Int { shareSums.count }

    /// The mean share of a group in a layer: over heads and queries, then over samples.
    public func share(of group: RoleGroup, layer: Int) -> Double {
        shareSums[layer][group.rawValue] / Double(max(1, count))
    }

    /// The score, averaged over samples; nil without samples.
    /// - Parameter countsFirstToken: false to leave position 0, the attention sink, out of the system turn.
    /// - Returns: the mean over samples.
    public func score(countsFirstToken: Bool = true) -> VisualAttentionScore? {
        VisualAttentionScore(meanOf: countsFirstToken ? scores : scoresWithoutFirst)
    }
}

extension VisualAttentionScore {
    /// The mean of the scores of some samples, of the geometric form the geometric mean, each over the samples in which it is
    /// defined; nil without samples.
    /// - Parameter scores: one per sample, all of one model.
    public init?(meanOf scores: [VisualAttentionScore]) {
        guard let first = scores.first else { return nil }
        func mean(_ part: (VisualAttentionScore) -> Double) -> Double {
            let defined = scores.map(part).filter(\.isFinite)
            return defined.isEmpty ? .nan : defined.reduce(0, +) / Double(defined.count)
        }
        self = first
        paper = mean(\.paper)
        pooled = mean(\.pooled)
        reward = mean(\.reward)
        geometric = exp(mean { log($0.geometric) })
        perLayer = first.perLayer.indices.map { layer in mean { $0.perLayer[layer] } }
        extremeHeads = mean(\.extremeHeads)
        undefinedRatios = scores.reduce(0) { $0 + $1.undefinedRatios }
    }
}
