import Foundation

/// Finds what a path names: a data file, a folder of data files, or an entry of a dataset_info.json.
public enum SampleFiles {
    /// The samples under a path.
    ///
    /// A file ending in `.json`, `.jsonl` or `.parquet` is what it is called; of any other the content decides. A folder gives all such
    /// files in it, by name. With a name, the path is that of a dataset_info.json or of the folder it lies in; one that has but one entry needs no name.
    /// - Parameters:
    ///   - path: a file or a folder.
    ///   - name: the entry of the dataset_info.json.
    /// - Returns: the samples.
    /// - Throws: ``SampleError``, `ParquetError`: a sentence that says which file and what is wrong.
    public static func source(_ path: String, named name: String? = nil) throws -> any SampleSource {
        let url = URL(fileURLWithPath: path)
        if let name {
            let info = isFolder(url) ? url.appendingPathComponent(DatasetInfo.fileName) : url
            return try DatasetInfo(contentsOf: info).source(named: name)
        }
        guard url.lastPathComponent != DatasetInfo.fileName else {
            let info = try DatasetInfo(contentsOf: url)
            let names = info.names
            if names.count == 1 { return try info.source(named: names[0]) }
            throw SampleError.content(
                "\(url.path) describes \(names.count) data sets; give the name of one: \(shortList(names))")
        }
        return try source(url, layout: SampleLayout(), folders: [])
    }

    /// The samples of a file or folder, whose pictures lie in some folders or else beside the file itself.
    static func source(_ url: URL, layout: SampleLayout, folders: [URL]) throws -> any SampleSource {
        guard isFolder(url) else { return try file(url, layout: layout, folders: folders) }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: url.path)
        } catch {
            throw SampleError.unreadable(path: url.path, reason: "the folder cannot be listed")
        }
        let found = names.filter { name in
            !name.hasPrefix(".") && name != DatasetInfo.fileName
                && ["json", "jsonl", "parquet"].contains((name as NSString).pathExtension.lowercased())
        }
        guard !found.isEmpty else {
            throw SampleError.content("The folder \(url.path) has no files that end in .json, .jsonl or .parquet")
        }
        return SampleFolder(
            name: url.path,
            sources: try found.sorted().map {
                try file(url.appendingPathComponent($0), layout: layout, folders: folders)
            })
    }

    private static func file(_ url: URL, layout: SampleLayout, folders: [URL]) throws -> any SampleSource {
        let parser = SampleParser(folders: folders + [url.deletingLastPathComponent()], layout: layout)
        switch url.pathExtension.lowercased() {
        case "json", "jsonl": return try SampleFile(url, parser)
        case "parquet": return try ParquetSamples(url, parser)
        default: break
        }
        let file = try DataFile(url)
        if try file.bytes(0..<min(4, size(of: file))) == Data("PAR1".utf8) { return try ParquetSamples(url, parser) }
        guard let byte = try RecordReader.firstByte(file), "[{".utf8.contains(byte) else {
            throw SampleError.content("\(url.path) is no data file: it holds neither JSON, JSON lines nor Parquet")
        }
        return try SampleFile(url, parser)
    }

    private static func size(of file: DataFile) -> Int {
        var status = stat()
        return fstat(file.descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The first names of a list.
    static func shortList(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return shown + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}

/// Several data files, one after the other.
struct SampleFolder: SampleSource {
    let name: String
    let sources: [any SampleSource]

    var files: [URL] { sources.flatMap(\.files) }

    func entries() throws -> SampleEntries {
        var waiting = sources[...]
        var current = try waiting.popFirst()?.entries()
        // A file that is gone by now is told as a sample that cannot be read.
        return SampleEntries {
            while current != nil {
                if let entry = current?.next() { return entry }
                guard let next = waiting.popFirst() else { return nil }
                do {
                    current = try next.entries()
                } catch {
                    return SampleEntry(number: 1, place: "The beginning of \(next.name)") { throw error }
                }
            }
            return nil
        }
    }
}
