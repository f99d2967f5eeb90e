import Foundation

/// Samples in their order: of a data file, or made as they are wanted.
public protocol SampleSource: Sendable {
    /// What messages call it, as in `Line 3 of NAME`.
    var name: String { get }

    /// The samples from the beginning on; there may be no end to them.
    /// - Returns: a sequence that reads or makes them as it goes.
    /// - Throws: ``SampleError`` if there is nothing to read.
    func entries() throws -> SampleEntries

    /// The files that the samples lie in; those of their pictures do not count.
    var files: [URL] { get }
}

extension SampleSource {
    /// No files, unless a source says so.
    public var files: [URL] { [] }

    /// How many samples there are, good or bad.
    /// - Parameter limit: where to stop counting.
    /// - Returns: the number, at most `limit`.
    /// - Throws: ``SampleError`` if there is nothing to read.
    public func count(limit: Int = .max) throws -> Int {
        var count = 0
        for _ in try entries() {
            if count == limit { break }
            count += 1
        }
        return count
    }
}

/// Samples in their order, each read when its turn comes.
public struct SampleEntries: Sequence, IteratorProtocol {
    private let body: () -> SampleEntry?

    /// Samples in their order.
    /// - Parameter next: gives the next sample's place, nil at the end.
    public init(_ next: @escaping () -> SampleEntry?) { body = next }

    /// The next sample's place.
    /// - Returns: nil at the end.
    public mutating func next() -> SampleEntry? { body() }
}

/// A sample's place in its source; what lies there is looked at when it is asked for, from any thread.
public struct SampleEntry: Sendable {
    /// The line in a file of lines, the item in a list, the row of a table, the question of a world; counted from 1.
    public let number: Int
    /// For messages: `Line 3 of data.jsonl`.
    public let place: String

    private let read: @Sendable () throws -> Sample
    private let keep: (@Sendable () -> @Sendable () throws -> Sample)?

    /// A sample's place.
    /// - Parameters:
    ///   - number: counted from 1.
    ///   - place: for messages.
    ///   - keep: gives what reads the sample later, if `read` holds something that is too large to be kept.
    ///   - read: reads the sample, but not its pictures.
    public init(
        number: Int, place: String, keep: (@Sendable () -> @Sendable () throws -> Sample)? = nil,
        read: @escaping @Sendable () throws -> Sample
    ) {
        (self.number, self.place, self.keep, self.read) = (number, place, keep, read)
    }

    /// The same place without anything that has been read ahead, so that those of a large file can all be kept.
    public var kept: SampleEntry {
        keep.map { SampleEntry(number: number, place: place, read: $0()) } ?? self
    }

    /// Reads the sample, but not its pictures.
    /// - Returns: the sample.
    /// - Throws: ``SampleError/entry(place:cause:)`` if it is malformed.
    public func sample() throws -> Sample { try naming(read) }

    /// Says of what goes wrong where it lies in the source.
    /// - Parameter body: does something with this sample.
    /// - Returns: what `body` returns.
    /// - Throws: ``SampleError/entry(place:cause:)`` with what `body` throws.
    public func naming<Result>(_ body: () throws -> Result) throws -> Result {
        try SampleError.naming(place, body)
    }
}
