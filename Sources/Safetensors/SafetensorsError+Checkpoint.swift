extension SafetensorsError {
    /// Why a folder or an index is no complete checkpoint.
    public enum CheckpointProblem: Equatable, Sendable {
        /// Nothing exists at the path.
        case notFound
        /// The system refuses to list the folder, for the `reason` it gives.
        case unreadableFolder(reason: String)
        /// The folder holds nothing.
        case emptyFolder
        /// The folder holds weights as pickles, `files`, which run code when they are read and so are never read here.
        case onlyPickles(files: [String])
        /// The folder holds other safetensors files, `files`, none of which is the one looked for.
        case otherSafetensors(files: [String])
        /// The folder holds no weights.
        case noWeights
        /// The index is not JSON at byte `offset`, for the `reason` given.
        case indexNotJSON(offset: Int, reason: String)
        /// The index has no `weight_map`, or one that is no object or is empty.
        case noWeightMap
        /// The index names the same tensor more than once.
        case repeatedTensor(String)
        /// The index gives `found` instead of a file name as a tensor's shard.
        case shardNotAString(tensor: String, found: String)
        /// The index gives a path instead of a file name as a tensor's shard.
        case unsafeShardName(tensor: String, shard: String)
        /// The folder lacks these shards of the index.
        case missingShards([String])
        /// The index places `names` in a shard that does not hold them.
        case absentTensors(shard: String, names: [String])
        /// A shard holds `names`, which the index does not place there.
        case unindexedTensors(shard: String, names: [String])

        /// The problem of a folder with neither `model.safetensors` nor its index.
        /// - Parameter contents: the names in the folder.
        /// - Returns: the most telling problem.
        static func noWeights(in contents: [String]) -> CheckpointProblem {
            let names = contents.sorted()
            let safetensors = names.filter { $0.hasSuffix(".safetensors") }
            let pickles = names.filter { $0.hasPrefix("pytorch_model") && $0.hasSuffix(".bin") }
            if names.isEmpty { return .emptyFolder }
            if !safetensors.isEmpty { return .otherSafetensors(files: safetensors) }
            return pickles.isEmpty ? .noWeights : .onlyPickles(files: pickles)
        }

        var sentence: String {
            switch self {
            case .notFound:
                return "does not exist; check the path"
            case .unreadableFolder(let reason):
                return "is a folder that cannot be read (\(reason)); check its permissions"
            case .emptyFolder:
                return "is an empty folder; give one that holds \(Self.expected)"
            case .onlyPickles(let files):
                return "holds its weights as \(list(files)) only, which must be converted to safetensors first "
                    + "(load it with transformers and call save_pretrained)"
            case .otherSafetensors(let files):
                return "does not hold \(Self.expected) but \(list(files)); give the path of one file instead"
            case .noWeights:
                return "holds no weights; give a folder that holds \(Self.expected)"
            case .indexNotJSON(let offset, let reason):
                return "is not JSON at byte \(offset), where \(reason); fetch or save the index again"
            case .noWeightMap:
                return "has no weight_map from tensors to shards; fetch or save the index again"
            case .repeatedTensor(let name):
                return "names tensor \(JSONText.quoted(name)) more than once; save the checkpoint again"
            case .shardNotAString(let tensor, let found):
                return "must give tensor \(JSONText.quoted(tensor)) a file name and gives \(found); "
                    + "save the checkpoint again"
            case .unsafeShardName(let tensor, let shard):
                return "places tensor \(JSONText.quoted(tensor)) in \(JSONText.quoted(shard)), but a shard must lie "
                    + "in the folder of the index; give it a plain file name"
            case .missingShards(let shards):
                return "needs \(shards.count) shards that are missing: \(list(shards, limit: .max)); fetch them"
            case .absentTensors(let shard, let names):
                return "places \(Self.count(names)) in \(JSONText.quoted(shard)), which lacks \(list(names)); "
                    + "fetch shard and index again from one source"
            case .unindexedTensors(let shard, let names):
                return "does not place in \(JSONText.quoted(shard)) \(Self.count(names)) that it holds, "
                    + "\(list(names)); fetch shard and index again from one source"
            }
        }

        private static let expected = "\(SafetensorsCheckpoint.fileName) or \(SafetensorsCheckpoint.indexName)"

        private static func count(_ names: [String]) -> String {
            names.count == 1 ? "1 tensor" : "\(names.count) tensors"
        }
    }
}
