import Foundation
import Safetensors
import Torch

/// A Qwen2.5-VL: vision tower, decoder, and the forward pass that joins them.
///
/// The model keeps no state between calls: what a conversation accumulates lies in the caller's ``KeyValueCache``.
public struct QwenVLModel {
    /// The sizes.
    public let configuration: ModelConfiguration
    /// All parameters by name.
    public let parameters: ParameterStore
    /// Pictures to visual tokens.
    public let vision: VisionTower
    /// Tokens to hidden states.
    public let decoder: Decoder
    /// Where the parameters lie.
    public let device: Device
    /// The type the model computes in.
    public let dtype: DType

    /// A model over parameters that are already there.
    /// - Parameters:
    ///   - configuration: the sizes.
    ///   - parameters: tensors of those sizes.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` if one is missing.
    public init(configuration: ModelConfiguration, parameters: ParameterStore) throws {
        self.configuration = configuration
        self.parameters = parameters
        vision = try VisionTower(parameters.scope("visual"), configuration: configuration.vision)
        decoder = try Decoder(parameters, configuration: configuration.text, tied: configuration.tiesWordEmbeddings)
        device = decoder.embedding.device
        dtype = decoder.embedding.dtype
    }

    /// Opens a checkpoint folder in the Hugging Face layout.
    /// - Parameters:
    ///   - folder: holds config.json and safetensors weights.
    ///   - dtype: the type to compute in; nil keeps the stored one.
    ///   - device: where the parameters go.
    /// - Throws: ``QwenVLError`` or `SafetensorsError`, naming what is wrong and where.
    public init(folder: URL, dtype: DType? = .float32, device: Device = .cpu) throws {
        let configuration = try ModelConfiguration(folder: folder)
        let checkpoint = try SafetensorsCheckpoint(contentsOf: folder)
        let parameters = try ParameterStore(reading: checkpoint, for: configuration, dtype: dtype, device: device)
        try self.init(configuration: configuration, parameters: parameters)
    }

    /// Which rows of logits a pass computes.
    public enum LogitRows: Sendable, Equatable {
        /// None: hidden states and masses only.
        case none
        /// The last token's.
        case last
        /// Every token's.
        case all
    }

    /// What one forward pass gives.
    public struct Output {
        /// After the last norm, `[1, tokens, hidden]`.
        public let hiddenStates: Tensor
        /// `[1, rows, vocabulary]`, as asked for; nil for none.
        public let logits: Tensor?
        /// Per layer the attention that each query gives to each key group, empty if not observed.
        ///
        /// Each `[1, heads, tokens, groups]`.
        public let masses: [Tensor]
    }

    /// One pass over the tokens of an input.
    /// - Parameters:
    ///   - input: tokens and pictures.
    ///   - logits: which rows of logits to compute.
    ///   - groups: the tokens' key groups, to observe attention; nil observes nothing and costs nothing.
    ///   - cache: an empty cache to fill, or nil.
    ///   - trace: sees intermediate results.
    /// - Returns: hidden states, logits and masses.
    /// - Throws: ``QwenVLError/input(_:)`` if the parts of the input do not agree,
    ///   ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if it is too long.
    public func forward(
        _ input: ModelInput, logits: LogitRows = .all, groups: KeyGroups? = nil, cache: KeyValueCache? = nil,
        trace: ForwardTrace? = nil
    ) throws -> Output {
        let limit = configuration.text.maxPositionEmbeddings
        guard input.inputIDs.count <= limit else {
            throw QwenVLError.contextExceeded(
                tokens: input.inputIDs.count, limit: limit,
                advice: "shorten the text or give smaller pictures (max_pixels)")
        }
        let positions = try input.positionIDs(spatialMergeSize: configuration.vision.spatialMergeSize)
        let embeddings = try embed(input, trace: trace)
        return try decode(embeddings, positions, logits: logits, groups: groups, cache: cache, trace: trace)
    }

    /// One pass over a single token behind those in the cache.
    /// - Parameters:
    ///   - tokenID: the token.
    ///   - position: its rotary position; the first after an input is ``PositionIDs/next``.
    ///   - groups: its key groups, if the cache observes.
    ///   - cache: the tokens before; it is given this one.
    /// - Returns: hidden state, logits `[1, 1, vocabulary]` and masses of this token.
    /// - Throws: ``QwenVLError/input(_:)`` if the cache is full.
    public func step(_ tokenID: Int, position: Int, groups: KeyGroups? = nil, cache: KeyValueCache) throws -> Output {
        let embeddings = try decoder.embedding.embedding(Tensor([tokenID], shape: [1, 1]).to(device: device))
        let positionIDs = try Tensor([position, position, position], shape: [3, 1, 1]).to(device: device)
        return try decode(embeddings, positionIDs, logits: .last, groups: groups, cache: cache, trace: nil)
    }

    private func decode(
        _ embeddings: Tensor, _ positionIDs: Tensor, logits rows: LogitRows, groups: KeyGroups?, cache: KeyValueCache?,
        trace: ForwardTrace?
    ) throws -> Output {
        let (hiddenStates, masses) = try decoder(
            embeddings: embeddings, positionIDs: positionIDs.to(device: device), groups: groups, cache: cache,
            trace: trace)
        let tokens = hiddenStates.size(1)
        let logits: Tensor? =
            switch rows {
            case .none: nil
            case .last: try decoder.logits(hiddenStates.slice(1, tokens - 1..<tokens))
            case .all: try decoder.logits(hiddenStates)
            }
        return Output(hiddenStates: hiddenStates, logits: logits, masses: masses)
    }

    /// Embeddings of the tokens, with the visual tokens of the pictures in their places: `[1, tokens, hidden]`.
    private func embed(_ input: ModelInput, trace: ForwardTrace?) throws -> Tensor {
        let vocabulary = configuration.text.vocabularySize
        if let stray = input.inputIDs.first(where: { !(0..<vocabulary).contains($0) }) {
            throw QwenVLError.input("Token \(stray) is outside the model's vocabulary of \(vocabulary)")
        }
        let ids = try Tensor(input.inputIDs, shape: [1, input.inputIDs.count]).to(device: device)
        let text = try decoder.embedding.embedding(ids)
        let places = input.inputIDs.indices.filter { input.inputIDs[$0] == configuration.imageTokenID }
        guard let pixelValues = input.pixelValues, !input.grids.isEmpty else {
            guard places.isEmpty else {
                throw QwenVLError.input(
                    "The tokens have \(places.count) places for visual tokens, but no picture is given")
            }
            return text
        }
        let visual = try vision(pixelValues, grids: input.grids, trace: trace)
        try trace?(.visionOutput, visual)
        guard visual.size(0) == places.count else {
            throw QwenVLError.input(
                "The pictures give \(visual.size(0)) visual tokens, the tokens have \(places.count) places for them")
        }
        let indices = try Tensor(places).to(device: device)
        return try text.indexCopy(1, indices, visual.to(text.dtype).unsqueeze(0))
    }
}
