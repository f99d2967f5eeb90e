import RandomNumbers
import Synchronization

/// The samples of every step, drawn anew for each epoch or window, of which the last few are remembered.
final class SampleOrder: Sendable {
    private let lengths: [Int]
    private let settings: BatchPlan.Settings
    private let positionCount: Int
    private let index: (@Sendable (Int) -> Int)?
    private let epochs = Mutex(Remembered<[Int]>())
    private let windows = Mutex(Remembered<[[Int]]>())

    /// Streams of random numbers that have nothing to do with each other.
    private enum Stream: UInt64 {
        case epoch = 1
        case window
    }

    init(
        lengths: [Int], _ settings: BatchPlan.Settings, positionCount: Int, index: (@Sendable (Int) -> Int)?
    ) {
        (self.lengths, self.settings, self.positionCount, self.index) = (lengths, settings, positionCount, index)
    }

    /// The samples of a step, in the order in which they are drawn.
    func samples(step: Int) -> [Int] {
        if case .megabatch(let steps) = settings.grouping {
            let (window, place) = step.quotientAndRemainder(dividingBy: steps)
            return windows.withLock { $0.value(window) { drawWindow($0, steps: steps) }[place] }
        }
        let start = step * settings.batchSize
        return samples(start..<min(start + settings.batchSize, positionCount))
    }

    /// Samples by falling length; those of one length stay in their order.
    func sorted(_ samples: [Int]) -> [Int] {
        samples.enumerated().sorted { one, other in
            (lengths[other.element], one.offset) < (lengths[one.element], other.offset)
        }.map(\.element)
    }

    private func samples(_ positions: Range<Int>) -> [Int] {
        if let index {
            return positions.map { position in
                let sample = index(position)
                precondition(lengths.indices.contains(sample), "position \(position) is given sample \(sample)")
                return sample
            }
        }
        return positions.map { position in
            let (epoch, place) = position.quotientAndRemainder(dividingBy: lengths.count)
            return epochs.withLock { $0.value(epoch, drawEpoch)[place] }
        }
    }

    private func drawEpoch(_ epoch: Int) -> [Int] {
        var random = SplitMix64(settings.seed, UInt64(epoch), Stream.epoch.rawValue)
        return random.shuffled(Array(lengths.indices))
    }

    /// The samples of some steps, those of like length together; a last step that is not full stays the last.
    private func drawWindow(_ window: Int, steps: Int) -> [[Int]] {
        let size = settings.batchSize
        let start = window * steps * size
        let samples = sorted(samples(start..<min(start + steps * size, positionCount)))
        let batches = stride(from: 0, to: samples.count, by: size).map {
            Array(samples[$0..<min(samples.count, $0 + size)])
        }
        let full = batches.prefix { $0.count == size }
        var random = SplitMix64(settings.seed, UInt64(window), Stream.window.rawValue)
        return random.shuffled(Array(full)) + batches.dropFirst(full.count)
    }
}

/// The values of the numbers asked for last.
private struct Remembered<Value: Sendable>: Sendable {
    private var values: [(number: Int, value: Value)] = []

    mutating func value(_ number: Int, _ make: (Int) -> Value) -> Value {
        if let place = values.lastIndex(where: { $0.number == number }) { return values[place].value }
        let value = make(number)
        values = values.suffix(1) + [(number, value)]
        return value
    }
}
