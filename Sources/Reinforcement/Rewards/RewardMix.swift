import Scoring

/// The reward of a rollout: the sum of its parts, each multiplied by its weight.
///
/// `r = Σ_p w_p r_p`; as published `r_accuracy + 0.3 r_visual + 0.1 r_format` (arXiv 2603.03825).
public struct RewardMix: Sendable {
    /// What is added up, each part under a name of its own.
    public let parts: [any RewardPart]
    /// How answers are read.
    public let reading: any AnswerReading

    /// A value further from zero than this is taken for a mistake.
    public static let largestValue = 1e12

    /// Mixes parts.
    /// - Parameters:
    ///   - parts: at least one, each of another name.
    ///   - reading: how answers are read.
    /// - Throws: ``RewardError/setting(_:)`` if there are none, if two share a name, or if a weight is no number.
    public init(_ parts: [any RewardPart], reading: any AnswerReading = StrictReading()) throws {
        guard !parts.isEmpty else { throw RewardError.setting("A reward needs at least one part") }
        for (index, part) in parts.enumerated() {
            guard part.weight.isFinite, abs(part.weight) <= Self.largestValue else {
                throw RewardError.setting("The weight of the reward '\(part.name)' is \(part.weight); give a number")
            }
            guard !part.name.isEmpty else { throw RewardError.setting("A part of the reward has no name") }
            guard !parts[..<index].contains(where: { $0.name == part.name }) else {
                throw RewardError.setting("Two parts of the reward are called '\(part.name)'; rename one")
            }
        }
        (self.parts, self.reading) = (parts, reading)
    }

    /// The published mix: accuracy, 0.3 of the visual part and 0.1 of the format.
    public static var published: RewardMix {
        RewardMix(checked: [AccuracyReward(), VisualReward(), FormatReward()])
    }

    private init(checked parts: [any RewardPart]) { (self.parts, reading) = (parts, StrictReading()) }

    /// Rewards the rollouts of one update; the parts are asked at the same time.
    /// - Parameter inputs: the rollouts.
    /// - Returns: the rewards, with what each part said.
    /// - Throws: what a part throws, ``RewardError/values(part:problem:)`` if one gives too few values or one that is
    ///   no number, `CancellationError`.
    public func evaluate(_ inputs: [RewardInput]) async throws -> RewardReport {
        let batch = RewardBatch(inputs, reading: reading)
        guard !inputs.isEmpty else {
            return RewardReport(batch, zip(parts, parts.map { _ in RewardValues([]) }).map(RewardReport.Part.init))
        }
        let values = try await withThrowingTaskGroup(of: (Int, RewardValues).self) { group in
            for (index, part) in parts.enumerated() {
                group.addTask { (index, try await part.evaluate(batch)) }
            }
            var values = parts.map { _ in RewardValues([]) }
            for try await (index, found) in group { values[index] = found }
            return values
        }
        for (part, values) in zip(parts, values) { try Self.check(values, of: part.name, for: batch) }
        return RewardReport(batch, zip(parts, values).map(RewardReport.Part.init))
    }

    /// The last look at values before they reach an update, whoever made them.
    private static func check(_ values: RewardValues, of part: String, for batch: RewardBatch) throws {
        let (found, wanted) = (values.values.count, batch.inputs.count)
        guard found == wanted else {
            throw RewardError.values(part: part, problem: RewardWords.lengths(found, "value", wanted))
        }
        for (value, input) in zip(values.values, batch.inputs) where !(abs(value) <= largestValue) {
            throw RewardError.values(part: part, problem: "the value of \(input.place) is \(value)")
        }
        for (name, numbers) in values.details where numbers.count != wanted {
            throw RewardError.values(
                part: part, problem: RewardWords.lengths(numbers.count, "number", wanted) + " (\(name))")
        }
    }
}
