import Foundation
import QwenVL
import Samples

/// Data of a supervised training, all of them checked before its first step.
///
/// Every sample is parsed, its pictures are read, its conversation is tokenized. What is kept of a sample is where it lies and how long
/// it is; pictures and texts are read again when their step comes, so that data larger than memory do no harm.
///
///     let data = try ColdStartData(
///         [WeightedSource(SampleFiles.source("data.jsonl"))], processor: processor,
///         settings: DataSettings(maximumTokens: 4096, onBadSample: .skip))
///     let plan = try data.plan(seed: 1)
///     let inputs = try plan.indices(at: 0..<8).map(data.input)
public struct ColdStartData: Sendable {
    /// A sample that is learned from.
    public struct Entry: Sendable {
        /// The source it belongs to, counted from 0.
        public let source: Int
        /// Its tokens, those of the template included.
        public let tokens: Int
        /// Those that stand for pictures.
        public let visualTokens: Int
        /// Those that are learned: of every assistant turn, with the tokens that end them.
        public let responseTokens: Int
        /// Whether it has a system turn, its own or another.
        public let hasSystem: Bool
        /// Where it lies.
        let entry: SampleEntry

        /// The line, item or row in its file, counted from 1.
        public var number: Int { entry.number }
        /// For messages: `Line 3 of data.jsonl`.
        public var place: String { entry.place }
        /// Whether it has a picture.
        public var hasImage: Bool { visualTokens > 0 }
    }

    /// A sample that was skipped.
    public struct Problem: Sendable, Equatable {
        /// Where it lies: `Line 3 of data.jsonl`.
        public let place: String
        /// What is wrong with it, a sentence.
        public let problem: String
    }

    /// Samples that were left out because they are longer than the limit.
    public struct TooLong: Sendable, Equatable {
        /// How many there are.
        public internal(set) var count = 0
        /// Where the first few lie.
        public internal(set) var places: [String] = []
    }

    /// Where samples come from.
    public let sources: [WeightedSource]
    /// How they are taken.
    public let settings: DataSettings
    /// The samples that are learned from, source after source, each in its own order.
    public let entries: [Entry]
    /// The samples that were skipped, in the same order.
    public let problems: [Problem]
    /// The samples that were left out because they are longer than the limit.
    public let tooLong: TooLong
    /// Changes with any byte of the data files, and with the size of any picture file.
    public let fingerprint: String
    private let processor: QwenVLProcessor

    /// Checks data, on all processors.
    /// - Parameters:
    ///   - sources: where samples come from.
    ///   - processor: makes tokens and patches of them.
    ///   - settings: how they are taken.
    ///   - progress: is told after every sample how many have been looked at; called by one thread at a time.
    /// - Throws: `SampleError` about the first bad sample, if bad samples are not skipped: file, line, what is wrong;
    ///   ``DataError/nothingLeft(source:found:)`` about a source that has no good ones; what files that cannot be read throw.
    public init(
        _ sources: [WeightedSource], processor: QwenVLProcessor, settings: DataSettings,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        let run = CheckRun(sources.map(\.source), processor: processor, settings: settings, progress: progress)
        let outcomes = try run.outcomes()
        var (entries, problems, tooLong) = ([Entry](), [Problem](), TooLong())
        var hash = ContentHash()
        for outcome in outcomes {
            switch outcome {
            case .good(let entry, let pictureBytes):
                entries.append(entry)
                pictureBytes.forEach { hash.combine(UInt64($0)) }
            case .bad(let problem, _): problems.append(problem)
            case .tooLong(let place):
                tooLong.count += 1
                if tooLong.places.count < 5 { tooLong.places.append(place) }
            }
        }
        for (index, source) in sources.enumerated() where !entries.contains(where: { $0.source == index }) {
            throw DataError.nothingLeft(
                source: source.source.name,
                found: "\(problems.count) samples of the data were skipped and \(tooLong.count) are too long")
        }
        for source in sources.map(\.source) {
            if source.files.isEmpty { hash.combine(source.name) }
            for file in source.files { try hash.combine(contentsOf: file) }
        }
        (self.sources, self.settings, self.processor) = (sources, settings, processor)
        (self.entries, self.problems, self.tooLong, fingerprint) = (entries, problems, tooLong, hash.text)
    }

    /// Reads a sample and makes the model's input of it; may be called by several threads at once.
    /// - Parameter index: its place in ``entries``.
    /// - Returns: the input, with the length that was found when the sample was checked.
    /// - Throws: `SampleError` naming the sample's place, also if the data have changed since they were checked.
    public func input(_ index: Int) throws -> ModelInput {
        let entry = entries[index]
        return try entry.entry.naming {
            var sample = try entry.entry.sample()
            sample.turns = settings.turns(of: sample)
            let input = try processor(
                sample.messages(), addsGenerationPrompt: false, addsDefaultSystem: settings.system != .none)
            guard input.inputIDs.count == entry.tokens else {
                throw DataError.changed(tokens: input.inputIDs.count, checked: entry.tokens)
            }
            return input
        }
    }

    /// The order in which samples are learned from.
    /// - Parameter seed: decides it.
    /// - Returns: the plan, whose indices are places in ``entries``.
    /// - Throws: ``DataError/weights(_:)`` if the weights are no proportions.
    public func plan(seed: UInt64) throws -> MixturePlan {
        var sizes = [Int](repeating: 0, count: sources.count)
        for entry in entries { sizes[entry.source] += 1 }
        return try MixturePlan(sizes: sizes, weights: sources.map(\.weight), seed: seed)
    }
}
