import Torch

/// Causal attention of a block of new tokens, with the mass on key groups where it is observed.
///
/// Queries, keys and values are widened by eight columns: zeros for queries and keys, group indicators for values. The kernel's
/// output then ends in the masses. A block behind a cached prefix is two calls, unmasked on the prefix and causal on the block,
/// because the kernels align their causal mask at the top left; they are merged by their log-sum-exp.
struct AugmentedAttention {
    let configuration: TextConfiguration

    private var scale: Double { 1 / Double(configuration.headSize).squareRoot() }

    /// - Parameters:
    ///   - query: `[batch, heads, tokens, headSize]`.
    ///   - key: `[batch, keyValueHeads, tokens, headSize]`.
    ///   - value: likewise.
    ///   - indicators: `[batch, 1, tokens, 8]` of 0 and 1, or nil to observe nothing.
    ///   - groupCount: how many of the eight columns are in use.
    ///   - cache: holds the tokens before these, and is given these.
    ///   - layer: which of the cache's layers.
    /// - Returns: the output `[batch, tokens, hidden]`, and the masses `[batch, heads, tokens, groups]` where observed.
    /// - Throws: `TorchError` if the shapes do not fit, ``QwenVLError/input(_:)`` if the cache is full.
    func callAsFunction(
        query: Tensor, key: Tensor, value: Tensor, indicators: Tensor?, groupCount: Int, cache: KeyValueCache?,
        layer: Int
    ) throws -> (output: Tensor, masses: Tensor?) {
        var (query, key, value) = (query, key, value)
        if let indicators {
            query = try query.padLastAxis(after: KeyGroups.maximumCount)
            key = try key.padLastAxis(after: KeyGroups.maximumCount)
            let shape = [value.size(0), value.size(1), value.size(2), KeyGroups.maximumCount]
            value = try Tensor.concatenate([value, indicators.to(value.dtype).expand(shape)], axis: -1)
        }
        let attended = try attend(query: query, key: key, value: value, cache: cache, layer: layer)
        let (batch, tokens, width) = (query.size(0), query.size(2), configuration.headSize)
        guard indicators != nil else {
            return (try attended.transpose(1, 2).reshape([batch, tokens, -1]), nil)
        }
        let output = try attended.slice(3, 0..<width).transpose(1, 2).reshape([batch, tokens, -1])
        return (output, try attended.slice(3, width..<width + groupCount))
    }

    /// The widened output `[batch, heads, tokens, width]`.
    private func attend(query: Tensor, key: Tensor, value: Tensor, cache: KeyValueCache?, layer: Int) throws -> Tensor {
        let tokens = query.size(2)
        guard let cache else {
            return try fusedAttention(query: query, key: key, value: value, causal: true, scale: scale).output
        }
        let prefix = cache.count
        try cache.write(layer: layer, key: key, value: value)
        let all = try cache.read(layer: layer, tokens: prefix + tokens)
        if prefix == 0 || tokens == 1 {
            return try fusedAttention(
                query: query, key: all.key, value: all.value, causal: prefix == 0 && tokens > 1, scale: scale
            ).output
        }
        let before = try cache.read(layer: layer, tokens: prefix)
        let past = try fusedAttention(query: query, key: before.key, value: before.value, causal: false, scale: scale)
        let block = try fusedAttention(query: query, key: key, value: value, causal: true, scale: scale)
        // softmax over both sets of keys: each part weighs as its share of the sum of exponentials.
        let weight = try (past.logSumExp - block.logSumExp).sigmoid().unsqueeze(-1).to(query.dtype)
        return try past.output * weight + block.output * (-weight + 1)
    }
}
