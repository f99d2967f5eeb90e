/// Samples in their order: of a data file, or made as they are wanted.
public protocol SampleSource: Sendable {
    /// What messages call it, as in `Line 3 of NAME`.
    var name: String { get }

    /// The samples from the beginning on; there may be no end to them.
    /// - Returns: a sequence that reads or makes them as it goes.
    /// - Throws: ``SampleError`` if there is nothing to read.
    func entries() throws -> SampleEntries
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

/// A sample's place in its source; what lies there is looked at when it is asked for.
public struct SampleEntry {
    /// The line in a file of lines, the item in a list, the question of a world; counted from 1.
    public let number: Int
    /// For messages: `Line 3 of data.jsonl`.
    public let place: String

    private let read: () throws -> Sample

    /// A sample's place.
    /// - Parameters:
    ///   - number: counted from 1.
    ///   - place: for messages.
    ///   - read: reads the sample, but not its pictures.
    public init(number: Int, place: String, read: @escaping () throws -> Sample) {
        (self.number, self.place, self.read) = (number, place, read)
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
        do {
            return try body()
        } catch let error as SampleError {
            if case .entry = error { throw error }
            throw SampleError.entry(place: place, cause: error)
        } catch {
            throw SampleError.entry(place: place, cause: error)
        }
    }
}
