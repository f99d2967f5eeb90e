import Foundation
import QwenVL

/// A dataset_info.json as LLaMA-Factory reads it: names for data files, and for each what its keys are called.
///
///     {"cats": {"file_name": "cats.json", "formatting": "sharegpt",
///               "columns": {"messages": "conversations", "images": "images"},
///               "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}}}
///
/// Files lie in the folder of the dataset_info.json, and so do pictures with relative paths, or else beside their data file. As there,
/// an entry with `columns` has those columns alone. Data sets of a hub, preference data and tools are refused, and so is a key
/// that nobody knows.
public struct DatasetInfo: Sendable {
    /// What the file is called.
    public static let fileName = "dataset_info.json"
    /// Where it lies.
    public let url: URL
    private let mediaFolder: URL
    private let entries: [String: FieldValue]

    /// Reads a file.
    /// - Parameters:
    ///   - url: the file.
    ///   - mediaFolder: where pictures with relative paths lie, if not in the file's own folder.
    /// - Throws: ``SampleError`` if it cannot be read or is no JSON object.
    public init(contentsOf url: URL, mediaFolder: URL? = nil) throws {
        guard let data = try? Data(contentsOf: url) else {
            throw SampleError.unreadable(path: url.path, reason: "there is no such readable file")
        }
        guard let entries = try? FieldValue(json: data).object else {
            throw SampleError.unreadable(path: url.path, reason: "it is not a JSON object of data sets by name")
        }
        (self.url, self.entries) = (url, entries)
        self.mediaFolder = mediaFolder ?? url.deletingLastPathComponent()
    }

    /// The names of the data sets, in alphabetical order.
    public var names: [String] { entries.keys.sorted() }

    /// The samples of a data set.
    /// - Parameter name: its name in the file.
    /// - Returns: the samples.
    /// - Throws: ``SampleError`` if there is none of this name, or if it is of a kind that is not read.
    public func source(named name: String) throws -> any SampleSource {
        guard let value = entries[name] else {
            throw SampleError.content("\(url.path) has no data set '\(name)'; it has \(SampleFiles.shortList(names))")
        }
        let place = "'\(name)' of \(url.path)"
        guard let entry = value.object else { throw SampleError.content("\(place) is not an object") }
        let description = DatasetDescription(entry: entry, place: place)
        let layout = try description.layout()
        let file = url.deletingLastPathComponent().appendingPathComponent(try description.fileName())
        let source = try SampleFiles.source(file, layout: layout, folders: [mediaFolder])
        guard let count = try description.sampleCount() else { return source }
        return SampledSource(source, count: count, of: place)
    }
}
