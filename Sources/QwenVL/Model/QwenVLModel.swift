import Foundation
import Safetensors
import Torch

/// A Qwen2.5-VL: vision tower, decoder, and the forward pass that joins them.
///
/// The model keeps no state between calls: what a conversation accumulates lies in the caller's ``KeyValueCache``.
public struct QwenVLModel {
    /// Sizes and special tokens, as config.json has them.
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

    /// The logits of some rows of hidden states: what a loss needs of a pass that computed none.
    /// - Parameter hiddenStates: `[..., hidden]`, as ``Output/hiddenStates``.
    /// - Returns: `[..., vocabulary]`.
    /// - Throws: `TorchError` if the width is another.
    public func logits(of hiddenStates: Tensor) throws -> Tensor { try decoder.logits(hiddenStates) }

    /// The cross-entropy of the tokens that should follow some rows; scores of the vocabulary are never all in memory.
    /// - Parameters:
    ///   - hiddenStates: `[rows, hidden]`, rows of ``Output/hiddenStates``.
    ///   - targets: for each row the token.
    ///   - factors: what each row counts.
    /// - Returns: the sum of the rows' losses times their factors, differentiable once, and the losses in nats `[rows]`.
    /// - Throws: `TorchError` if the lists have other lengths or a target is outside the vocabulary.
    public func crossEntropy(
        of hiddenStates: Tensor, targets: [Int], factors: [Double]
    ) throws -> (loss: Tensor, losses: Tensor) {
        try hiddenStates.vocabularyCrossEntropy(
            decoder.headMatrix(), targets: Tensor(targets.map(Int64.init)).to(device: device),
            factors: Tensor(factors).to(hiddenStates.dtype == .float64 ? .float64 : .float32, device: device))
    }

    /// The log-probabilities of tokens under the policy that draws them: at a temperature, and without tokens that are never drawn.
    /// - Parameters:
    ///   - hiddenStates: `[rows, hidden]`, rows of ``Output/hiddenStates``.
    ///   - targets: for each row the token that was drawn.
    ///   - factors: what the log-probability of each row counts in `sum`; nil for 0, where only the numbers are wanted.
    ///   - excluded: tokens that are never drawn (``SamplingOptions/bannedTokenIDs``).
    ///   - temperature: what logits are divided by, above 0.
    /// - Returns: the sum of the log-probabilities times their factors, differentiable once; the log-probabilities and the entropies of
    ///   the rows' distributions in nats, `[rows]`.
    /// - Throws: `TorchError` if the lists have other lengths or a token is outside the vocabulary.
    public func logProbabilities(
        of hiddenStates: Tensor, targets: [Int], factors: [Double]? = nil, excluded: Set<Int> = [],
        temperature: Double = 1
    ) throws -> (sum: Tensor, logProbabilities: [Double], entropies: [Double]) {
        let signs = (factors ?? [Double](repeating: 0, count: targets.count)).map { -$0 }
        let banned = excluded.filter { (0..<configuration.text.vocabularySize).contains($0) }.sorted()
        let found = try hiddenStates.policyCrossEntropy(
            decoder.headMatrix(), targets: Tensor(targets.map(Int64.init)).to(device: device),
            factors: Tensor(signs).to(hiddenStates.dtype == .float64 ? .float64 : .float32, device: device),
            excluded: banned.isEmpty ? nil : Tensor(banned.map(Int64.init)).to(device: device),
            temperature: temperature)
        func values(_ tensor: Tensor) throws -> [Double] {
            try tensor.to(.float64, device: .cpu).values(as: Double.self)
        }
        return (found.loss, try values(found.losses).map { -$0 }, try values(found.entropies))
    }

    /// The model in another type, with weights of its own.
    /// - Parameter dtype: of the weights and to compute in.
    /// - Returns: the model, without adapters.
    /// - Throws: `TorchError` if memory is short.
    public func converted(to dtype: DType) throws -> QwenVLModel {
        let weights = try withoutGradient {
            try parameters.names.map { ($0, try parameters.tensor($0).detached().to(dtype)) }
        }
        return try QwenVLModel(configuration: configuration, parameters: ParameterStore(weights), dtype: dtype)
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
        /// After the last norm, `[batch, tokens, hidden]`.
        public let hiddenStates: Tensor
        /// `[batch, rows, vocabulary]`, as asked for; nil for none.
        public let logits: Tensor?
        /// Per layer the attention that each query gives to each key group, empty if not observed.
        ///
        /// Each `[batch, heads, tokens, groups]`.
        public let masses: [Tensor]
        /// The rows of the map that a step was asked for, `[sequence][selection][key]`.
        public var maps: [[[Float]]] = []
        /// For each input the place of its first token among all rows, batch and tokens flattened.
        public var offsets: [Int] = []
    }

    /// How several inputs lie side by side in one pass; what each of them gets does not depend on it.
    public enum BatchLayout: String, Sendable, CaseIterable, Codable {
        /// A row for each, the shorter ones padded on the right: `[inputs, longest]`.
        case padded
        /// One behind the other in one row, each seeing only itself: `[1, tokens of all]`.
        case packed

        /// For each input the place of its first token, batch and tokens flattened.
        /// - Parameter lengths: tokens of the inputs.
        /// - Returns: as many places.
        public func offsets(_ lengths: [Int]) -> [Int] {
            guard self == .packed else { return lengths.indices.map { $0 * (lengths.max() ?? 0) } }
            var next = 0
            return lengths.map { length in
                defer { next += length }
                return next
            }
        }
    }

    /// One pass over the tokens of an input.
    /// - Parameters:
    ///   - input: tokens and pictures.
    ///   - logits: which rows of logits to compute.
    ///   - groups: the tokens' key groups, to observe attention; nil observes nothing and costs nothing.
    ///   - modulation: an intervention in the attention, which needs groups; nil changes nothing.
    ///   - cache: an empty cache to fill, or nil.
    ///   - recorder: keeps the queries of some tokens, or nil.
    ///   - trace: sees intermediate results.
    /// - Returns: hidden states, logits and masses.
    /// - Throws: ``QwenVLError/input(_:)`` if the parts of the input do not agree or the intervention does not fit the model,
    ///   ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if it is too long.
    public func forward(
        _ input: ModelInput, logits: LogitRows = .all, groups: KeyGroups? = nil,
        modulation: AttentionModulation? = nil, cache: KeyValueCache? = nil, recorder: QueryRecorder? = nil,
        trace: ForwardTrace? = nil
    ) throws -> Output {
        if let cache, cache.groupCount != groups?.count ?? 0 {
            throw QwenVLError.input(
                "The cache observes \(cache.groupCount) key groups, the new tokens name \(groups?.count ?? 0)")
        }
        if let cache, cache.count > 0 {
            throw QwenVLError.input(
                "The key/value cache already holds \(cache.count) tokens; a pass over an input fills an empty one")
        }
        if let recorder, !recorder.positions.allSatisfy(input.inputIDs.indices.contains) {
            throw QwenVLError.input("The pass over \(input.inputIDs.count) tokens cannot record a query outside them")
        }
        if let cache, let groups { try cache.note(groups.membership) }
        let output = try forward(
            [input], logits: logits, groups: groups.map { [$0] }, modulation: modulation, trace: trace
        ) { BlockPass(keys: $0, modulation: $1, cache: cache, recorder: recorder) }
        cache?.advance(by: input.inputIDs.count)
        return output
    }

    /// One pass over several inputs.
    ///
    /// Each gets what it would get alone. Padding comes behind every token of an input and is seen by none of them; the rows behind
    /// its last token mean nothing.
    /// - Parameters:
    ///   - inputs: tokens and pictures, at least one.
    ///   - logits: which rows of logits to compute; the last is each input's own last.
    ///   - groups: for each input the tokens' key groups, to observe attention; nil observes nothing.
    ///   - modulation: an intervention in the attention, which needs groups and padded inputs; nil changes nothing.
    ///   - layout: how the inputs lie side by side.
    ///   - checkpointing: true to keep of every layer only its input, and make the rest again for the gradient.
    /// - Returns: hidden states `[batch, tokens, hidden]`, logits `[batch, rows, vocabulary]` and masses
    ///   `[batch, heads, tokens, groups]`, differentiable in the parameters; with packed inputs the batch is one row.
    /// - Throws: as ``forward(_:logits:groups:modulation:cache:recorder:trace:)``.
    public func forward(
        batch inputs: [ModelInput], logits: LogitRows = .all, groups: [KeyGroups]? = nil,
        modulation: AttentionModulation? = nil, layout: BatchLayout = .padded, checkpointing: Bool = false
    ) throws -> Output {
        try forward(
            inputs, logits: logits, groups: groups, modulation: modulation, layout: layout,
            checkpointing: checkpointing,
            trace: nil
        ) { BlockPass(keys: $0, modulation: $1) }
    }

    private func forward(
        _ inputs: [ModelInput], logits: LogitRows, groups: [KeyGroups]?, modulation: AttentionModulation?,
        layout: BatchLayout = .padded, checkpointing: Bool = false, trace: ForwardTrace?,
        pass: (ObservedKeys?, PassModulation?) -> BlockPass
    ) throws -> Output {
        let lengths = inputs.map(\.inputIDs.count)
        guard let longest = lengths.max() else { throw QwenVLError.input("A pass needs at least one input") }
        let limit = configuration.text.maxPositionEmbeddings
        let reach = inputs.map { $0.sharedCount + ($0.branches.max() ?? 0) }.max() ?? 0
        guard reach <= limit else {
            throw QwenVLError.contextExceeded(
                tokens: reach, limit: limit, advice: "shorten the text or give smaller pictures (max_pixels)")
        }
        try check(groups, lengths: lengths)
        try modulation?.check(configuration.text, groupCount: groups?.first?.count)
        let isBranched = inputs.contains { !$0.branches.isEmpty }
        guard !isBranched || layout == .packed else {
            throw QwenVLError.input("Inputs with branches are packed, not padded")
        }
        let isPacked = layout == .packed && (inputs.count > 1 || isBranched)
        guard !isPacked || modulation == nil else {
            throw QwenVLError.input("Interventions take padded inputs, not packed ones")
        }
        let padded = groups.map { groups in
            isPacked ? [KeyGroups(joining: groups)] : zip(groups, lengths).map { $0.padded(to: longest, from: $1) }
        }
        let keys = try padded.map { try ObservedKeys($0, device: device) }
        let rows = zip(inputs, lengths).map { input, length in
            (modulation?.changedRows(of: input) ?? []) + [Bool](repeating: false, count: longest - length)
        }
        let changes = try PassModulation(modulation, rows: rows)
        let positions = try inputs.map { input in
            try input.positionIDs(spatialMergeSize: configuration.vision.spatialMergeSize)
                .padLastAxis(after: isPacked ? 0 : longest - input.inputIDs.count)
        }
        var block = pass(keys, changes)
        block.isPacked = isPacked
        block.stretches =
            isPacked
            ? SequenceStretch.joining(lengths, branches: inputs.map(\.branches))
            : [SequenceStretch(start: 0, count: inputs.count, length: longest)]
        let offsets = layout.offsets(lengths)
        return try decode(
            embed(
                inputs, offsets: offsets, rows: isPacked ? 1 : inputs.count, checkpointing: checkpointing, trace: trace),
            positions.count == 1 ? positions[0] : Tensor.concatenate(positions, axis: isPacked ? 2 : 1),
            last: zip(offsets, lengths).map { $0 + $1 - 1 }, logits: logits, pass: .block(block),
            checkpointing: checkpointing, trace: trace, offsets: offsets)
    }

    /// One pass over a single further token of each of several sequences.
    ///
    /// The result of a sequence does not depend on the others.
    /// - Parameters:
    ///   - tokenIDs: one per sequence.
    ///   - positions: their rotary positions; the first after an input is ``PositionIDs/next``.
    ///   - sequences: what each has cached; each is given its token. All observe, or none.
    ///   - membership: where attention is observed, the groups of each token: bit g for group g.
    ///   - modulation: an intervention in the attention, which needs observed sequences; nil changes nothing.
    ///   - modulated: for each sequence whether the intervention is for it; nil for all.
    ///   - maps: for each sequence the rows of the map that are wanted; nil for none.
    /// - Returns: hidden states, logits `[sequences, 1, vocabulary]`, masses `[sequences, heads, 1, groups]` and maps.
    /// - Throws: ``QwenVLError/input(_:)`` if a cache is full or the lists differ in length.
    public func step(
        _ tokenIDs: [Int], positions: [Int], sequences: [CachedSequence], membership: [UInt8] = [],
        modulation: AttentionModulation? = nil, modulated: [Bool]? = nil, maps: [AttentionMaps?]? = nil
    ) throws -> Output {
        let count = tokenIDs.count
        let observes = sequences.contains { $0.own.groupCount > 0 }
        guard count > 0, positions.count == count, sequences.count == count, !observes || membership.count == count,
            modulated?.count ?? count == count, maps?.count ?? count == count
        else {
            throw QwenVLError.input(
                "A step has \(count) tokens, \(positions.count) positions, \(sequences.count) sequences and "
                    + "\(membership.count) memberships")
        }
        try modulation?.check(configuration.text, groupCount: sequences.map(\.own.groupCount).first { $0 > 0 })
        if observes {
            for (sequence, byte) in zip(sequences, membership) { try sequence.own.note([byte]) }
        }
        let embeddings = try embedding(of: tokenIDs, shape: [count, 1])
        let positionIDs = try Tensor(positions + positions + positions, shape: [3, count, 1])
        let collector = MapCollector(maps ?? [], configuration: configuration.text)
        let rows = modulated ?? [Bool](repeating: true, count: count)
        let pass = StepPass(
            sequences: sequences, modulation: try PassModulation(modulation, rows: rows.map { [$0] }), maps: collector)
        var output = try decode(
            embeddings, positionIDs, last: Array(0..<count), logits: .last, pass: .step(pass), trace: nil,
            offsets: Array(0..<count))
        if let collector { output.maps = sequences.indices.map(collector.means) }
        for sequence in sequences { sequence.own.advance(by: 1) }
        return output
    }

    private func check(_ groups: [KeyGroups]?, lengths: [Int]) throws {
        guard let groups else { return }
        guard groups.count == lengths.count, Set(groups.map(\.count)).count == 1 else {
            throw QwenVLError.input(
                "\(lengths.count) inputs need as many lists of key groups, all with the same number of groups")
        }
        for (own, tokens) in zip(groups, lengths) where own.membership.count != tokens {
            throw QwenVLError.input("\(own.membership.count) tokens have key groups, the pass has \(tokens)")
        }
    }

    private func decode(
        _ embeddings: Tensor, _ positionIDs: Tensor, last: [Int], logits rows: LogitRows, pass: DecoderPass,
        checkpointing: Bool = false, trace: ForwardTrace?, offsets: [Int]
    ) throws -> Output {
        let (hiddenStates, masses) = try decoder(
            embeddings: embeddings, positionIDs: positionIDs.to(device: device), pass: pass,
            checkpointing: checkpointing, trace: trace)
        let logits: Tensor?
        switch rows {
        case .none: logits = nil
        case .last:
            let all = try hiddenStates.reshape([-1, hiddenStates.size(2)])
            let isEvery = all.size(0) == last.count
            logits = try decoder.logits(
                (isEvery ? all : all.indexSelect(0, Tensor(last).to(device: device))).unsqueeze(1))
        case .all: logits = try decoder.logits(hiddenStates)
        }
        return Output(hiddenStates: hiddenStates, logits: logits, masses: masses, offsets: offsets)
    }

    /// Rows of the embedding in the type the model computes in, `[..., hidden]`.
    private func embedding(of tokenIDs: [Int], shape: [Int]) throws -> Tensor {
        try decoder.embedding.embedding(Tensor(tokenIDs, shape: shape).to(device: device)).to(dtype)
    }

    /// Embeddings of the tokens, with the visual tokens of the pictures in their places: `[rows, tokens, hidden]`.
    ///
    /// The pictures of all inputs go through the vision tower together.
    private func embed(
        _ inputs: [ModelInput], offsets: [Int], rows: Int, checkpointing: Bool, trace: ForwardTrace?
    ) throws -> Tensor {
        let places = try zip(inputs, offsets).map { input, offset in try visualPlaces(of: input).map { offset + $0 } }
        let lengths = inputs.map(\.inputIDs.count)
        let count = rows == 1 ? lengths.reduce(0, +) : rows * (lengths.max() ?? 0)
        // Padding is any token: what stands there is seen by none.
        var tokens = [Int](repeating: 0, count: count)
        for (input, offset) in zip(inputs, offsets) {
            tokens.replaceSubrange(offset..<offset + input.inputIDs.count, with: input.inputIDs)
        }
        let text = try embedding(of: tokens, shape: [rows, count / rows])
        let pictures = zip(inputs, places).filter { !$1.isEmpty }
        if pictures.isEmpty { return text }
        let pixels = pictures.compactMap(\.0.pixelValues)
        let visual = try vision(
            (pixels.count == 1 ? pixels[0] : Tensor.concatenate(pixels, axis: 0)).to(dtype, device: device),
            grids: pictures.flatMap(\.0.grids), checkpointing: checkpointing, trace: trace)
        try trace?(.visionOutput, visual)
        let indices = try Tensor(places.flatMap { $0 }).to(device: device)
        let width = text.size(2)
        return try text.reshape([-1, width]).indexCopy(0, indices, visual.to(text.dtype)).reshape(text.shape)
    }

    /// Where the visual tokens of an input go.
    private func visualPlaces(of input: ModelInput) throws -> [Int] {
        let vocabulary = configuration.text.vocabularySize
        if let stray = input.inputIDs.first(where: { !(0..<vocabulary).contains($0) }) {
            throw QwenVLError.input("Token \(stray) is outside the model's vocabulary of \(vocabulary)")
        }
        let places = input.inputIDs.indices.filter { input.inputIDs[$0] == configuration.imageTokenID }
        guard let pixelValues = input.pixelValues, !input.grids.isEmpty else {
            guard places.isEmpty else {
                throw QwenVLError.input(
                    "The tokens have \(places.count) places for visual tokens, but no picture is given")
            }
            return []
        }
        try vision.check(pixelValues, grids: input.grids)
        let count = input.grids.reduce(0) {
            $0 + $1.tokenCount(spatialMergeSize: configuration.vision.spatialMergeSize)
        }
        guard count == places.count else {
            throw QwenVLError.input(
                "The pictures give \(count) visual tokens, the tokens have \(places.count) places for them")
        }
        return places
    }
}
