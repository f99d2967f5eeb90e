import Torch

// Attention by libtorch's kernel, for gradients, for float64 and for other devices: the masses are extra columns of its output.

/// Keys and values of some tokens as the kernel takes them.
struct WidenedKeys {
    /// `[batch, keyValueHeads, keys, headSize]`.
    var key: Tensor
    /// `[batch, keyValueHeads, keys, headSize]`.
    var value: Tensor
    /// One list a sequence; nil where attention is neither observed nor changed.
    var groups: [KeyGroups]?

    var count: Int { key.size(2) }

    /// The indicators of the keys' groups, `[batch, 1, keys, 8]`.
    func columns() throws -> Tensor? {
        guard let groups else { return nil }
        let shape = [groups.count, 1, count, ObservedKeys.columnCount]
        return try Tensor(groups.flatMap(\.indicators), shape: shape).to(value.dtype, device: value.device)
    }
}

extension AugmentedAttention {
    /// Many tokens of each sequence.
    ///
    /// A block behind a cached prefix is two calls, unmasked on the prefix and causal on the block, because the kernels align
    /// their causal mask at the top left; they are merged by their log-sum-exp.
    func attendWidenedBlock(_ new: Projections, rotary: RotaryTable, block: BlockPass) throws -> Attended {
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)  // [batch, tokens, heads, headSize]
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        try block.recorder?.take(query, layer: layer)
        let own = WidenedKeys(
            key: try key.transpose(1, 2), value: try new.value.transpose(1, 2), groups: block.keys?.groups)
        var parts = [own]
        if let cache = block.cache {
            if cache.count > 0 {
                let before = try cache.read(layer: layer, tokens: cache.count)
                // The cache has been told the groups of the new tokens already.
                let groups = cache.groups.map {
                    [KeyGroups(count: $0.count, membership: Array($0.membership.prefix(cache.count)))]
                }
                parts.insert(
                    WidenedKeys(
                        key: try before.keys.transpose(1, 2), value: try before.values.transpose(1, 2), groups: groups),
                    at: 0)
            }
            let slots = try cache.slots(layer: layer, new: key.size(1))
            try slots.keys.copy(from: key)
            try slots.values.copy(from: new.value)
        }
        let changes = try block.modulation?.changes(layer: layer)
        let attended = try attend(query.transpose(1, 2), parts: parts, causal: true, changes: changes)
        return try split(attended, groupCount: block.keys?.groups.first?.count)
    }

    /// One token of each of several sequences: one call per sequence.
    func attendWidenedStep(_ new: Projections, rotary: RotaryTable, step: StepPass) throws -> Attended {
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        let changes = try step.modulation?.changes(layer: layer)
        let parts = try step.sequences.enumerated().map { index, sequence -> Attended in
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
            let keys = try widened(sequence.pieces(layer: layer, new: 1), groups: sequence.groups)
            let own = try query.slice(0, index..<index + 1).transpose(1, 2)
            let ownChanges = changes?.sequence(index)
            if step.maps?.wants(layer: layer, sequence: index) == true {
                let visible = [keys.count]
                let weights = try explicitRows(own, keys: keys, visible: visible, changes: ownChanges).weights
                try step.maps?.take(weights.squeeze(2), layer: layer, sequences: index..<index + 1)
            }
            let attended = try attend(own, parts: [keys], causal: false, changes: ownChanges)
            return try split(attended, groupCount: sequence.groups?.count)
        }
        let masses = parts.compactMap(\.masses)
        return (
            try Tensor.concatenate(parts.map(\.output), axis: 0),
            try masses.isEmpty ? nil : Tensor.concatenate(masses, axis: 0)
        )
    }

    /// Cached keys as the kernel takes them, a batch of one.
    func widened(_ pieces: [KeyPiece], groups: KeyGroups?) throws -> WidenedKeys {
        WidenedKeys(
            key: try Tensor.concatenate(pieces.map(\.keys), axis: 1).transpose(1, 2),
            value: try Tensor.concatenate(pieces.map(\.values), axis: 1).transpose(1, 2), groups: groups.map { [$0] })
    }

    /// Output and masses side by side, `[batch, heads, queries, headSize + 8]`; without groups the output alone.
    ///
    /// Changed and unchanged rows are two calls, each row taken from one: what scales keys does so for a whole call.
    private func attend(
        _ query: Tensor, parts: [WidenedKeys], causal: Bool, changes: LayerChanges?
    ) throws -> Tensor {
        guard let changes else { return try merged(query, parts: parts, causal: causal, changes: nil) }
        let all = try joined(parts)
        let queries = query.size(2)
        let visible = (0..<queries).map { causal ? all.count - queries + $0 + 1 : all.count }
        let flags = try KeyNumbers(changes, groups: all.groups ?? [], like: query)
            .changedRows(changes.rows, visible: visible, device: query.device)
        let plain = try merged(query, parts: parts, causal: causal, changes: nil)
        let changed =
            try changes.addsMagnitudes
            ? withExplicitRows(plain, query: query, keys: all, visible: visible, changes: changes)
            : merged(query, parts: parts, causal: causal, changes: changes)
        return try flags.choose(changed, otherwise: plain)
    }

    private func joined(_ parts: [WidenedKeys]) throws -> WidenedKeys {
        guard parts.count > 1 else { return parts[0] }
        let groups = parts.compactMap(\.groups)
        let joined: [KeyGroups]? = groups.first.map { first in
            first.indices.map { sequence in
                KeyGroups(
                    count: first[sequence].count, membership: groups.flatMap { $0[sequence].membership })
            }
        }
        return WidenedKeys(
            key: try Tensor.concatenate(parts.map(\.key), axis: 2),
            value: try Tensor.concatenate(parts.map(\.value), axis: 2), groups: joined)
    }

    /// The last part is causal if asked for; one before it is seen whole, and weighs as its share of the exponentials.
    private func merged(
        _ query: Tensor, parts: [WidenedKeys], causal: Bool, changes: LayerChanges?
    ) throws -> Tensor {
        let own = try call(query, keys: parts[parts.count - 1], causal: causal, changes: changes)
        guard parts.count > 1 else { return own.output }
        let past = try call(query, keys: parts[0], causal: false, changes: changes)
        let weight = try (past.logSumExp - own.logSumExp).sigmoid().unsqueeze(-1).to(query.dtype)
        return try past.output * weight + own.output * (-weight + 1)
    }

    /// One call of the kernel: Q~ = [Q, 1, 0...], K~ = [s K, b / scale, 0...], V~ = [t V, t G].
    private func call(
        _ query: Tensor, keys: WidenedKeys, causal: Bool, changes: LayerChanges?
    ) throws -> (output: Tensor, logSumExp: Tensor) {
        guard let columns = try keys.columns() else {
            return try fusedAttention(query: query, key: keys.key, value: keys.value, causal: causal, scale: scale)
        }
        func tail(_ x: Tensor, like: Tensor) throws -> Tensor {
            try x.expand([like.size(0), like.size(1), like.size(2), ObservedKeys.columnCount])
        }
        let extra = ObservedKeys.columnCount
        guard let changes else {
            return try fusedAttention(
                query: query.padLastAxis(after: extra), key: keys.key.padLastAxis(after: extra),
                value: Tensor.concatenate([keys.value, tail(columns, like: keys.value)], axis: -1), causal: causal,
                scale: scale)
        }
        let numbers = try KeyNumbers(changes, groups: keys.groups ?? [], like: query)
        // Heads that share keys and change them in different ways need keys of their own.
        let repeats = numbers.headCount > 1 ? query.size(1) / keys.key.size(1) : 1
        func own(_ x: Tensor) throws -> Tensor { try repeats == 1 ? x : x.repeatInterleave(repeats, axis: 1) }
        let (key, value) = (try own(keys.key), try own(keys.value))
        let ones = try Tensor.ones([1, 1, 1, 1], dtype: query.dtype, device: query.device).padLastAxis(after: extra - 1)
        let bias = try (numbers.bias / scale).padLastAxis(after: extra - 1)
        return try fusedAttention(
            query: Tensor.concatenate([query, tail(ones, like: query)], axis: -1),
            key: Tensor.concatenate([key * numbers.score, tail(bias, like: key)], axis: -1),
            value: Tensor.concatenate([value, tail(columns, like: value)], axis: -1) * numbers.value, causal: causal,
            scale: scale)
    }

    /// Output and masses of what the kernel gave, `[batch, heads, tokens, width]`.
    private func split(_ attended: Tensor, groupCount: Int?) throws -> Attended {
        let (batch, tokens) = (attended.size(0), attended.size(2))
        let output = try attended.slice(3, 0..<headSize).transpose(1, 2).reshape([batch, tokens, -1])
        guard let groupCount else { return (output, nil) }
        return (output, try attended.slice(3, headSize..<headSize + groupCount))
    }
}
