import Torch

/// Attention of new tokens, with the mass on key groups where it is observed.
///
/// For many tokens at once queries, keys and values are widened by eight columns: zeros for queries and keys, group indicators
/// for values. The kernel's output then ends in the masses. A block behind a cached prefix is two calls, unmasked on the
/// prefix and causal on the block, because the kernels align their causal mask at the top left; they are merged by their
/// log-sum-exp. A single new token per sequence is one pass over what the sequence has cached.
struct AugmentedAttention {
    let configuration: TextConfiguration
    /// Which of the cache's layers.
    let layer: Int

    private var scale: Double { 1 / Double(configuration.headSize).squareRoot() }
    private var headSize: Int { configuration.headSize }

    /// Projections of new tokens, before the rotary step; their memory is used up.
    struct Projections {
        /// `[batch, tokens, heads, headSize]`.
        var query: Tensor
        /// `[batch, tokens, keyValueHeads, headSize]`.
        var key: Tensor
        /// `[batch, tokens, keyValueHeads, headSize]`.
        var value: Tensor
    }

    /// - Parameters:
    ///   - new: what the new tokens were projected to.
    ///   - rotary: their angles.
    ///   - pass: what was before them, and what is observed.
    /// - Returns: the output `[batch, tokens, hidden]`, and the masses `[batch, heads, tokens, groups]` where observed.
    /// - Throws: `TorchError` if the shapes do not fit, ``QwenVLError/input(_:)`` if the cache is full.
    func callAsFunction(
        _ new: Projections, rotary: RotaryTable, pass: DecoderPass
    ) throws -> (output: Tensor, masses: Tensor?) {
        switch pass {
        case .block(let groups, let cache):
            return try attendBlock(new, rotary: rotary, groups: groups, cache: cache)
        case .step(let sequences):
            return new.query.isPlain
                ? try attendStep(new, rotary: rotary, sequences: sequences)
                : try attendStepByStep(new, rotary: rotary, sequences: sequences)
        }
    }

    // MARK: Many tokens of one sequence

    private func attendBlock(
        _ new: Projections, rotary: RotaryTable, groups: KeyIndicators?, cache: KeyValueCache?
    ) throws -> (output: Tensor, masses: Tensor?) {
        let block = try widened(new, rotary: rotary, columns: groups?.columns)
        var attended: Tensor
        if let cache, cache.count > 0 {
            attended = try attend(block, behind: cache.read(layer: layer, tokens: cache.count), groups: cache.groups)
        } else {
            attended = try fusedAttention(
                query: block.query, key: block.key, value: block.value, causal: true, scale: scale
            ).output
        }
        if let cache { try write(key: block.key, value: block.value, to: cache) }
        return try split(attended, groupCount: groups?.count)
    }

    /// `[batch, heads, tokens, width]` each: turned, and widened where attention is observed.
    private func widened(
        _ new: Projections, rotary: RotaryTable, columns: Tensor?
    ) throws -> (query: Tensor, key: Tensor, value: Tensor) {
        guard let columns else {
            return (
                try new.query.rotary(cos: rotary.cos, sin: rotary.sin).transpose(1, 2),
                try new.key.rotary(cos: rotary.cos, sin: rotary.sin).transpose(1, 2), try new.value.transpose(1, 2)
            )
        }
        guard new.query.isPlain, new.key.isPlain, new.value.isPlain else {
            return try widenedWithGradient(new, rotary: rotary, columns: columns)
        }
        func buffer(like x: Tensor) throws -> Tensor {
            let shape = [x.size(0), x.size(2), x.size(1), headSize + KeyIndicators.columnCount]
            return try Tensor.empty(shape, dtype: x.dtype)
        }
        let (query, key, value) = (try buffer(like: new.query), try buffer(like: new.key), try buffer(like: new.value))
        try new.query.writeRotary(cos: rotary.cos, sin: rotary.sin, into: query.transpose(1, 2))
        try new.key.writeRotary(cos: rotary.cos, sin: rotary.sin, into: key.transpose(1, 2))
        try new.value.writeHeads(columns: columns, into: value.transpose(1, 2))
        return (query, key, value)
    }

    private func widenedWithGradient(
        _ new: Projections, rotary: RotaryTable, columns: Tensor
    ) throws -> (query: Tensor, key: Tensor, value: Tensor) {
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin).padLastAxis(after: KeyIndicators.columnCount)
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin).padLastAxis(after: KeyIndicators.columnCount)
        let value = try widenedValue(new.value, columns: columns)
        return (try query.transpose(1, 2), try key.transpose(1, 2), try value.transpose(1, 2))
    }

    /// `[batch, tokens, heads, headSize + 8]`, every head ending in the indicators of its token.
    private func widenedValue(_ value: Tensor, columns: Tensor) throws -> Tensor {
        let shape = [value.size(0), value.size(1), value.size(2), KeyIndicators.columnCount]
        return try Tensor.concatenate([value, columns.to(value.dtype).unsqueeze(2).expand(shape)], axis: -1)
    }

    /// A block of new tokens against a prefix and itself.
    private func attend(
        _ block: (query: Tensor, key: Tensor, value: Tensor), behind prefix: CachedKeys, groups: KeyGroups?
    ) throws -> Tensor {
        let before = try widened(prefix, groups: groups)
        let past = try fusedAttention(
            query: block.query, key: before.key, value: before.value, causal: false, scale: scale)
        let own = try fusedAttention(
            query: block.query, key: block.key, value: block.value, causal: true, scale: scale)
        // softmax over both sets of keys: each part weighs as its share of the sum of exponentials.
        let weight = try (past.logSumExp - own.logSumExp).sigmoid().unsqueeze(-1).to(block.query.dtype)
        return try past.output * weight + own.output * (-weight + 1)
    }

    /// Cached keys as the kernel takes them, `[1, keyValueHeads, tokens, width]`.
    private func widened(_ cached: CachedKeys, groups: KeyGroups?) throws -> (key: Tensor, value: Tensor) {
        let (key, value) = (try cached.keys.unsqueeze(0), try cached.values.unsqueeze(0))
        guard let groups else { return (key, value) }
        let columns = try KeyIndicators(groups, device: key.device).columns
        return (
            try key.padLastAxis(after: KeyIndicators.columnCount),
            try widenedValue(value.transpose(1, 2), columns: columns).transpose(1, 2)
        )
    }

    private func write(key: Tensor, value: Tensor, to cache: KeyValueCache) throws {
        let slots = try cache.slots(layer: layer, new: key.size(2))
        try slots.keys.copy(from: key.slice(3, 0..<headSize).transpose(1, 2))
        try slots.values.copy(from: value.slice(3, 0..<headSize).transpose(1, 2))
    }

    /// Output and masses of what the kernel gave, `[batch, heads, tokens, width]`.
    private func split(_ attended: Tensor, groupCount: Int?) throws -> (output: Tensor, masses: Tensor?) {
        let (batch, tokens) = (attended.size(0), attended.size(2))
        let output = try attended.slice(3, 0..<headSize).transpose(1, 2).reshape([batch, tokens, -1])
        guard let groupCount else { return (output, nil) }
        return (output, try attended.slice(3, headSize..<headSize + groupCount))
    }

    // MARK: One token of each of several sequences

    private func attendStep(
        _ new: Projections, rotary: RotaryTable, sequences: [CachedSequence]
    ) throws -> (output: Tensor, masses: Tensor?) {
        let batch = sequences.count
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        for (index, sequence) in sequences.enumerated() {
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
        }
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin).reshape([batch, -1, headSize])
        let groupCount = sequences.first?.own.groupCount ?? 0
        let (output, masses) = try decodeAttention(
            query: query, sequences: sequences.map { try $0.pieces(layer: layer, new: 1) }, groupCount: groupCount,
            scale: scale)
        return (try output.reshape([batch, 1, -1]), try masses?.unsqueeze(2))
    }

    /// The same with libtorch's kernel, for other devices: one call per sequence.
    private func attendStepByStep(
        _ new: Projections, rotary: RotaryTable, sequences: [CachedSequence]
    ) throws -> (output: Tensor, masses: Tensor?) {
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        let parts = try sequences.enumerated().map { index, sequence -> (output: Tensor, masses: Tensor?) in
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
            let groups = sequence.groups
            let pieces = try sequence.pieces(layer: layer, new: 1)
            let all = CachedKeys(
                keys: try Tensor.concatenate(pieces.map(\.keys), axis: 1),
                values: try Tensor.concatenate(pieces.map(\.values), axis: 1))
            let cached = try widened(all, groups: groups)
            let own = try query.slice(0, index..<index + 1).transpose(1, 2)
            let widenedQuery = try groups == nil ? own : own.padLastAxis(after: KeyIndicators.columnCount)
            let attended = try fusedAttention(
                query: widenedQuery, key: cached.key, value: cached.value, causal: false, scale: scale)
            return try split(attended.output, groupCount: groups?.count)
        }
        let masses = parts.compactMap(\.masses)
        return (
            try Tensor.concatenate(parts.map(\.output), axis: 0),
            try masses.isEmpty ? nil : Tensor.concatenate(masses, axis: 0)
        )
    }
}

/// The indicator columns of some keys as a tensor.
struct KeyIndicators {
    /// The columns by which a head is widened.
    static let columnCount = KeyGroups.maximumCount

    /// How many columns are in use.
    let count: Int
    /// float32 `[1, tokens, 8]` of 0 and 1.
    let columns: Tensor

    /// The columns of some groups.
    init(_ groups: KeyGroups, device: Device) throws {
        count = groups.count
        columns = try Tensor(groups.indicators, shape: [1, groups.membership.count, Self.columnCount]).to(
            device: device)
    }
}

/// What the layers of one forward pass share.
enum DecoderPass {
    /// Many tokens of one sequence, behind those in the cache, which is given them.
    case block(groups: KeyIndicators?, cache: KeyValueCache?)
    /// One token of each of several sequences.
    case step([CachedSequence])
}
