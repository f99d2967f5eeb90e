import Foundation
import Images
import Tokenization
import Torch

/// Conversations to model input: chat template, tokenizer and pictures together (transformers' `Qwen2_5_VLProcessor`).
public struct QwenVLProcessor: Sendable {
    /// Text to token numbers and back.
    public let tokenizer: Tokenizer
    /// Pictures to patches.
    public var imageProcessor: ImageProcessor
    /// The file that held the chat template, nil if the folder has none and the original is used.
    public let chatTemplate: URL?
    /// The model's sizes and special tokens.
    public let configuration: ModelConfiguration

    /// Reads the tokenizer, the chat template and the picture settings of a checkpoint.
    /// - Parameters:
    ///   - folder: holds tokenizer.json and preprocessor_config.json.
    ///   - configuration: of the model they are for.
    /// - Throws: ``QwenVLError`` or `TokenizerError`, naming what is wrong and where.
    public init(folder: URL, configuration: ModelConfiguration) throws {
        let tokenizerFile = folder.appendingPathComponent("tokenizer.json")
        guard FileManager.default.fileExists(atPath: tokenizerFile.path) else {
            throw QwenVLError.missingFile(path: tokenizerFile.path, purpose: "the tokenizer")
        }
        tokenizer = try Tokenizer(contentsOf: tokenizerFile)
        let preprocessorFile = folder.appendingPathComponent("preprocessor_config.json")
        imageProcessor = ImageProcessor(try ImageProcessorConfiguration(contentsOf: preprocessorFile))
        chatTemplate = try ChatTemplateFile.check(in: folder)
        self.configuration = configuration
        try checkTokens(tokenizerFile)
        try checkSizes(preprocessorFile)
    }

    /// The special tokens of the template must be tokens, and have the numbers that the model takes for them.
    private func checkTokens(_ file: URL) throws {
        for token in ["<|im_start|>", "<|im_end|>"] where tokenizer.id(of: token) == nil {
            throw QwenVLError.configuration(path: file.path, problem: "the tokenizer has no \(token)")
        }
        let marks = [
            ("<|image_pad|>", "image_token_id", configuration.imageTokenID),
            ("<|video_pad|>", "video_token_id", configuration.videoTokenID),
            ("<|vision_start|>", "vision_start_token_id", configuration.visionStartTokenID),
            ("<|vision_end|>", "vision_end_token_id", configuration.visionEndTokenID),
        ]
        for (token, key, expected) in marks where tokenizer.id(of: token) != expected {
            let found = tokenizer.id(of: token).map(String.init) ?? "not in the vocabulary"
            throw QwenVLError.configuration(
                path: file.path, problem: "\(token) is \(found), config.json says \(key) \(expected)")
        }
    }

    private func checkSizes(_ file: URL) throws {
        let (settings, vision) = (imageProcessor.configuration, configuration.vision)
        let pairs = [
            ("patch_size", settings.patchSize, vision.patchSize),
            ("temporal_patch_size", settings.temporalPatchSize, vision.temporalPatchSize),
            ("merge_size", settings.mergeSize, vision.spatialMergeSize),
        ]
        for (key, found, expected) in pairs where found != expected {
            throw QwenVLError.configuration(
                path: file.path, problem: "'\(key)' is \(found), the vision_config of config.json says \(expected)")
        }
    }

    /// The input of a conversation.
    /// - Parameters:
    ///   - messages: the turns, pictures among them.
    ///   - addsGenerationPrompt: true to end with the header of an assistant turn for the model to go on from.
    ///   - addsDefaultSystem: false to leave a conversation that has no system turn without one, as the template never does.
    /// - Returns: tokens with their roles and turns, and the patches of the pictures.
    /// - Throws: ``QwenVLError/conversation(_:)`` for no messages, ``QwenVLError/input(_:)`` for an impossible picture,
    ///   ``QwenVLError/contextExceeded(tokens:limit:advice:)`` for more tokens than the model has positions.
    public func callAsFunction(
        _ messages: [Message], addsGenerationPrompt: Bool = true, addsDefaultSystem: Bool = true
    ) throws -> ModelInput {
        let images = messages.flatMap(\.content).compactMap { content -> RGBImage? in
            if case .image(let image) = content { return image }
            return nil
        }
        let grids = try images.map { try imageProcessor.grid(height: $0.height, width: $0.width) }
        let tokens = try tokens(
            messages, grids: grids, addsGenerationPrompt: addsGenerationPrompt, addsDefaultSystem: addsDefaultSystem)
        let limit = configuration.text.maxPositionEmbeddings
        guard tokens.ids.count <= limit else {
            let pictures = grids.reduce(0) {
                $0 + $1.tokenCount(spatialMergeSize: configuration.vision.spatialMergeSize)
            }
            throw QwenVLError.contextExceeded(
                tokens: tokens.ids.count, limit: limit,
                advice: "shorten the text or give smaller pictures (they take \(pictures) of the tokens)")
        }
        let pixelValues = try images.isEmpty ? nil : imageProcessor(images).pixelValues
        return try ModelInput(
            inputIDs: tokens.ids, roles: tokens.roles, turns: tokens.turns, imageTokenID: configuration.imageTokenID,
            pixelValues: pixelValues, grids: grids)
    }

    /// The roles of a conversation's tokens, without looking at its pictures and however many tokens there are.
    /// - Parameters:
    ///   - messages: the turns; any picture may stand for the real ones.
    ///   - grids: of the real pictures, one for each.
    ///   - addsGenerationPrompt: true to end with the header of an assistant turn.
    ///   - addsDefaultSystem: false to leave a conversation that has no system turn without one.
    /// - Returns: one role per token, the same as in the whole input.
    /// - Throws: ``QwenVLError/conversation(_:)`` for no messages.
    package func roles(
        _ messages: [Message], grids: [GridTHW], addsGenerationPrompt: Bool, addsDefaultSystem: Bool
    ) throws -> [TokenRole] {
        try tokens(
            messages, grids: grids, addsGenerationPrompt: addsGenerationPrompt, addsDefaultSystem: addsDefaultSystem
        ).roles
    }

    private func tokens(
        _ messages: [Message], grids: [GridTHW], addsGenerationPrompt: Bool, addsDefaultSystem: Bool
    ) throws -> TokenStream {
        var tokens = TokenStream(tokenizer: tokenizer)
        let pieces = try ChatTemplate.pieces(
            messages, addsGenerationPrompt: addsGenerationPrompt, addsDefaultSystem: addsDefaultSystem)
        for piece in pieces {
            switch piece.kind {
            case .special(let token):
                tokens.append(special: try specialID(token), role: piece.role, turn: piece.turn)
            case .text(let text):
                tokens.append(text: text, role: piece.role, turn: piece.turn)
            case .image(let index):
                let count = grids[index].tokenCount(spatialMergeSize: configuration.vision.spatialMergeSize)
                for _ in 0..<count {
                    tokens.append(special: configuration.imageTokenID, role: piece.role, turn: piece.turn)
                }
            }
        }
        tokens.finish()
        return tokens
    }

    private func specialID(_ token: String) throws -> Int {
        guard let id = tokenizer.id(of: token) else {
            throw QwenVLError.conversation("The tokenizer has no \(token)")
        }
        return id
    }
}
