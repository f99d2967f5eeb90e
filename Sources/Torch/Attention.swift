import CTorch

/// Fused scaled-dot-product attention, which never holds the map of weights.
///
/// `out = softmax(query key^T * scale + mask) value`, with letters B batch, H query heads, G key/value heads (H is a multiple of
/// G), Q queries, K keys, D width. The three widths are equal.
/// - Parameters:
///   - query: `[B, H, Q, D]`.
///   - key: `[B, G, K, D]`.
///   - value: `[B, G, K, D]`.
///   - mask: added to the scores, broadcasts to `[B, H, Q, K]`; nil for none.
///   - causal: query i sees keys 0...i, aligned at the top left.
///   - scale: what multiplies the scores, usually one over the square root of the head width.
/// - Returns: the output `[B, H, Q, D]`, and the log-sum-exp of the scores `[B, H, Q]` (float32), with which outputs over
///   disjoint sets of keys are merged.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func fusedAttention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, causal: Bool, scale: Double
) throws -> (output: Tensor, logSumExp: Tensor) {
    var output = CTensor()
    var logSumExp = CTensor()
    try check(
        ct_fused_attention(
            query.handle, key.handle, value.handle, mask?.handle ?? CTensor(), causal, scale, &output, &logSumExp),
        operation: "fusedAttention of \(query.shape), \(key.shape)")
    return (Tensor(adopting: output), Tensor(adopting: logSumExp))
}

/// Keys and values of some tokens, and the groups that each key is in.
public struct KeyPiece {
    /// `[batch, count, keyValueHeads, width]`.
    public var keys: Tensor
    /// `[batch, count, keyValueHeads, width]`.
    public var values: Tensor
    /// uint8 `[batch, count]` without gaps, bit g for group g; nil where attention is not observed.
    public var membership: Tensor?

    /// A piece.
    /// - Parameters:
    ///   - keys: `[batch, count, keyValueHeads, width]`; views are read in place.
    ///   - values: likewise.
    ///   - membership: uint8 `[batch, count]`, or nil.
    public init(keys: Tensor, values: Tensor, membership: Tensor? = nil) {
        self.keys = keys
        self.values = values
        self.membership = membership
    }
}

/// Attention of one new token of each of several sequences to the keys that it has cached, and the mass on every key group.
///
/// Sequences may share pieces. The result of one does not depend on the others. See ``Tensor/isPlain``.
/// - Parameters:
///   - query: `[sequences, heads, width]`.
///   - sequences: the pieces of each sequence, a batch of one each, as many for all, with membership in all or in none.
///   - groupCount: how many groups there are, 0 without membership.
///   - scale: what multiplies the scores.
/// - Returns: the output `[sequences, heads, width]`, and the masses, float32 `[sequences, heads, groups]`, where observed.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func decodeAttention(
    query: Tensor, sequences: [[KeyPiece]], groupCount: Int, scale: Double
) throws -> (output: Tensor, masses: Tensor?) {
    let pieces = sequences.joined()
    let count = sequences.first?.count ?? 0
    guard query.rank == 3, query.size(0) == sequences.count, count > 0, sequences.allSatisfy({ $0.count == count })
    else {
        throw TorchError.shape(
            name: "query",
            expected: "[\(sequences.count), heads, width] with equally many cached pieces for each sequence",
            got: query.shape)
    }
    let keys = pieces.map(\.keys.handle)
    let values = pieces.map(\.values.handle)
    let membership = pieces.compactMap(\.membership?.handle)
    try requireMembership(membership.count, pieces: keys.count, groupCount: groupCount)
    var output = CTensor()
    var masses = CTensor()
    try withExtendedLifetime(sequences) {
        try membership.withUnsafeBufferPointer { bytes in
            try check(
                ct_decode_attention(
                    query.handle, keys, values, bytes.isEmpty ? nil : bytes.baseAddress, Int32(count),
                    Int32(groupCount),
                    scale, &output, &masses),
                operation: "decodeAttention of \(query.shape)")
        }
    }
    return (Tensor(adopting: output), membership.isEmpty ? nil : Tensor(adopting: masses))
}

/// Attention of many queries, with the mass that each gives to every key group, at the price of the attention alone.
///
/// `out_i = sum_j A_ij v_j` and `mass_ig = sum_{j in g} A_ij` with `A = softmax(scale * query key^T)`; the map never exists.
/// Masses do not change the output by a bit. See ``Tensor/isPlain``; where that is false use
/// ``fusedAttention(query:key:value:mask:causal:scale:)`` with widened values.
/// - Parameters:
///   - query: `[batch, queries, heads, width]`.
///   - pieces: the keys in order, at least one piece, with membership in all or in none.
///   - groupCount: how many groups there are, 0 without membership.
///   - causal: true if the queries are the last of the keys and each sees those up to its own.
///   - scale: what multiplies the scores.
///   - target: where to write the output, `[batch, queries, heads, width]`, last stride 1; nil for fresh memory.
/// - Returns: the output `[batch, queries, heads, width]`, and the masses, float32 `[batch, heads, queries, groups]`, where
/// observed.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func observedAttention(
    query: Tensor, pieces: [KeyPiece], groupCount: Int = 0, causal: Bool, scale: Double, into target: Tensor? = nil
) throws -> (output: Tensor, masses: Tensor?) {
    let keys = pieces.map(\.keys.handle)
    let values = pieces.map(\.values.handle)
    let membership = pieces.compactMap(\.membership?.handle)
    try requireMembership(membership.count, pieces: pieces.count, groupCount: groupCount)
    var output = CTensor()
    var masses = CTensor()
    try withExtendedLifetime(pieces) {
        try membership.withUnsafeBufferPointer { bytes in
            try check(
                ct_attention(
                    query.handle, keys, values, bytes.isEmpty ? nil : bytes.baseAddress, Int32(pieces.count),
                    Int32(groupCount), causal, scale, target?.handle ?? CTensor(), &output, &masses),
                operation: "observedAttention of \(query.shape)")
        }
    }
    return (Tensor(adopting: output), membership.isEmpty ? nil : Tensor(adopting: masses))
}

private func requireMembership(_ count: Int, pieces: Int, groupCount: Int) throws {
    guard count == 0 ? groupCount == 0 : count == pieces && (1...8).contains(groupCount) else {
        throw TorchError.shape(name: "membership", expected: "one for each of \(pieces) pieces of keys", got: [count])
    }
}
