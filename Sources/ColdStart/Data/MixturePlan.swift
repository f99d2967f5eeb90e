import RandomNumbers
import Synchronization

/// An endless order of samples, which is a function of the seed and the position: going on needs nothing but the position.
///
/// Without weights every epoch is a permutation of all samples. With weights the sources take turns in rounds of fixed composition,
/// shuffled each: 7 to 3 gives seven of the first and three of the second in every ten, to one part in ten thousand. Each source goes
/// through permutations of its own, so that none of its samples comes again before all have come.
public final class MixturePlan: Sendable {
    /// Samples of each source.
    public let sizes: [Int]
    /// How many samples of each source a round has; nil without weights.
    public let round: [Int]?
    private let offsets: [Int]
    private let seed: UInt64
    /// The last shuffled list of each kind: epochs by source, everything, rounds.
    private let cache = Mutex<[Key: (number: Int, list: [Int])]>([:])

    private enum Key: Hashable {
        case everything
        case rounds
        case source(Int)
    }

    /// The most samples of a round.
    private static let longestRound = 10_000

    /// An order.
    /// - Parameters:
    ///   - sizes: samples of each source, each at least 1.
    ///   - weights: their shares beside each other, one per source; all nil, or all 1, for every sample once an epoch.
    ///   - seed: decides the order.
    /// - Throws: ``DataError/weights(_:)`` if the weights are no proportions.
    public init(sizes: [Int], weights: [Double?], seed: UInt64) throws {
        precondition(sizes.count == weights.count && !sizes.isEmpty, "Every source has a size and a weight, or nil.")
        precondition(sizes.allSatisfy { $0 > 0 }, "Every source has a sample.")
        (self.sizes, self.seed) = (sizes, seed)
        offsets = sizes.indices.map { sizes[..<$0].reduce(0, +) }
        let isPlain = weights.allSatisfy { $0 == nil } || weights.allSatisfy { $0 == 1 }
        round = try isPlain ? nil : Self.round(weights)
    }

    /// Samples in all: what an epoch has.
    public var epochLength: Int { sizes.reduce(0, +) }

    /// The sample at a position.
    /// - Parameter position: counted from 0, without end.
    /// - Returns: its place among all samples, those of the first source first.
    /// - Complexity: that of shuffling one epoch where a new one begins, else the length of a round.
    public func index(at position: Int) -> Int {
        guard let round else {
            let (epoch, place) = position.quotientAndRemainder(dividingBy: epochLength)
            return shuffled(.everything, epoch) { Array(0..<self.epochLength) }[place]
        }
        let length = round.reduce(0, +)
        let (number, place) = position.quotientAndRemainder(dividingBy: length)
        let order = shuffled(.rounds, number) { round.enumerated().flatMap { Array(repeating: $0, count: $1) } }
        let source = order[place]
        let drawn = number * round[source] + order[..<place].count { $0 == source }
        let (epoch, own) = drawn.quotientAndRemainder(dividingBy: sizes[source])
        let size = sizes[source]
        return offsets[source] + shuffled(.source(source), epoch) { Array(0..<size) }[own]
    }

    /// The samples at some positions.
    /// - Parameter positions: counted from 0, without end.
    /// - Returns: their places among all samples.
    public func indices(at positions: Range<Int>) -> [Int] { positions.map(index) }

    private func shuffled(_ key: Key, _ number: Int, _ list: () -> [Int]) -> [Int] {
        cache.withLock { cache in
            if let known = cache[key], known.number == number { return known.list }
            let kind: UInt64 =
                switch key {
                case .everything: 0
                case .rounds: 1
                case .source(let index): 2 + UInt64(index)
                }
            var random = SplitMix64(seed, kind, UInt64(number))
            let shuffled = random.shuffled(list())
            cache[key] = (number, shuffled)
            return shuffled
        }
    }

    /// The shortest round that has these proportions, or the longest if none has them exactly.
    private static func round(_ weights: [Double?]) throws -> [Int] {
        let given = weights.compactMap(\.self)
        guard given.count == weights.count else {
            throw DataError.weights("Some sources have a weight and some have none; give all of them one, or none")
        }
        guard given.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw DataError.weights("A weight must be a number above 0")
        }
        let sum = given.reduce(0, +)
        let shares = given.map { $0 / sum }
        guard shares.allSatisfy({ $0 * Double(longestRound) >= 0.5 }) else {
            throw DataError.weights(
                "A weight is below one part in \(2 * longestRound) of all weights; leave its source out")
        }
        for length in given.count..<longestRound {
            let counts = shares.map { ($0 * Double(length)).rounded() }
            if counts.reduce(0, +) == Double(length),
                zip(counts, shares).allSatisfy({ abs($0 / Double(length) - $1) < 1e-9 })
            {
                return counts.map { Int($0) }
            }
        }
        return shares.map { Int(($0 * Double(longestRound)).rounded()) }
    }
}
