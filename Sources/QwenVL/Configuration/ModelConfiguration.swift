import Foundation
import Torch

/// What config.json says: the sizes of a Qwen2.5-VL and its special tokens.
///
/// Both layouts that exist are read: the flat one of the Hub's own files (decoder keys at the top level, `rope_scaling`) and
/// the nested one that transformers 5 writes (`text_config`, `rope_parameters`). 3B, 7B, 32B and 72B differ in nothing but
/// these numbers.
public struct ModelConfiguration: Sendable, Equatable {
    /// Sizes of the text decoder: `text_config`, or the top level of the flat layout.
    public var text: TextConfiguration
    /// Sizes of the vision tower: `vision_config`.
    public var vision: VisionConfiguration
    /// Stands for one visual token of a picture.
    public var imageTokenID: Int
    /// Stands for one visual token of a video; never in our input.
    public var videoTokenID: Int
    /// Opens a picture.
    public var visionStartTokenID: Int
    /// Closes a picture.
    public var visionEndTokenID: Int
    /// True if the output projection is the embedding.
    public var tiesWordEmbeddings: Bool
    /// The type the file says the weights were saved in, if it does.
    public var savedDType: DType?

    /// Reads config.json of a checkpoint.
    /// - Parameter folder: the checkpoint's folder.
    /// - Throws: ``QwenVLError`` naming the folder, the file or the key.
    public init(folder: URL) throws {
        try CheckpointFolder.requireReadable(folder)
        try self.init(contentsOf: folder.appendingPathComponent("config.json"))
    }

    /// Reads config.json.
    /// - Parameter url: the file.
    /// - Throws: ``QwenVLError`` naming the file and the key.
    public init(contentsOf url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw QwenVLError.missingFile(path: url.path, purpose: "the sizes of the model")
        }
        let json = try JSONFile(contentsOf: url)
        let kind = try json.string("model_type") ?? (json.object["architectures"] as? [String])?.first ?? "(none named)"
        guard kind == "qwen2_5_vl" || kind == "Qwen2_5_VLForConditionalGeneration" else {
            throw QwenVLError.unknownArchitecture(path: url.path, found: kind)
        }
        let nested = try json.section("text_config")
        text = try TextConfiguration(nested ?? json)
        guard let visionSection = try json.section("vision_config") else {
            throw QwenVLError.configuration(path: url.path, problem: "the key 'vision_config' is missing")
        }
        vision = try VisionConfiguration(visionSection, textHiddenSize: text.hiddenSize)
        imageTokenID = try json.integer("image_token_id", default: 151655)
        videoTokenID = try json.integer("video_token_id", default: 151656)
        visionStartTokenID = try json.integer("vision_start_token_id", default: 151652)
        visionEndTokenID = try json.integer("vision_end_token_id", default: 151653)
        let tiedInside = try nested?.flag("tie_word_embeddings", default: false) ?? false
        tiesWordEmbeddings = try json.flag("tie_word_embeddings", default: false) || tiedInside
        let named = try json.string("torch_dtype") ?? json.string("dtype") ?? nested?.string("dtype")
        savedDType = DType.allCases.first { $0.description == named }
        for (key, id) in [("image_token_id", imageTokenID), ("video_token_id", videoTokenID)]
        where !(0..<text.vocabularySize).contains(id) {
            throw QwenVLError.configuration(
                path: url.path, problem: "'\(key)' is \(id), outside the vocabulary of \(text.vocabularySize)")
        }
    }
}
