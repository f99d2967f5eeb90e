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
    ///   - dtype: the type to compute in; nil for that of the parameters.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` if one is missing.
    public init(configuration: ModelConfiguration, parameters: ParameterStore, dtype: DType? = nil) throws {
        self.configuration = configuration
        self.parameters = parameters
        vision = try VisionTower(parameters.scope("visual"), configuration: configuration.vision)
        decoder = try Decoder(parameters, configuration: configuration.text, tied: configuration.tiesWordEmbeddings)
        device = decoder.embedding.device
        self.dtype = dtype ?? decoder.embedding.dtype
    }

    /// Opens a checkpoint folder in the Hugging Face layout.
    /// - Parameters:
    ///   - folder: holds config.json and safetensors weights.
    ///   - dtype: the type to compute in; nil for the stored one.
    ///   - device: where the parameters go.
    ///   - converts: true to bring all parameters to `dtype`, as training and saving in another type want; false to leave
    ///     matrices of bfloat16 in the file's memory map and use them as they are in a float32 pass.
    /// - Throws: ``QwenVLError`` or `SafetensorsError`, naming what is wrong and where.
    public init(
        folder: URL, dtype: DType? = .float32, device: Device = .cpu, converts: Bool = false
    ) throws {
        let configuration = try ModelConfiguration(folder: folder)
        let checkpoint = try SafetensorsCheckpoint(contentsOf: folder)
        let parameters = try ParameterStore(
            reading: checkpoint, for: configuration, dtype: dtype, device: device, converts: converts)
        try self.init(configuration: configuration, parameters: parameters, dtype: dtype)
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
        try check(groups, cache: cache, tokens: input.inputIDs.count)
        let positionIDs = try input.positionIDs(spatialMergeSize: configuration.vision.spatialMergeSize)
        let embeddings = try embed(input, trace: trace)
        if let cache, let groups { try cache.note(groups.membership) }
        let observed = try groups.map { try ObservedKeys($0, device: device) }
        let output = try decode(
            embeddings, positionIDs, logits: logits, pass: .block(groups: observed, cache: cache), trace: trace)
        cache?.advance(by: input.inputIDs.count)
        return output
    }

    /// One pass over a single further token of each of several sequences.
    ///
    /// The result of a sequence does not depend on the others.
    /// - Parameters:
    ///   - tokenIDs: one per sequence.
    ///   - positions: their rotary positions; the first after an input is ``PositionIDs/next``.
    ///   - sequences: what each has cached; each is given its token. All observe, or none.
    ///   - membership: where attention is observed, the groups of each token: bit g for group g.
    /// - Returns: hidden states, logits `[sequences, 1, vocabulary]` and masses `[sequences, heads, 1, groups]`.
    /// - Throws: ``QwenVLError/input(_:)`` if a cache is full or the lists differ in length.
    public func step(
        _ tokenIDs: [Int], positions: [Int], sequences: [CachedSequence], membership: [UInt8] = []
    ) throws -> Output {
        let count = tokenIDs.count
        let observes = sequences.contains { $0.own.groupCount > 0 }
        guard count > 0, positions.count == count, sequences.count == count, !observes || membership.count == count
        else {
            throw QwenVLError.input(
                "A step has \(count) tokens, \(positions.count) positions, \(sequences.count) sequences and "
                    + "\(membership.count) memberships")
        }
        if observes {
            for (sequence, byte) in zip(sequences, membership) { try sequence.own.note([byte]) }
        }
        let embeddings = try embedding(of: tokenIDs, shape: [count, 1])
        let positionIDs = try Tensor(positions + positions + positions, shape: [3, count, 1])
        let output = try decode(embeddings, positionIDs, logits: .last, pass: .step(sequences), trace: nil)
        for sequence in sequences { sequence.own.advance(by: 1) }
        return output
    }

    private func check(_ groups: KeyGroups?, cache: KeyValueCache?, tokens: Int) throws {
        if let cache, cache.groupCount != groups?.count ?? 0 {
            throw QwenVLError.input(
                "The cache observes \(cache.groupCount) key groups, the new tokens name \(groups?.count ?? 0)")
        }
        if let groups, groups.membership.count != tokens {
            throw QwenVLError.input("\(groups.membership.count) tokens have key groups, the pass has \(tokens)")
        }
    }

    private func decode(
        _ embeddings: Tensor, _ positionIDs: Tensor, logits rows: LogitRows, pass: DecoderPass, trace: ForwardTrace?
    ) throws -> Output {
        let (hiddenStates, masses) = try decoder(
            embeddings: embeddings, positionIDs: positionIDs.to(device: device), pass: pass, trace: trace)
        let tokens = hiddenStates.size(1)
        let logits: Tensor? =
            switch rows {
            case .none: nil
            case .last: try decoder.logits(hiddenStates.slice(1, tokens - 1..<tokens))
            case .all: try decoder.logits(hiddenStates)
            }
        return Output(hiddenStates: hiddenStates, logits: logits, masses: masses)
    }

    /// Rows of the embedding in the type the model computes in, `[..., hidden]`.
    private func embedding(of tokenIDs: [Int], shape: [Int]) throws -> Tensor {
        try decoder.embedding.embedding(Tensor(tokenIDs, shape: shape).to(device: device)).to(dtype)
    }

    /// Embeddings of the tokens, with the visual tokens of the pictures in their places: `[1, tokens, hidden]`.
    private func embed(_ input: ModelInput, trace: ForwardTrace?) throws -> Tensor {
        let vocabulary = configuration.text.vocabularySize
        if let stray = input.inputIDs.first(where: { !(0..<vocabulary).contains($0) }) {
            throw QwenVLError.input("Token \(stray) is outside the model's vocabulary of \(vocabulary)")
        }
        let text = try embedding(of: input.inputIDs, shape: [1, input.inputIDs.count])
        let places = input.inputIDs.indices.filter { input.inputIDs[$0] == configuration.imageTokenID }
        guard let pixelValues = input.pixelValues, !input.grids.isEmpty else {
            guard places.isEmpty else {
                throw QwenVLError.input(
                    "The tokens have \(places.count) places for visual tokens, but no picture is given")
            }
            return text
        }
        let visual = try vision(pixelValues.to(dtype, device: device), grids: input.grids, trace: trace)
        try trace?(.visionOutput, visual)
        guard visual.size(0) == places.count else {
            throw QwenVLError.input(
                "The pictures give \(visual.size(0)) visual tokens, the tokens have \(places.count) places for them")
        }
        let indices = try Tensor(places).to(device: device)
        return try text.indexCopy(1, indices, visual.to(text.dtype).unsqueeze(0))
    }
}
