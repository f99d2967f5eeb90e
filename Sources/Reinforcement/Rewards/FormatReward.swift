import Scoring

/// 1 if a response is one thought and one answer, else 0: `<think>...</think><answer>...</answer>`.
///
/// There is nothing but white space before, between and behind them, neither is empty, and neither tag comes a second
/// time, not even within a block. Each fault is counted under its name. The published code allows further tags within
/// the blocks.
public struct FormatReward: RewardPart {
    /// Why a response has another form.
    public typealias Fault = ResponseForm.Fault

    /// Under which it is logged.
    public let name: String
    /// By which its values are multiplied.
    public let weight: Double
    /// It looks at the form only.
    public var judgesFormOnly: Bool { true }

    /// Pays the form.
    /// - Parameters:
    ///   - name: under which it is logged.
    ///   - weight: by which its values are multiplied.
    public init(name: String = "format", weight: Double = 0.1) { (self.name, self.weight) = (name, weight) }

    /// Looks at the rollouts of one update.
    /// - Parameter batch: the rollouts.
    /// - Returns: 1 or 0 for each.
    public func evaluate(_ batch: RewardBatch) -> RewardValues {
        let faults = batch.inputs.map { Self.fault(in: $0.response) }
        var counts = Dictionary(uniqueKeysWithValues: Fault.allCases.map { ($0.rawValue, 0) })
        for case let fault? in faults { counts[fault.rawValue, default: 0] += 1 }
        return RewardValues(faults.map { $0 == nil ? 1 : 0 }, counts: counts)
    }

    /// What is wrong with the form of a response.
    /// - Parameter response: the text, tags kept.
    /// - Returns: the first fault; nil if there is none.
    public static func fault(in response: String) -> Fault? { ResponseForm.fault(in: response) }
}
