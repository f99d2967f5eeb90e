import Foundation

/// Which shard of a checkpoint holds which tensor: the `weight_map` of `model.safetensors.index.json`.
struct CheckpointIndex {
    /// The shards' file names, sorted, each once.
    let shards: [String]
    /// The shard of every tensor.
    let shardOfTensor: [ExactName: String]

    /// Reads an index.
    ///
    /// The `metadata` beside the map is not looked at: its sizes are often stale, and nothing needs them.
    /// - Parameter url: the index file.
    /// - Throws: ``SafetensorsError/checkpoint(path:_:)`` if it is no index, or names a shard outside its folder.
    init(contentsOf url: URL) throws {
        let members = try Self.weightMap(in: try Self.read(url), path: url.path)
        if let name = firstDuplicate(in: members.lazy.map(\.key)) {
            throw SafetensorsError.checkpoint(path: url.path, .repeatedTensor(name))
        }
        var shardOfTensor: [ExactName: String] = [:]
        for member in members {
            guard case .string(let shard) = member.value else {
                throw SafetensorsError.checkpoint(
                    path: url.path, .shardNotAString(tensor: member.key, found: member.value.excerpt))
            }
            guard Self.isPlainFileName(shard) else {
                throw SafetensorsError.checkpoint(path: url.path, .unsafeShardName(tensor: member.key, shard: shard))
            }
            shardOfTensor[ExactName(member.key)] = shard
        }
        self.shardOfTensor = shardOfTensor
        shards = Set(shardOfTensor.values).sorted()
    }

    private static func read(_ url: URL) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: url))
        } catch {
            throw SafetensorsError.file(path: url.path, .cannotOpen(reason: SafetensorsError.reason(of: error)))
        }
    }

    private static func weightMap(in bytes: [UInt8], path: String) throws -> [JSONValue.Member] {
        let value: JSONValue
        do {
            _ = try UTF8Span(validating: bytes.span)
            value = try JSONScanner.parse(bytes)
        } catch let error as JSONSyntaxError {
            throw SafetensorsError.checkpoint(path: path, .indexNotJSON(offset: error.offset, reason: error.reason))
        } catch let error as Unicode.UTF8.ValidationError {
            throw SafetensorsError.checkpoint(
                path: path, .indexNotJSON(offset: error.byteOffsets.lowerBound, reason: "the text is not UTF-8"))
        }
        guard case .object(let members) = value,
            case .object(let map) = members.last(where: { $0.key == "weight_map" })?.value, !map.isEmpty
        else {
            throw SafetensorsError.checkpoint(path: path, .noWeightMap)
        }
        return map
    }

    /// Whether `name` can only mean a file of the folder itself.
    private static func isPlainFileName(_ name: String) -> Bool {
        !["", ".", ".."].contains(name) && !name.unicodeScalars.contains { ["/", "\\", "\0"].contains($0) }
    }
}
