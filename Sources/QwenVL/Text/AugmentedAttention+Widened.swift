import Torch

// Attention by libtorch's kernel, for gradients and for other devices: the masses are extra columns of its output.

extension AugmentedAttention {
    /// Query, key and value `[batch, heads, tokens, width]`, as the kernel takes them.
    private typealias Heads = (query: Tensor, key: Tensor, value: Tensor)

    /// Many tokens of one sequence.
    ///
    /// A block behind a cached prefix is two calls, unmasked on the prefix and causal on the block, because the kernels align
    /// their causal mask at the top left; they are merged by their log-sum-exp.
    func attendWidenedBlock(
        _ new: Projections, rotary: RotaryTable, groups: ObservedKeys?, cache: KeyValueCache?
    ) throws -> Attended {
        let block = try widened(new, rotary: rotary, columns: groups?.columns())
        var attended: Tensor
        if let cache, cache.count > 0 {
            // The cache has been told the groups of the new tokens already.
            let before = cache.groups.map {
                KeyGroups(count: $0.count, membership: Array($0.membership.prefix(cache.count)))
            }
            attended = try attend(block, behind: [cache.read(layer: layer, tokens: cache.count)], groups: before)
        } else {
            attended = try fusedAttention(
                query: block.query, key: block.key, value: block.value, causal: true, scale: scale
            ).output
        }
        if let cache {
            let slots = try cache.slots(layer: layer, new: block.key.size(2))
            try slots.keys.copy(from: block.key.slice(3, 0..<headSize).transpose(1, 2))
            try slots.values.copy(from: block.value.slice(3, 0..<headSize).transpose(1, 2))
        }
        return try split(attended, groupCount: groups?.groups.count)
    }

    /// One token of each of several sequences: one call per sequence.
    func attendWidenedStep(_ new: Projections, rotary: RotaryTable, sequences: [CachedSequence]) throws -> Attended {
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        let parts = try sequences.enumerated().map { index, sequence -> Attended in
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
            let groups = sequence.groups
            let cached = try widened(sequence.pieces(layer: layer, new: 1), groups: groups)
            let own = try query.slice(0, index..<index + 1).transpose(1, 2)
            let widenedQuery = try groups == nil ? own : own.padLastAxis(after: ObservedKeys.columnCount)
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

    /// New tokens turned, and widened where attention is observed.
    private func widened(_ new: Projections, rotary: RotaryTable, columns: Tensor?) throws -> Heads {
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        guard let columns else {
            return (try query.transpose(1, 2), try key.transpose(1, 2), try new.value.transpose(1, 2))
        }
        return (
            try query.padLastAxis(after: ObservedKeys.columnCount).transpose(1, 2),
            try key.padLastAxis(after: ObservedKeys.columnCount).transpose(1, 2),
            try widened(value: new.value, columns: columns).transpose(1, 2)
        )
    }

    /// `[batch, tokens, heads, headSize + 8]`, every head ending in the indicators of its token.
    private func widened(value: Tensor, columns: Tensor) throws -> Tensor {
        let shape = [value.size(0), value.size(1), value.size(2), ObservedKeys.columnCount]
        return try Tensor.concatenate([value, columns.to(value.dtype).unsqueeze(2).expand(shape)], axis: -1)
    }

    /// Cached keys as the kernel takes them, `[1, keyValueHeads, tokens, width]`.
    private func widened(_ pieces: [KeyPiece], groups: KeyGroups?) throws -> (key: Tensor, value: Tensor) {
        let key = try Tensor.concatenate(pieces.map(\.keys), axis: 1)
        let value = try Tensor.concatenate(pieces.map(\.values), axis: 1)
        guard let groups else { return (try key.transpose(1, 2), try value.transpose(1, 2)) }
        let columns = try ObservedKeys(groups, device: key.device).columns()
        return (
            try key.padLastAxis(after: ObservedKeys.columnCount).transpose(1, 2),
            try widened(value: value, columns: columns).transpose(1, 2)
        )
    }

    /// A block of new tokens against a prefix and itself.
    private func attend(_ block: Heads, behind prefix: [KeyPiece], groups: KeyGroups?) throws -> Tensor {
        let before = try widened(prefix, groups: groups)
        let past = try fusedAttention(
            query: block.query, key: before.key, value: before.value, causal: false, scale: scale)
        let own = try fusedAttention(
            query: block.query, key: block.key, value: block.value, causal: true, scale: scale)
        // softmax over both sets of keys: each part weighs as its share of the sum of exponentials.
        let weight = try (past.logSumExp - own.logSumExp).sigmoid().unsqueeze(-1).to(block.query.dtype)
        return try past.output * weight + own.output * (-weight + 1)
    }

    /// Output and masses of what the kernel gave, `[batch, heads, tokens, width]`.
    private func split(_ attended: Tensor, groupCount: Int?) throws -> Attended {
        let (batch, tokens) = (attended.size(0), attended.size(2))
        let output = try attended.slice(3, 0..<headSize).transpose(1, 2).reshape([batch, tokens, -1])
        guard let groupCount else { return (output, nil) }
        return (output, try attended.slice(3, headSize..<headSize + groupCount))
    }
}
