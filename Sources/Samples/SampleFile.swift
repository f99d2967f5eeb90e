import Foundation

/// A data file of conversations about pictures, read one sample at a time.
///
/// JSON lines, or one JSON list; each object either (with `question` for `problem` and `image` for `images` if need be)
///
///     {"problem": "<image>what is this?", "images": ["a.png"], "system": "be brief", "answer": "a cat", "id": "7"}
///
/// or in sharegpt form, in either spelling:
///
///     {"messages": [{"role": "user", "content": "<image>what is this?"}, ...], "images": ["a.png"]}
///     {"conversations": [{"from": "human", "value": "<image>what is this?"}, ...], "images": ["a.png"]}
///
/// `<image>` says where in the user's text a picture stands, once for each; without any the pictures stand in front of the
/// first user turn. A picture is a path, from the data file's folder on, or `{"bytes": base64}` or `{"path"}`. An empty
/// system turn counts as none. Other keys are ignored.
public struct SampleFile: Sendable {
    /// Where it lies.
    public let url: URL

    /// A data file.
    /// - Parameter url: a file of JSON lines or one JSON list.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public init(_ url: URL) throws {
        self.url = url
        _ = try RecordReader(url)
    }

    /// The samples from the beginning on.
    /// - Returns: a sequence that reads the file as it goes.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public func entries() throws -> SampleEntries { SampleEntries(try RecordReader(url), url: url) }

    /// How many samples there are, good or bad.
    /// - Parameter limit: where to stop counting.
    /// - Returns: the number, at most `limit`.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public func count(limit: Int = .max) throws -> Int {
        var count = 0
        for _ in try entries() {
            if count == limit { break }
            count += 1
        }
        return count
    }
}

/// The samples of a file in their order, each read when its turn comes.
public struct SampleEntries: Sequence, IteratorProtocol {
    private let reader: RecordReader
    private let url: URL

    init(_ reader: RecordReader, url: URL) {
        self.reader = reader
        self.url = url
    }

    /// The next sample's place in the file.
    /// - Returns: nil at the end of the file.
    public mutating func next() -> SampleEntry? {
        reader.record().map { SampleEntry(record: $0, isItem: reader.isList, url: url) }
    }
}

/// A sample's place in a file; what lies there is looked at when it is asked for.
public struct SampleEntry {
    private let record: RecordReader.Record
    private let isItem: Bool
    private let url: URL

    init(record: RecordReader.Record, isItem: Bool, url: URL) {
        self.record = record
        self.isItem = isItem
        self.url = url
    }

    /// The line in a file of lines, the item in a list, counted from 1.
    public var number: Int { record.number }

    /// For messages: `Line 3 of data.jsonl`.
    public var place: String { "\(isItem ? "Item" : "Line") \(number) of \(url.path)" }

    /// Reads the sample, but not its pictures.
    /// - Returns: the sample.
    /// - Throws: ``SampleError/entry(place:cause:)`` if it is malformed.
    public func sample() throws -> Sample {
        try naming {
            if let problem = record.problem { throw SampleError.content(problem) }
            let parser = SampleParser(folder: url.deletingLastPathComponent())
            return try parser.sample(record.bytes)
        }
    }

    /// Says of what goes wrong where it lies in the file.
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
