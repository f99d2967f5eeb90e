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

/// What an intervention does to the keys of one group, as one query head sees them.
///
/// A score z of such a key becomes `scoreFactor * z + absoluteFactor * |z| + bias`, and after the softmax its weight is
/// multiplied by `valueFactor`. A key in several groups has the product of their factors and the sum of what is added.
public struct KeyChange: Sendable, Hashable {
    /// What the score is multiplied by.
    public var scoreFactor: Double
    /// How much of the score's magnitude is added to it.
    public var absoluteFactor: Double
    /// What is added to the score; negative infinity removes the key.
    public var bias: Double
    /// What the weight after the softmax is multiplied by, in the output and in the masses.
    public var valueFactor: Double

    /// A change; unless something is given, none.
    /// - Parameters:
    ///   - scoreFactor: what the score is multiplied by.
    ///   - absoluteFactor: how much of the score's magnitude is added to it.
    ///   - bias: what is added to the score.
    ///   - valueFactor: what the weight is multiplied by.
    public init(scoreFactor: Double = 1, absoluteFactor: Double = 0, bias: Double = 0, valueFactor: Double = 1) {
        self.scoreFactor = scoreFactor
        self.absoluteFactor = absoluteFactor
        self.bias = bias
        self.valueFactor = valueFactor
    }

    /// No change: factors of 1, nothing added.
    public static let none = KeyChange()
}

/// What an intervention does to the keys of every group, for every query head.
public struct KeyChanges {
    /// float32 `[heads, 8, 4]` on the CPU: score factor, absolute factor, bias, value factor of each head and group.
    public let table: Tensor
    /// Whose keys are changed, uint8 `[batch, queries]` on the CPU without gaps; nil for every row's.
    public var rows: Tensor?

    /// Changes.
    /// - Parameters:
    ///   - heads: for every query head the changes of its groups, at most 8.
    ///   - rows: uint8 `[batch, queries]`, or nil.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` for more groups, and if memory is short.
    public init(heads: [[KeyChange]], rows: Tensor? = nil) throws {
        if let stray = heads.first(where: { $0.count > 8 }) {
            throw TorchError.shape(name: "heads", expected: "at most 8 groups each", got: [heads.count, stray.count])
        }
        let numbers = heads.flatMap { groups -> [Float] in
            (groups + [KeyChange](repeating: .none, count: 8 - groups.count)).flatMap {
                [Float($0.scoreFactor), Float($0.absoluteFactor), Float($0.bias), Float($0.valueFactor)]
            }
        }
        table = try Tensor(numbers, shape: [heads.count, 8, 4])
        self.rows = rows
    }

    /// Calls `body` with the changes as the shim takes them; nil changes nothing.
    fileprivate static func withShim<Result>(
        _ changes: KeyChanges?, _ body: (UnsafePointer<CKeyChanges>?) throws -> Result
    ) rethrows -> Result {
        guard let changes else { return try body(nil) }
        return try withExtendedLifetime(changes) {
            var shim = CKeyChanges(table: changes.table.handle, rows: changes.rows?.handle ?? CTensor())
            return try withUnsafePointer(to: &shim) { try body($0) }
        }
    }
}

/// What ``decodeAttention(query:sequences:groupCount:changes:wantsWeights:scale:)`` gives.
public struct DecodedAttention {
    /// `[sequences, heads, width]`.
    public let output: Tensor
    /// float32 `[sequences, heads, groups]`, where observed.
    public let masses: Tensor?
    /// The row of the map, float32 `[sequences, heads, keys of the longest]` with zeros behind a sequence's last key, where
    /// asked for.
    public let weights: Tensor?
}

/// Attention of one new token of each of several sequences to the keys that it has cached, and the mass on every key group.
///
/// Sequences may share pieces. The result of one does not depend on the others. See ``Tensor/isPlain``.
/// - Parameters:
///   - query: `[sequences, heads, width]`.
///   - sequences: the pieces of each sequence, a batch of one each, as many for all, with membership in all or in none.
///   - groupCount: how many groups to observe, 0 for none.
///   - changes: what is done to keys by their groups, its rows `[sequences, 1]`; nil for nothing.
///   - wantsWeights: true to give the weight of every key.
///   - scale: what multiplies the scores.
/// - Returns: output, masses and weights.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func decodeAttention(
    query: Tensor, sequences: [[KeyPiece]], groupCount: Int, changes: KeyChanges? = nil, wantsWeights: Bool = false,
    scale: Double
) throws -> DecodedAttention {
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
    var weights = CTensor()
    try withExtendedLifetime(sequences) {
        try KeyChanges.withShim(changes) { changes in
            try withUnsafeMutablePointer(to: &weights) { weights in
                try check(
                    ct_decode_attention(
                        query.handle, keys, values, membership.isEmpty ? nil : membership, Int32(count),
                        Int32(groupCount), changes, scale, &output, &masses, wantsWeights ? weights : nil),
                    operation: "decodeAttention of \(query.shape)")
            }
        }
    }
    return DecodedAttention(
        output: Tensor(adopting: output), masses: groupCount > 0 ? Tensor(adopting: masses) : nil,
        weights: wantsWeights ? Tensor(adopting: weights) : nil)
}

/// Attention of many queries, with the mass that each gives to every key group, at the price of the attention alone.
///
/// `out_i = sum_j A_ij v_j` and `mass_ig = sum_{j in g} A_ij` with `A = softmax(scale * query key^T)`; the map never exists.
/// Masses do not change the output by a bit. See ``Tensor/isPlain``; where that is false use
/// ``fusedAttention(query:key:value:mask:causal:scale:)`` with widened values.
/// - Parameters:
///   - query: `[batch, queries, heads, width]`.
///   - pieces: the keys in order, at least one piece, with membership in all or in none.
///   - groupCount: how many groups to observe, 0 for none.
///   - changes: what is done to keys by their groups, its rows `[batch, queries]`; nil for nothing.
///   - causal: true if the queries are the last of the keys and each sees those up to its own.
///   - scale: what multiplies the scores.
///   - target: where to write the output, `[batch, queries, heads, width]`, last stride 1; nil for fresh memory.
/// - Returns: the output `[batch, queries, heads, width]`, and the masses, float32 `[batch, heads, queries, groups]`, where
/// observed.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func observedAttention(
    query: Tensor, pieces: [KeyPiece], groupCount: Int = 0, changes: KeyChanges? = nil, causal: Bool, scale: Double,
    into target: Tensor? = nil
) throws -> (output: Tensor, masses: Tensor?) {
    let keys = pieces.map(\.keys.handle)
    let values = pieces.map(\.values.handle)
    let membership = pieces.compactMap(\.membership?.handle)
    try requireMembership(membership.count, pieces: pieces.count, groupCount: groupCount)
    var output = CTensor()
    var masses = CTensor()
    try withExtendedLifetime(pieces) {
        try KeyChanges.withShim(changes) { changes in
            try check(
                ct_attention(
                    query.handle, keys, values, membership.isEmpty ? nil : membership, Int32(pieces.count),
                    Int32(groupCount), changes, causal, scale, target?.handle ?? CTensor(), &output, &masses),
                operation: "observedAttention of \(query.shape)")
        }
    }
    return (Tensor(adopting: output), groupCount > 0 ? Tensor(adopting: masses) : nil)
}

private func requireMembership(_ count: Int, pieces: Int, groupCount: Int) throws {
    guard count == 0 ? groupCount == 0 : count == pieces && (0...8).contains(groupCount) else {
        throw TorchError.shape(name: "membership", expected: "one for each of \(pieces) pieces of keys", got: [count])
    }
}
