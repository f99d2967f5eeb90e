import Foundation
import Torch

/// Tokens added to a checkpoint's tokenizer: their numbers, and the files that say so, in transformers' format.
///
/// Nothing is written here: ``CheckpointWriter/save(_:companionsFrom:changedFiles:to:maximumShardByteCount:)`` takes the
/// files, and ``enlarged(_:)`` gives the model rows for them.
public struct SpecialTokens: Sendable {
    /// The numbers of the tokens asked for, new or not.
    public let ids: [String: Int]
    /// The files of the folder that change, by name, with their new content; empty if all tokens were there.
    public let changedFiles: [String: Data]
    /// The rows that the embedding must have at least: one more than the largest number of a token.
    public let vocabularySize: Int

    /// Adds tokens to the tokenizer of a checkpoint.
    ///
    /// New ones get the numbers after the last; one that is there keeps its number, one that is an ordinary entry of the
    /// vocabulary becomes an added token under it. tokenizer.json gets its entries among the others without a change
    /// elsewhere; tokenizer_config.json, added_tokens.json and special_tokens_map.json are completed where they list such
    /// tokens.
    /// - Parameters:
    ///   - tokens: their texts, such as `<think>`.
    ///   - isSpecial: true for tokens that are left out when text is decoded without special tokens, as `<|im_end|>` is; false
    ///     for tokens that stay in the text, as `<tool_call>` does.
    ///   - folder: the checkpoint, with a tokenizer.json.
    /// - Returns: numbers and changed files.
    /// - Throws: ``QwenVLError`` if a file is missing, cannot be read or is not what it should be, or a token is empty.
    public static func add(_ tokens: [String], isSpecial: Bool, to folder: URL) throws -> SpecialTokens {
        if let blank = tokens.first(where: { $0.allSatisfy(\.isWhitespace) }) {
            throw QwenVLError.input("A token to be added needs a text that can be seen, got '\(blank)'")
        }
        let file = folder.appendingPathComponent("tokenizer.json")
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw QwenVLError.missingFile(path: file.path, purpose: "the tokenizer")
        }
        let json = try JSONFile(contentsOf: file)
        guard let vocabulary = try json.section("model")?.object["vocab"] as? [String: Int] else {
            throw QwenVLError.configuration(
                path: file.path, problem: "there is no 'vocab' of tokens and numbers in 'model'")
        }
        var known: [String: Int] = [:]
        for entry in json.object["added_tokens"] as? [[String: Any]] ?? [] {
            guard let id = entry["id"] as? Int, let content = entry["content"] as? String else {
                throw QwenVLError.configuration(
                    path: file.path, problem: "an entry of 'added_tokens' has no 'id' or no 'content'")
            }
            known[content] = id
        }
        var next = 1 + max(vocabulary.values.max() ?? -1, known.values.max() ?? -1)
        var (ids, added): ([String: Int], [NewToken]) = ([:], [])
        for token in tokens where ids[token] == nil {
            if let id = known[token] {
                ids[token] = id
                continue
            }
            let id = vocabulary[token] ?? next
            if id == next { next += 1 }
            ids[token] = id
            added.append(NewToken(id: id, content: token, isSpecial: isSpecial))
        }
        return SpecialTokens(
            ids: ids, changedFiles: try added.isEmpty ? [:] : NewToken.files(added, in: folder), vocabularySize: next)
    }

    /// A model with rows for these tokens.
    ///
    /// Where the embedding has enough rows it stays as it is: Qwen2.5-VL's own has more than its tokenizer has tokens. New
    /// rows of embedding and output projection are the mean of the old ones, as in transformers' `resize_token_embeddings`,
    /// whose noise, a billionth of their covariance, is left out.
    /// - Parameter model: a model of the checkpoint.
    /// - Returns: the model itself, or one over a new store that shares all other tensors; adapters are not taken along.
    /// - Throws: `TorchError` if memory is short.
    public func enlarged(_ model: QwenVLModel) throws -> QwenVLModel {
        let old = model.configuration.text.vocabularySize
        guard vocabularySize > old else { return model }
        let changed = try enlargedRows(model.parameters, by: vocabularySize - old)
        var configuration = model.configuration
        configuration.text.vocabularySize = vocabularySize
        return try QwenVLModel(
            configuration: configuration, parameters: model.parameters.replacing(changed), dtype: model.dtype)
    }

    /// The embedding and, where it is another, the output projection, with further rows that are the mean of their own.
    private func enlargedRows(_ store: ParameterStore, by count: Int) throws -> [String: Tensor] {
        try withoutGradient {
            var changed: [String: Tensor] = [:]
            for name in ["model.embed_tokens.weight", "lm_head.weight"] where store.names.contains(name) {
                let rows = try store.tensor(name).detached()
                let wide: DType = rows.dtype == .float64 ? .float64 : .float32
                let mean = try rows.to(wide).mean([0], keep: true).to(rows.dtype)
                changed[name] = try Tensor.concatenate([rows, mean.expand([count, rows.size(1)])], axis: 0)
            }
            return changed
        }
    }
}
