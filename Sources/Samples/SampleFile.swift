import Foundation

/// A data file of conversations about pictures, read one sample at a time.
///
/// JSON lines, or one JSON list; each object either (with `question` for `problem` and `image` for `images` if need be)
///
///     {"problem": "<image>what is this?", "images": ["a.png"], "system": "be brief", "answer": "a cat", "id": "7"}
///
/// or in alpaca form, where instruction and input are the user's words, one below the other,
///
///     {"instruction": "what is this?", "input": "<image>", "output": "a cat", "history": [["hi", "hello"]], "images": ["a.png"]}
///
/// or a list of turns, in sharegpt's or OpenAI's spelling:
///
///     {"messages": [{"role": "user", "content": "<image>what is this?"}, ...], "images": ["a.png"]}
///     {"conversations": [{"from": "human", "value": "<image>what is this?"}, ...], "images": ["a.png"]}
///     {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a.png"}},
///                                                {"type": "text", "text": "what is this?"}]}, ...]}
///
/// `<image>` says where in the user's text a picture stands, once for each; without any the pictures stand in front of the
/// first user turn. A picture is a path, from the data file's folder on, a `file:` or `data:` address, or `{"bytes": base64}` or
/// `{"path"}`. An empty system turn counts as none. Videos, audios and tools are refused. Other keys are ignored.
public struct SampleFile: SampleSource {
    /// Where it lies.
    public let url: URL
    private let parser: SampleParser

    /// A data file.
    /// - Parameter url: a file of JSON lines or one JSON list.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public init(_ url: URL) throws {
        try self.init(url, SampleParser(folders: [url.deletingLastPathComponent()]))
    }

    init(_ url: URL, _ parser: SampleParser) throws {
        (self.url, self.parser) = (url, parser)
        _ = try RecordReader(url)
    }

    /// The data file alone; pictures are named by samples.
    public var files: [URL] { [url] }

    /// Where it lies, in full.
    public var name: String { url.path }

    /// The samples from the beginning on.
    /// - Returns: a sequence that reads the file as it goes.
    /// - Throws: ``SampleError/unreadable(path:reason:)``.
    public func entries() throws -> SampleEntries {
        let (reader, parser, path) = (try RecordReader(url), parser, url.path)
        let (file, unit) = (reader.file, reader.isList ? "Item" : "Line")
        return SampleEntries {
            reader.record().map { record in
                let (range, problem) = (record.range, record.problem)
                return SampleEntry(number: record.number, place: "\(unit) \(record.number) of \(path)") {
                    if let problem { throw SampleError.content(problem) }
                    return try parser.sample(json: file.bytes(range))
                }
            }
        }
    }
}
