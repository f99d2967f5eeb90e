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
public struct SampleFile: SampleSource {
    /// Where it lies.
    public let url: URL

    /// A data file.
    /// - Parameter url: a file of JSON lines or one JSON list.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public init(_ url: URL) throws {
        self.url = url
        _ = try RecordReader(url)
    }

    /// Where it lies, in full.
    public var name: String { url.path }

    /// The samples from the beginning on.
    /// - Returns: a sequence that reads the file as it goes.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public func entries() throws -> SampleEntries {
        let (reader, url) = (try RecordReader(url), url)
        return SampleEntries {
            reader.record().map { record in
                SampleEntry(
                    number: record.number, place: "\(reader.isList ? "Item" : "Line") \(record.number) of \(url.path)"
                ) {
                    if let problem = record.problem { throw SampleError.content(problem) }
                    return try SampleParser(folder: url.deletingLastPathComponent()).sample(record.bytes)
                }
            }
        }
    }

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
