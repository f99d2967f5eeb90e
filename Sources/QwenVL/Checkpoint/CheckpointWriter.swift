import Foundation
import Safetensors
import Torch

/// Writes a model as a Hugging Face checkpoint.
public enum CheckpointWriter {
    /// The files beside the weights that describe a checkpoint and are taken over as they are.
    private static let companions = [
        "generation_config.json", "preprocessor_config.json", "video_preprocessor_config.json", "processor_config.json",
        "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json",
        "special_tokens_map.json", "chat_template.json", "chat_template.jinja",
    ]

    /// Saves a model so that transformers' `from_pretrained` and ``QwenVLModel/init(folder:dtype:device:converts:)`` read it back to
    /// the same logits.
    ///
    /// Weights are written under the Hub's names, in the type they have, in shards where they are large. The configuration
    /// and all files beside it come from the checkpoint the model was made of; type and size of the vocabulary are the model's.
    /// - Parameters:
    ///   - model: what to save.
    ///   - source: the checkpoint folder with its configuration and tokenizer.
    ///   - changedFiles: files beside the weights with another content than in the source, such as
    ///     ``SpecialTokens/changedFiles``.
    ///   - folder: where to; made if it is not there, and not the source.
    ///   - maximumShardByteCount: the most bytes of tensors in one file.
    /// - Throws: ``QwenVLError`` if a file beside the weights cannot be read or written, `SafetensorsError` if the weights
    ///   cannot.
    public static func save(
        _ model: QwenVLModel, companionsFrom source: URL, changedFiles: [String: Data] = [:], to folder: URL,
        maximumShardByteCount: Int = 5_000_000_000
    ) throws {
        guard
            source.standardizedFileURL.resolvingSymlinksInPath() != folder.standardizedFileURL.resolvingSymlinksInPath()
        else {
            throw QwenVLError.unwritable(
                path: folder.path,
                reason: "a model is not saved over the checkpoint it is read from; choose another folder")
        }
        let configuration = try configurationData(of: source, for: model)
        try writeCompanions(of: source, changedFiles: changedFiles, to: folder)
        let tensors = try model.parameters.names.map { name in
            SafetensorsWriter.Tensor(name: name, try model.parameters.tensor(name).detached())
        }
        try SafetensorsWriter.writeCheckpoint(tensors, maximumShardByteCount: maximumShardByteCount, to: folder)
        // Last: a folder with a config.json is a whole checkpoint.
        try write(configuration, to: folder.appendingPathComponent("config.json"))
    }

    /// Writes the files beside the weights but for config.json: tokenizer, processor, templates.
    /// - Parameters:
    ///   - source: the checkpoint folder that has them.
    ///   - changedFiles: files with another content than there.
    ///   - folder: where to; made if it is not there.
    /// - Throws: ``QwenVLError`` if a file cannot be read or written.
    public static func writeCompanions(
        of source: URL, changedFiles: [String: Data] = [:], to folder: URL
    ) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw QwenVLError.unwritable(
                path: folder.path, reason: "the folder cannot be made, \(JSONFile.reason(of: error))")
        }
        for name in Set(companions).union(changedFiles.keys).sorted() {
            let from = source.appendingPathComponent(name)
            if let changed = changedFiles[name] {
                try write(changed, to: folder.appendingPathComponent(name))
            } else if FileManager.default.fileExists(atPath: from.path) {
                try write(try read(from), to: folder.appendingPathComponent(name))
            }
        }
    }

    /// The source's config.json with the type and the vocabulary of the saved weights, in either layout.
    private static func configurationData(of source: URL, for model: QwenVLModel) throws -> Data {
        let (dtype, vocabularySize) = (model.dtype, model.configuration.text.vocabularySize)
        var object = try JSONFile(contentsOf: source.appendingPathComponent("config.json")).object
        let key = object["dtype"] != nil ? "dtype" : "torch_dtype"
        object[key] = dtype.description
        if object["text_config"] == nil || object["vocab_size"] != nil { object["vocab_size"] = vocabularySize }
        for part in ["text_config", "vision_config"] {
            guard var section = object[part] as? [String: Any] else { continue }
            for key in ["dtype", "torch_dtype"] where section[key] != nil { section[key] = dtype.description }
            if part == "text_config" { section["vocab_size"] = vocabularySize }
            object[part] = section
        }
        return try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    private static func read(_ url: URL) throws -> Data {
        do {
            return try Data(contentsOf: url)
        } catch {
            throw QwenVLError.unreadable(path: url.path, reason: JSONFile.reason(of: error))
        }
    }

    private static func write(_ data: Data, to url: URL) throws {
        do {
            try data.write(to: url, options: .atomic)
        } catch {
            throw QwenVLError.unwritable(path: url.path, reason: JSONFile.reason(of: error))
        }
    }
}
