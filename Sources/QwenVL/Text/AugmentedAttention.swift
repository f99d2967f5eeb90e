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
    ///   - pass: what was before them, and what is observed.
    /// - Returns: output and masses.
    /// - Throws: `TorchError` if the shapes do not fit, ``QwenVLError/input(_:)`` if the cache is full.
    func callAsFunction(_ new: Projections, rotary: RotaryTable, pass: DecoderPass) throws -> Attended {
        switch pass {
        case .block(let groups, let cache):
            return try new.arePlain
                ? attendBlock(new, rotary: rotary, groups: groups, cache: cache)
                : attendWidenedBlock(new, rotary: rotary, groups: groups, cache: cache)
        case .step(let sequences):
            return try new.arePlain
                ? attendStep(new, rotary: rotary, sequences: sequences)
                : attendWidenedStep(new, rotary: rotary, sequences: sequences)
        }
    }

    /// Many tokens of one sequence.
    private func attendBlock(
        _ new: Projections, rotary: RotaryTable, groups: ObservedKeys?, cache: KeyValueCache?
    ) throws -> Attended {
        let (batch, tokens, _, _) = try new.query.size4("query")
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        let piece: KeyPiece
        if let cache {
            let slots = try cache.slots(layer: layer, new: tokens)
            try new.key.writeRotary(cos: rotary.cos, sin: rotary.sin, into: slots.keys)
            try slots.values.copy(from: new.value)
            piece = try cache.read(layer: layer, tokens: cache.count + tokens)
        } else {
            piece = KeyPiece(
                keys: try new.key.rotary(cos: rotary.cos, sin: rotary.sin), values: new.value,
                membership: groups?.membership)
        }
        let (output, masses) = try observedAttention(
            query: query, pieces: [piece], groupCount: groups?.groups.count ?? 0, causal: true, scale: scale)
        return (try output.reshape([batch, tokens, -1]), masses)
    }

    /// One token of each of several sequences.
    private func attendStep(_ new: Projections, rotary: RotaryTable, sequences: [CachedSequence]) throws -> Attended {
        let batch = sequences.count
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        for (index, sequence) in sequences.enumerated() {
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
        }
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin).reshape([batch, -1, headSize])
        let (output, masses) = try decodeAttention(
            query: query, sequences: sequences.map { try $0.pieces(layer: layer, new: 1) },
            groupCount: sequences.first?.own.groupCount ?? 0, scale: scale)
        return (try output.reshape([batch, 1, -1]), try masses?.unsqueeze(2))
    }
}

/// Key groups of the tokens of one pass, as tensors.
struct ObservedKeys {
    /// By how many columns a head is widened.
    static let columnCount = KeyGroups.maximumCount

    let groups: KeyGroups
    /// uint8 `[1, tokens]`: bit g for group g.
    let membership: Tensor

    init(_ groups: KeyGroups, device: Device) throws {
        self.groups = groups
        membership = try Tensor(groups.membership, shape: [1, groups.membership.count]).to(device: device)
    }

    /// The indicator columns, float32 `[1, tokens, 8]` of 0 and 1.
    func columns() throws -> Tensor {
        try Tensor(groups.indicators, shape: [1, groups.membership.count, Self.columnCount]).to(
            device: membership.device)
    }
}

/// What the layers of one forward pass share.
enum DecoderPass {
    /// Many tokens of one sequence, behind those in the cache, which is given them.
    case block(groups: ObservedKeys?, cache: KeyValueCache?)
    /// One token of each of several sequences.
    case step([CachedSequence])
}
