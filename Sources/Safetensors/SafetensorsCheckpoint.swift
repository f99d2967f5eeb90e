import Foundation

/// The weights of a model: one safetensors file, or several shards under one index.
///
/// As in transformers, a folder's `model.safetensors` wins where `model.safetensors.index.json` lies beside it; the
/// index and its shards are then not looked at.
public struct SafetensorsCheckpoint: Sendable {
    /// The folder or file the checkpoint was opened from.
    public let url: URL
    /// The files that hold the tensors, shards in the order of their names.
    public let files: [SafetensorsFile]

    private let fileOfTensor: [ExactName: Int]

    /// The file name of a checkpoint that is not sharded.
    static let fileName = "model.safetensors"
    /// The file name of the index of a sharded checkpoint.
    static let indexName = "model.safetensors.index.json"

    /// Opens a checkpoint and checks every header, and that index and shards agree.
    /// - Parameter url: a folder, a safetensors file of any name, or an index (a name ending in `.index.json`).
    /// - Throws: ``SafetensorsError`` if there are no weights, or they are incomplete, contradictory or malformed.
    public init(contentsOf url: URL) throws {
        switch try Self.locate(url) {
        case .file(let file):
            self.init(url: url, files: [try SafetensorsFile(contentsOf: file)])
        case .index(let indexURL):
            let index = try CheckpointIndex(contentsOf: indexURL)
            let files = try Self.openShards(of: index, at: indexURL)
            for (shard, file) in zip(index.shards, files) {
                try Self.compare(file, named: shard, with: index, path: indexURL.path)
            }
            self.init(url: url, files: files)
        }
    }

    private init(url: URL, files: [SafetensorsFile]) {
        self.url = url
        self.files = files
        // No name can repeat: a file has each once, and the index gives each to one shard.
        fileOfTensor = Dictionary(
            uniqueKeysWithValues: files.enumerated().flatMap { position, file in
                file.entries.map { (ExactName($0.name), position) }
            })
    }

    // MARK: Access

    /// The tensors of all files, in the order of the files and of their bytes.
    public var entries: [SafetensorsEntry] { files.flatMap(\.entries) }

    /// The names of the tensors of all files, in the order of the files and of their bytes.
    public var names: [String] { files.flatMap(\.names) }

    /// Tells whether any file holds a tensor of this name, compared byte for byte.
    /// - Parameter name: a tensor's name.
    /// - Returns: whether there is one.
    public func contains(_ name: String) -> Bool {
        fileOfTensor[ExactName(name)] != nil
    }

    /// Looks up what a header says of one tensor; its byte range counts in ``file(holding:)``.
    /// - Parameter name: a tensor's name, compared byte for byte.
    /// - Returns: its type, shape and place.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``.
    public func entry(named name: String) throws -> SafetensorsEntry {
        try file(holding: name).entry(named: name)
    }

    /// Finds the file that holds one tensor.
    /// - Parameter name: a tensor's name, compared byte for byte.
    /// - Returns: one of ``files``.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``.
    public func file(holding name: String) throws -> SafetensorsFile {
        guard let position = fileOfTensor[ExactName(name)] else {
            throw SafetensorsError.unknownTensor(path: url.path, tensor: name, count: fileOfTensor.count)
        }
        return files[position]
    }

    /// Lends one tensor's bytes to a closure, without copying them.
    /// - Parameters:
    ///   - name: a tensor's name, compared byte for byte.
    ///   - body: receives the bytes, row-major and little-endian, which are valid during the call only.
    /// - Returns: what `body` returns.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``, or what `body` throws.
    public func withUnsafeBytes<Result>(
        of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try file(holding: name).withUnsafeBytes(of: name, body)
    }

    /// Hands out one tensor's bytes together with the object that keeps them in memory.
    /// - Parameter name: a tensor's name, compared byte for byte.
    /// - Returns: the bytes and their owner, as from ``SafetensorsFile/region(of:)``.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``.
    public func region(of name: String) throws -> MappedRegion {
        try file(holding: name).region(of: name)
    }

    // MARK: Opening

    private enum Location {
        case file(URL)
        case index(URL)
    }

    private static func locate(_ url: URL) throws -> Location {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw SafetensorsError.checkpoint(path: url.path, .notFound)
        }
        if !isFolder.boolValue {
            return url.lastPathComponent.hasSuffix(".index.json") ? .index(url) : .file(url)
        }
        let contents: [String]
        do {
            contents = try FileManager.default.contentsOfDirectory(atPath: url.path)
        } catch {
            throw SafetensorsError.checkpoint(
                path: url.path, .unreadableFolder(reason: SafetensorsError.reason(of: error)))
        }
        let file = url.appendingPathComponent(fileName)
        if isFile(file) { return .file(file) }
        let index = url.appendingPathComponent(indexName)
        if isFile(index) { return .index(index) }
        throw SafetensorsError.checkpoint(path: url.path, .noWeights(in: contents))
    }

    private static func openShards(of index: CheckpointIndex, at indexURL: URL) throws -> [SafetensorsFile] {
        let folder = indexURL.deletingLastPathComponent()
        let missing = index.shards.filter { !isFile(folder.appendingPathComponent($0)) }
        guard missing.isEmpty else {
            throw SafetensorsError.checkpoint(path: indexURL.path, .missingShards(missing))
        }
        return try index.shards.map { try SafetensorsFile(contentsOf: folder.appendingPathComponent($0)) }
    }

    /// Checks that `file` holds exactly the tensors that `index` places in the shard of this name.
    private static func compare(
        _ file: SafetensorsFile, named shard: String, with index: CheckpointIndex, path: String
    ) throws {
        let absent = index.shardOfTensor.filter { $0.value == shard && !file.contains($0.key.text) }.keys
        guard absent.isEmpty else {
            throw SafetensorsError.checkpoint(
                path: path, .absentTensors(shard: shard, names: absent.sorted().map(\.text)))
        }
        let unindexed = file.names.filter { index.shardOfTensor[ExactName($0)] != shard }
        guard unindexed.isEmpty else {
            throw SafetensorsError.checkpoint(path: path, .unindexedTensors(shard: shard, names: unindexed))
        }
    }

    private static func isFile(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
