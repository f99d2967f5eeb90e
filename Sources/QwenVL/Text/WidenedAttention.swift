import Torch

/// Keys and values of some tokens as the kernel takes them.
package struct WidenedKeys {
    /// `[batch, keyValueHeads, keys, headSize]`.
    package var key: Tensor
    /// `[batch, keyValueHeads, keys, headSize]`.
    package var value: Tensor
    /// One list a sequence; nil where attention is neither observed nor changed.
    package var groups: [KeyGroups]?

    package init(key: Tensor, value: Tensor, groups: [KeyGroups]?) {
        self.key = key
        self.value = value
        self.groups = groups
    }

    var count: Int { key.size(2) }

    /// The indicators of the keys' groups, `[batch, 1, keys, 8]`.
    func columns() throws -> Tensor? {
        guard let groups else { return nil }
        let shape = [groups.count, 1, count, ObservedKeys.columnCount]
        return try Tensor(groups.flatMap(\.indicators), shape: shape).to(value.dtype, device: value.device)
    }
}

/// Attention by libtorch's kernel, whose output ends in the masses: its backward pass is then their exact gradient.
///
/// With s, b, t what is done to a key and G its groups, one call on Q~ = [Q, 1, 0...], K~ = [s K, b / scale, 0...] and
/// V~ = [t V, t G] gives [output, masses].
package struct WidenedAttention {
    /// What multiplies the scores.
    let scale: Double

    package init(scale: Double) { self.scale = scale }

    /// Output and masses side by side, `[batch, heads, queries, headSize + 8]`; without groups the output alone.
    ///
    /// Changed and unchanged rows are two calls, each row taken from one: what scales keys does so for a whole call.
    /// - Parameters:
    ///   - query: `[batch, heads, queries, headSize]`.
    ///   - parts: the keys, those of the queries in the last part; those before it are seen whole. Several parts have no gradient:
    ///     the log-sum-exp by which they are merged has none.
    ///   - causal: whether a query sees the last part only up to its own key.
    ///   - changes: what is done to keys, or nil.
    /// - Returns: differentiable in query, keys and values.
    /// - Throws: `TorchError` if the shapes do not fit.
    package func attend(
        _ query: Tensor, parts: [WidenedKeys], causal: Bool, changes: LayerChanges?
    ) throws -> Tensor {
        func plain() throws -> Tensor { try merged(query, parts: parts, causal: causal, numbers: nil) }
        guard let changes else { return try plain() }
        let (queries, keys) = (query.size(2), parts.reduce(0) { $0 + $1.count })
        let visible = (0..<queries).map { causal ? keys - queries + $0 + 1 : keys }
        let numbers = try KeyNumbers(changes, groups: joinedGroups(parts) ?? [], like: query)
        let flags = numbers.changedRows(changes.rows, visible: visible)
        guard flags.contains(true) else { return try plain() }
        func chosen(_ changed: Tensor, otherwise plain: Tensor) throws -> Tensor {
            try numbers.changedRows(changes.rows, visible: visible, device: query.device)
                .choose(changed, otherwise: plain)
        }
        if changes.addsMagnitudes {
            let unchanged = try plain()
            let rows = try withExplicitRows(
                unchanged, query: query, keys: joined(parts), visible: visible, changes: changes)
            return try chosen(rows, otherwise: unchanged)
        }
        let changed = try merged(query, parts: parts, causal: causal, numbers: numbers)
        return try flags.contains(false) ? chosen(changed, otherwise: plain()) : changed
    }

    /// The groups of all keys, one list a sequence; nil where there are none.
    private func joinedGroups(_ parts: [WidenedKeys]) -> [KeyGroups]? {
        let groups = parts.compactMap(\.groups)
        return groups.first.map { first in
            first.indices.map { sequence in
                KeyGroups(count: first[sequence].count, membership: groups.flatMap { $0[sequence].membership })
            }
        }
    }

    private func joined(_ parts: [WidenedKeys]) throws -> WidenedKeys {
        guard parts.count > 1 else { return parts[0] }
        return WidenedKeys(
            key: try Tensor.concatenate(parts.map(\.key), axis: 2),
            value: try Tensor.concatenate(parts.map(\.value), axis: 2), groups: joinedGroups(parts))
    }

    /// The last part is causal if asked for; those before it are seen whole.
    ///
    /// Each weighs as its share of the exponentials.
    private func merged(
        _ query: Tensor, parts: [WidenedKeys], causal: Bool, numbers: KeyNumbers?
    ) throws -> Tensor {
        var begin = parts.reduce(0) { $0 + $1.count }
        func attend(_ part: WidenedKeys, causal: Bool) throws -> (output: Tensor, logSumExp: Tensor) {
            begin -= part.count
            return try call(
                query, keys: part, causal: causal, numbers: numbers?.slice(begin..<begin + part.count))
        }
        var (output, logSumExp) = try attend(parts[parts.count - 1], causal: causal)
        for part in parts.dropLast().reversed() {
            let other = try attend(part, causal: false)
            let weight = try (other.logSumExp - logSumExp).sigmoid().unsqueeze(-1).to(query.dtype)
            output = try other.output * weight + output * (-weight + 1)
            let top = try logSumExp.maximum(other.logSumExp)
            logSumExp = try ((logSumExp - top).exp() + (other.logSumExp - top).exp()).log() + top
        }
        return output
    }

    /// One call of the kernel: Q~ = [Q, 1, 0...], K~ = [s K, b / scale, 0...], V~ = [t V, t G].
    private func call(
        _ query: Tensor, keys: WidenedKeys, causal: Bool, numbers: KeyNumbers?
    ) throws -> (output: Tensor, logSumExp: Tensor) {
        guard let columns = try keys.columns() else {
            return try fusedAttention(query: query, key: keys.key, value: keys.value, causal: causal, scale: scale)
        }
        func tail(_ x: Tensor, like: Tensor) throws -> Tensor {
            try x.expand([like.size(0), like.size(1), like.size(2), ObservedKeys.columnCount])
        }
        let extra = ObservedKeys.columnCount
        guard let numbers else {
            return try fusedAttention(
                query: query.padLastAxis(after: extra), key: keys.key.padLastAxis(after: extra),
                value: Tensor.concatenate([keys.value, tail(columns, like: keys.value)], axis: -1), causal: causal,
                scale: scale)
        }
        // Heads that share keys and change them in different ways need keys of their own.
        let repeats = numbers.headCount > 1 ? query.size(1) / keys.key.size(1) : 1
        func own(_ x: Tensor) throws -> Tensor { try repeats == 1 ? x : x.repeatInterleave(repeats, axis: 1) }
        let (key, value) = (try own(keys.key), try own(keys.value))
        let ones = try Tensor.ones([1, 1, 1, 1], dtype: query.dtype, device: query.device).padLastAxis(after: extra - 1)
        let bias = try (numbers.bias / scale).padLastAxis(after: extra - 1)
        return try fusedAttention(
            query: Tensor.concatenate([query, tail(ones, like: query)], axis: -1),
            key: Tensor.concatenate([key * numbers.score, tail(bias, like: key)], axis: -1).to(query.dtype),
            value: (Tensor.concatenate([value, tail(columns, like: value)], axis: -1) * numbers.value).to(query.dtype),
            causal: causal, scale: scale)
    }
}
