import Foundation

extension SafetensorsWriter {
    /// Writes a checkpoint into a folder, split into shards of a maximum size, as transformers splits and names them.
    ///
    /// Up to `maximumShardByteCount` bytes of tensors make one `model.safetensors`. More make
    /// `model-00001-of-00003.safetensors` and so on, filled in the order of `tensors`, with an index,
    /// `model.safetensors.index.json`; a tensor above the maximum gets a shard of its own.
    ///
    /// Nothing in the folder changes until every shard is on disk. Then the new files take their names, and those of an
    /// earlier checkpoint that would be read in their stead, or no longer belong to any, are removed. A crash in
    /// between may leave a folder without an index, which is refused when it is opened, but never a mixture that opens.
    /// - Parameters:
    ///   - tensors: what to write; asked for their bytes one after the other.
    ///   - metadata: strings for the `__metadata__` of every shard, which is left out if there are none.
    ///   - maximumShardByteCount: the most bytes of tensors in one shard, 1 or more.
    ///   - folder: a folder that exists.
    /// - Returns: the files written, shards in order, the index last.
    /// - Throws: ``SafetensorsError``, or what a tensor's source throws.
    @discardableResult
    public static func writeCheckpoint(
        _ tensors: [Tensor], metadata: [String: String] = transformersMetadata,
        maximumShardByteCount: Int = 5_000_000_000, to folder: URL
    ) throws -> [URL] {
        guard maximumShardByteCount > 0 else {
            throw SafetensorsError.writing(path: folder.path, .shardLimit(maximumShardByteCount))
        }
        try FilePlan.checkNames(tensors, path: folder.path)
        let shards = try split(tensors, maximumByteCount: maximumShardByteCount, path: folder.path)
        let names = fileNames(count: shards.count)
        let urls = names.map { folder.appendingPathComponent($0) }
        let plans = try zip(shards, urls).map { try FilePlan($0, metadata: metadata, path: $1.path) }
        let byteCount = plans.reduce(0) { sum, plan in
            let (total, overflow) = sum.addingReportingOverflow(plan.byteCount)
            return overflow ? .max : total
        }
        try FreeSpace.require(byteCount, besides: urls[0].path)

        let staged = try zip(plans, urls).map { try stage($0, at: $1) }
        guard shards.count > 1 else {
            try staged[0].commit()
            try removeLeftovers(in: folder, keeping: names)
            return urls
        }
        let indexURL = folder.appendingPathComponent(SafetensorsCheckpoint.indexName)
        let index = try stage(indexText(shards, names: names, path: folder.path), at: indexURL)
        try remove(SafetensorsCheckpoint.indexName, in: folder)
        for file in staged { try file.commit() }
        try index.commit()
        try removeLeftovers(in: folder, keeping: names + [SafetensorsCheckpoint.indexName])
        return urls + [indexURL]
    }

    /// Groups tensors into shards by the rule of transformers (`split_torch_state_dict_into_shards`).
    private static func split(
        _ tensors: [Tensor], maximumByteCount: Int, path: String
    ) throws -> [[Tensor]] {
        var shards: [[Tensor]] = []
        var current: [Tensor] = []
        var currentByteCount = 0
        for tensor in tensors {
            let byteCount = try tensor.byteCount(path: path)
            if byteCount > maximumByteCount {
                shards.append([tensor])
                continue
            }
            if byteCount > maximumByteCount - currentByteCount {
                shards.append(current)
                current = []
                currentByteCount = 0
            }
            current.append(tensor)
            currentByteCount += byteCount
        }
        return current.isEmpty && !shards.isEmpty ? shards : shards + [current]
    }

    private static func fileNames(count: Int) -> [String] {
        guard count > 1 else { return [SafetensorsCheckpoint.fileName] }
        return (1...count).map { "model-\(fiveDigits($0))-of-\(fiveDigits(count)).safetensors" }
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    // MARK: The index

    /// The index as Python's `json.dumps(index, indent=2, sort_keys=True)` spells it, with a newline at the end.
    private static func indexText(_ shards: [[Tensor]], names: [String], path: String) throws -> String {
        let totalByteCount = try shards.joined().reduce(0) { $0 + (try $1.byteCount(path: path)) }
        let places = zip(shards, names).flatMap { shard, name in shard.map { (ExactName($0.name), name) } }
        let lines = places.sorted { $0.0 < $1.0 }.map { tensor, shard in
            "    \(JSONText.quoted(tensor.text, asciiOnly: true)): \(JSONText.quoted(shard))"
        }
        return """
            {
              "metadata": {
                "total_size": \(totalByteCount)
              },
              "weight_map": {
            \(lines.joined(separator: ",\n"))
              }
            }

            """
    }

    private static func stage(_ text: String, at url: URL) throws -> StagedFile {
        let file = try StagedFile(destination: url.path, byteCount: text.utf8.count)
        try Array(text.utf8).withUnsafeBytes(file.write)
        try file.finish()
        return file
    }

    // MARK: Earlier checkpoints

    /// Removes what an earlier checkpoint left: its single file, its index, its shards.
    private static func removeLeftovers(in folder: URL, keeping kept: [String]) throws {
        let isOwn = { (name: String) in
            name == SafetensorsCheckpoint.fileName || name == SafetensorsCheckpoint.indexName
                || name.wholeMatch(of: /model-[0-9]{5,}-of-[0-9]{5,}\.safetensors/) != nil
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw SafetensorsError.writing(
                path: folder.path, .refused(action: "listing it", reason: SafetensorsError.reason(of: error)))
        }
        for name in names where isOwn(name) && !kept.contains(name) {
            try remove(name, in: folder)
        }
    }

    private static func remove(_ name: String, in folder: URL) throws {
        let path = folder.appendingPathComponent(name).path
        guard unlink(path) == 0 || errno == ENOENT else {
            let reason = SafetensorsError.reason(errno)
            throw SafetensorsError.writing(path: folder.path, .refused(action: "removing \(name)", reason: reason))
        }
    }
}
