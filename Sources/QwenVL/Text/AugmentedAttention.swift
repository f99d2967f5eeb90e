import Torch

/// Attention of new tokens, with the mass on key groups where it is observed.
///
/// On the CPU and outside a graph our own kernel sums the masses beside the output. Elsewhere keys and values are widened by
/// eight columns, zeros and group indicators, and the output of libtorch's kernel ends in the masses: its backward pass is then
/// the exact gradient of the masses.
struct AugmentedAttention {
    let configuration: TextConfiguration
    /// Which of the cache's layers.
    let layer: Int

    var scale: Double { 1 / Double(headSize).squareRoot() }
    var headSize: Int { configuration.headSize }

    /// Projections of new tokens, before the rotary step; their memory is used up.
    struct Projections {
        /// `[batch, tokens, heads, headSize]`.
        var query: Tensor
        /// `[batch, tokens, keyValueHeads, headSize]`.
        var key: Tensor
        /// `[batch, tokens, keyValueHeads, headSize]`.
        var value: Tensor

        /// True if our own kernels take them.
        var arePlain: Bool { query.isPlain && key.isPlain && value.isPlain }
    }

    /// The output `[batch, tokens, hidden]`, and the masses `[batch, heads, tokens, groups]` where observed.
    typealias Attended = (output: Tensor, masses: Tensor?)

    /// - Parameters:
    ///   - new: what the new tokens were projected to.
    ///   - rotary: their angles.
    ///   - pass: what was before them, what is observed and what is changed.
    /// - Returns: output and masses.
    /// - Throws: `TorchError` if the shapes do not fit, ``QwenVLError/input(_:)`` if the cache is full.
    func callAsFunction(_ new: Projections, rotary: RotaryTable, pass: DecoderPass) throws -> Attended {
        switch pass {
        case .block(let block):
            let isFree = block.cache == nil && block.recorder == nil && block.modulation == nil
            // Branches are the graph's kernel's, which takes what is plain too.
            let isBranched = block.stretches.contains { !$0.branches.isEmpty }
            if new.arePlain, !isBranched { return try attendBlock(new, rotary: rotary, block: block) }
            return try isFree && takesGraphAttention(new.query, new.key, new.value)
                ? attendGraphBlock(new, rotary: rotary, block: block)
                : attendWidenedBlock(new, rotary: rotary, block: block)
        case .step(let step):
            return try new.arePlain
                ? attendStep(new, rotary: rotary, step: step)
                : attendWidenedStep(new, rotary: rotary, step: step)
        }
    }

    /// Many tokens of each sequence.
    private func attendBlock(_ new: Projections, rotary: RotaryTable, block: BlockPass) throws -> Attended {
        let (batch, tokens, _, _) = try new.query.size4("query")
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        try block.recorder?.take(query, layer: layer)
        if block.isPacked { return try attendPacked(query, new, rotary: rotary, block: block) }
        let piece: KeyPiece
        if let cache = block.cache {
            let slots = try cache.slots(layer: layer, new: tokens)
            try new.key.writeRotary(cos: rotary.cos, sin: rotary.sin, into: slots.keys)
            try slots.values.copy(from: new.value)
            piece = try cache.read(layer: layer, tokens: cache.count + tokens)
        } else {
            piece = KeyPiece(
                keys: try new.key.rotary(cos: rotary.cos, sin: rotary.sin), values: new.value,
                membership: block.keys?.membership)
        }
        let (output, masses) = try observedAttention(
            query: query, pieces: [piece], groupCount: block.keys?.groupCount ?? 0,
            changes: block.modulation?.changes(layer: layer)?.keyChanges, causal: true, scale: scale)
        return (try output.reshape([batch, tokens, -1]), masses)
    }

    /// Many tokens of each of several sequences in one row; the query is turned.
    private func attendPacked(
        _ query: Tensor, _ new: Projections, rotary: RotaryTable, block: BlockPass
    ) throws -> Attended {
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        let output = try Tensor.empty(query.shape, dtype: query.dtype)
        let masses = try block.stretches.map { stretch in
            let range = stretch.start..<stretch.start + stretch.count * stretch.length
            func own(_ x: Tensor) throws -> Tensor {
                try x.slice(1, range).reshape([stretch.count, stretch.length] + x.shape.dropFirst(2))
            }
            let piece = KeyPiece(
                keys: try own(key), values: try own(new.value),
                membership: try block.keys.map { try own($0.membership).contiguous() })
            return try observedAttention(
                query: own(query), pieces: [piece], groupCount: block.keys?.groupCount ?? 0, causal: true, scale: scale,
                into: own(output)
            ).masses?.permute([1, 0, 2, 3]).reshape([1, query.size(2), range.count, -1])
        }.compactMap { $0 }
        return (
            try output.reshape([1, query.size(1), -1]), try masses.isEmpty ? nil : Tensor.concatenate(masses, axis: 2)
        )
    }

    /// Many tokens of each sequence, with gradients of our own.
    private func attendGraphBlock(_ new: Projections, rotary: RotaryTable, block: BlockPass) throws -> Attended {
        let (batch, tokens, _, _) = try new.query.size4("query")
        let (output, masses) = try graphAttention(
            query: new.query, key: new.key, value: new.value, cos: rotary.cos, sin: rotary.sin,
            membership: block.keys?.membership, groupCount: block.keys?.groupCount ?? 0, stretches: block.stretches,
            causal: true, scale: scale)
        return (try output.reshape([batch, tokens, -1]), masses)
    }

    /// One token of each of several sequences.
    private func attendStep(_ new: Projections, rotary: RotaryTable, step: StepPass) throws -> Attended {
        let batch = step.sequences.count
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        for (index, sequence) in step.sequences.enumerated() {
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
        }
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin).reshape([batch, -1, headSize])
        let attended = try decodeAttention(
            query: query, sequences: step.sequences.map { try $0.pieces(layer: layer, new: 1) },
            groupCount: step.sequences.first?.own.groupCount ?? 0,
            changes: step.modulation?.changes(layer: layer)?.keyChanges,
            wantsWeights: step.maps?.wants(layer: layer) == true, scale: scale)
        if let weights = attended.weights { try step.maps?.take(weights, layer: layer, sequences: 0..<batch) }
        return (try attended.output.reshape([batch, 1, -1]), try attended.masses?.unsqueeze(2))
    }

    /// The rows of the map of some queries, each against keys of its own.
    /// - Parameters:
    ///   - query: `[queries, heads, headSize]`, turned.
    ///   - sequences: the keys that each query sees, its own the last.
    ///   - groups: the groups of each query's keys, where they are changed.
    ///   - changes: what is done to them, rows `[queries][1]`.
    /// - Returns: float32 `[queries, heads, keys of the longest]`, zeros behind a query's last key.
    /// - Throws: `TorchError` if the shapes do not fit.
    func rows(
        _ query: Tensor, sequences: [[KeyPiece]], groups: [KeyGroups]?, changes: LayerChanges?
    ) throws -> Tensor {
        if query.isPlain {
            let attended = try decodeAttention(
                query: query, sequences: sequences, groupCount: 0, changes: changes?.keyChanges, wantsWeights: true,
                scale: scale)
            if let weights = attended.weights { return weights }
        }
        let longest = sequences.map { $0.reduce(0) { $0 + $1.keys.size(1) } }.max() ?? 0
        let rows = try sequences.enumerated().map { index, pieces in
            let keys = try widened(pieces, groups: groups?[index])
            let own = try query.slice(0, index..<index + 1).unsqueeze(2)
            let explicit = try WidenedAttention(scale: scale).explicitRows(
                own, keys: keys, visible: [keys.count], changes: changes?.sequence(index))
            return try explicit.weights.squeeze(2).to(.float32).padLastAxis(after: longest - keys.count)
        }
        return try Tensor.concatenate(rows, axis: 0)
    }
}

/// Key groups of the tokens of one pass, as tensors.
struct ObservedKeys {
    /// By how many columns a head is widened.
    static let columnCount = KeyGroups.maximumCount

    /// One list a sequence, equally long.
    let groups: [KeyGroups]
    /// uint8 `[batch, tokens]`: bit g for group g.
    let membership: Tensor

    var groupCount: Int { groups.first?.count ?? 0 }

    init(_ groups: [KeyGroups], device: Device) throws {
        self.groups = groups
        membership = try Tensor(
            groups.flatMap(\.membership), shape: [groups.count, groups.first?.membership.count ?? 0]
        ).to(device: device)
    }
}

/// What the layers of one forward pass share.
enum DecoderPass {
    /// Many tokens of each sequence.
    case block(BlockPass)
    /// One token of each of several sequences.
    case step(StepPass)

    /// Whether layers give masses.
    var isObserved: Bool {
        switch self {
        case .block(let block): block.keys != nil
        case .step(let step): step.sequences.contains { $0.own.groupCount > 0 }
        }
    }
}

/// Many tokens of each sequence, behind those in the cache, which is given them; with a cache there is one sequence.
struct BlockPass {
    var keys: ObservedKeys?
    var modulation: PassModulation?
    var cache: KeyValueCache?
    var recorder: QueryRecorder?
    /// Which tokens are a sequence.
    var stretches: [SequenceStretch] = []
    /// Whether several sequences share a row.
    var isPacked = false
}

/// One token of each of several sequences.
struct StepPass {
    var sequences: [CachedSequence]
    var modulation: PassModulation?
    var maps: MapCollector?
}
