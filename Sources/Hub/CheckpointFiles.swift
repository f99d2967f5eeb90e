import Foundation

/// Which files of a repository make up a checkpoint.
enum CheckpointFiles {
    /// One file of weights.
    static let weights = "model.safetensors"
    /// The table of contents of weights in shards.
    static let index = "model.safetensors.index.json"
    /// What a checkpoint cannot do without, beside its weights.
    static let required = ["config.json", "preprocessor_config.json", "tokenizer.json"]
    /// What is fetched where a repository has it.
    static let companions =
        required + ["generation_config.json", "tokenizer_config.json", "chat_template.json", "chat_template.jinja"]

    /// The shards an index names, sorted, each once.
    /// - Throws: ``HubError/unsafeName(index:name:)`` if one is no plain file name of safetensors, and
    ///   ``HubError/noIndex(path:)`` if the file is no index.
    static func shards(ofIndexAt url: URL) throws -> [String] {
        struct Index: Decodable {
            let weights: [String: String]
            enum CodingKeys: String, CodingKey { case weights = "weight_map" }
        }
        let names: Set<String>
        do {
            names = Set(try JSONDecoder().decode(Index.self, from: Data(contentsOf: url)).weights.values)
        } catch {
            throw HubError.noIndex(path: url.path)
        }
        if names.isEmpty { throw HubError.noIndex(path: url.path) }
        for name in names where !isPlainFileName(name) { throw HubError.unsafeName(index: index, name: name) }
        return names.sorted()
    }

    /// Whether a name can only mean a safetensors file of the folder itself.
    private static func isPlainFileName(_ name: String) -> Bool {
        name.hasSuffix(".safetensors") && !name.hasPrefix(".") && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    }
}
