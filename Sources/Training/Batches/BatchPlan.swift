import QwenVL
/// Which samples each step of a training takes, and into which passes they are cut: a function of the step's number.
///
/// The samples of epoch after epoch form one endless row of positions, and a step takes the next `batchSize` of them: what an epoch
/// has left over at its end is joined by the beginning of the next, so no sample is lost and every step but the last of all is
/// full. Nothing need be saved but the step's number: going on anywhere costs the order of one epoch.
public struct BatchPlan: Sendable {
    /// How several samples go through the model at once.
    public typealias Layout = QwenVLModel.BatchLayout

    /// What samples of like length are brought together for.
    public enum Grouping: Sendable, Equatable {
        /// For nothing: passes are cut from a step's samples in their order.
        case none
        /// A step's samples are sorted before they are cut into passes.
        case step
        /// The samples of so many steps are sorted and cut into steps, whose order is drawn by chance: as transformers'
        /// `LengthGroupedSampler`, but that it keeps the steps of a window in the order of their lengths.
        case megabatch(steps: Int)
    }

    /// When the training ends.
    public enum Duration: Sendable, Equatable {
        /// After so many steps, all of them full.
        case steps(Int)
        /// When every sample has come so many times; the last step has what is left.
        case epochs(Double)
    }

    /// Samples that go through the model together.
    public struct MicroBatch: Sendable, Equatable {
        /// The samples, by their places in the list of lengths.
        public let samples: [Int]
        /// Tokens of the pass, padding included.
        public let tokens: Int
        /// Tokens that are not padding.
        public let filledTokens: Int
    }

    /// The numbers of a plan.
    public struct Settings: Sendable, Equatable {
        /// Samples of a step.
        public var batchSize: Int
        /// When the training ends.
        public var duration: Duration
        /// How several samples go through the model at once.
        public var layout: Layout
        /// What samples of like length are brought together for.
        public var grouping: Grouping
        /// The most tokens of one pass, padding included; nil for no bound.
        public var microBatchTokens: Int?
        /// The most samples of one pass; nil for no bound.
        public var maximumMicroBatchSize: Int?
        /// What decides the order.
        public var seed: UInt64

        /// The numbers.
        /// - Parameters:
        ///   - batchSize: samples of a step.
        ///   - duration: when the training ends.
        ///   - layout: how several samples go through the model at once.
        ///   - grouping: what samples of like length are brought together for.
        ///   - microBatchTokens: the most tokens of one pass, padding included; nil for no bound.
        ///   - maximumMicroBatchSize: the most samples of one pass; nil for no bound.
        ///   - seed: what decides the order.
        public init(
            batchSize: Int, duration: Duration, layout: Layout = .padded, grouping: Grouping = .step,
            microBatchTokens: Int? = nil, maximumMicroBatchSize: Int? = nil, seed: UInt64 = 1
        ) {
            (self.batchSize, self.duration, self.layout, self.grouping) = (batchSize, duration, layout, grouping)
            (self.microBatchTokens, self.maximumMicroBatchSize) = (microBatchTokens, maximumMicroBatchSize)
            self.seed = seed
        }
    }

    /// What steps and passes hold at most, and how they lie side by side.
    public let settings: Settings
    /// Tokens of every sample.
    public let lengths: [Int]
    /// How many samples all steps take together.
    public let positionCount: Int
    private let order: SampleOrder

    /// A plan.
    /// - Parameters:
    ///   - lengths: tokens of every sample, those of pictures included.
    ///   - settings: the numbers of the plan.
    ///   - index: the sample at a position, from 0 on without end; must give the same at every call. Without it every epoch has the
    ///     samples in an order drawn for it.
    /// - Throws: ``TrainingError/batches(_:)`` if there are no samples, a number is out of range, or a sample has more tokens than
    ///   a pass may have.
    public init(lengths: [Int], _ settings: Settings, index: (@Sendable (Int) -> Int)? = nil) throws {
        (self.lengths, self.settings) = (lengths, settings)
        try Self.check(lengths, settings)
        switch settings.duration {
        case .steps(let count): positionCount = count * settings.batchSize
        case .epochs(let count): positionCount = Int((count * Double(lengths.count)).rounded())
        }
        order = SampleOrder(lengths: lengths, settings, positionCount: positionCount, index: index)
    }

    private static func check(_ lengths: [Int], _ settings: Settings) throws {
        func require(_ holds: Bool, _ problem: String) throws {
            guard holds else { throw TrainingError.batches(problem) }
        }
        try require(!lengths.isEmpty, "there is none")
        try require(settings.batchSize > 0, "a step must have one at least, not \(settings.batchSize)")
        try require(settings.maximumMicroBatchSize ?? 1 > 0, "a pass must have one at least")
        if case .megabatch(let steps) = settings.grouping {
            try require(steps > 0, "those of one step at least are sorted together, not of \(steps)")
        }
        switch settings.duration {
        case .steps(let count): try require(count >= 0, "\(count) steps cannot be made")
        case .epochs(let count):
            try require(count >= 0 && count * Double(lengths.count) < 1e15, "\(count) epochs cannot be made")
        }
        guard let limit = settings.microBatchTokens else { return }
        if let longest = lengths.indices.first(where: { lengths[$0] > limit }) {
            try require(
                false,
                "sample \(longest), counted from 0, has \(lengths[longest]) tokens, and a pass may have \(limit); "
                    + "leave it out, or allow more")
        }
    }

    /// How many steps there are.
    public var stepCount: Int { (positionCount + settings.batchSize - 1) / settings.batchSize }

    /// How often the training has been through all samples before a step.
    /// - Parameter step: counted from 0.
    /// - Returns: epochs, with their fraction.
    public func epochs(before step: Int) -> Double {
        Double(min(step * settings.batchSize, positionCount)) / Double(lengths.count)
    }

    /// The samples of a step, in the order in which they are drawn.
    /// - Parameter step: counted from 0, below ``stepCount``.
    /// - Returns: their places in the list of lengths.
    public func samples(step: Int) -> [Int] {
        precondition((0..<stepCount).contains(step), "step \(step) is none of the plan's \(stepCount)")
        return order.samples(step: step)
    }

    /// The passes of a step; their gradients together are the step's.
    ///
    /// Sorted samples are cut longest first. In packed rows each goes to the first row that has room for it.
    /// - Parameter step: counted from 0, below ``stepCount``.
    /// - Returns: the passes, in the order in which they are to be made.
    public func microBatches(step: Int) -> [MicroBatch] {
        var samples = samples(step: step)
        if settings.grouping != .none { samples = order.sorted(samples) }
        return settings.layout == .padded ? padded(samples) : packed(samples)
    }

    private var mostTokens: Int { settings.microBatchTokens ?? .max }
    private var mostSamples: Int { settings.maximumMicroBatchSize ?? .max }

    private func padded(_ samples: [Int]) -> [MicroBatch] {
        var (result, current, longest): ([[Int]], [Int], Int) = ([], [], 0)
        for sample in samples {
            let width = max(longest, lengths[sample])
            if !current.isEmpty, (current.count + 1) * width > mostTokens || current.count == mostSamples {
                result.append(current)
                (current, longest) = ([], 0)
            }
            current.append(sample)
            longest = max(longest, lengths[sample])
        }
        return (result + [current]).filter { !$0.isEmpty }.map { members in
            MicroBatch(
                samples: members, tokens: members.count * (members.map { lengths[$0] }.max() ?? 0),
                filledTokens: members.reduce(0) { $0 + lengths[$1] })
        }
    }

    private func packed(_ samples: [Int]) -> [MicroBatch] {
        var rows: [(samples: [Int], tokens: Int)] = []
        for sample in samples {
            // In their own order samples go on in the last row only.
            let open = settings.grouping == .none ? max(0, rows.count - 1) : 0
            let place = rows.indices.dropFirst(open).first {
                lengths[sample] <= mostTokens - rows[$0].tokens && rows[$0].samples.count < mostSamples
            }
            if let place {
                rows[place].samples.append(sample)
                rows[place].tokens += lengths[sample]
            } else {
                rows.append(([sample], lengths[sample]))
            }
        }
        return rows.map { MicroBatch(samples: $0.samples, tokens: $0.tokens, filledTokens: $0.tokens) }
    }
}
