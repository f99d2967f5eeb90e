import Torch

// Rows of the map, written out: for interventions that no scaling of keys can make, and where a person looks at a row.

extension WidenedAttention {
    /// Rows whose weights lie in memory at once.
    private static let rowsAtOnce = 64

    /// Some rows of the map and what they give.
    struct ExplicitRows {
        /// `[batch, heads, queries, keys]`; value factors are in them.
        let weights: Tensor
        /// `[batch, heads, queries, headSize + 8]`, output and masses, or the output alone.
        let attended: Tensor
    }

    /// The rows of some queries.
    /// - Parameters:
    ///   - query: `[batch, heads, queries, headSize]`.
    ///   - keys: all keys.
    ///   - visible: how many of them each query sees.
    ///   - changes: what is done to keys; its rows are those of the queries.
    /// - Returns: the weights, and what they give.
    /// - Throws: `TorchError` if the shapes do not fit.
    func explicitRows(_ query: Tensor, keys: WidenedKeys, visible: [Int], changes: LayerChanges?) throws -> ExplicitRows
    {
        let repeats = query.size(1) / keys.key.size(1)
        let key = try keys.key.repeatInterleave(repeats, axis: 1)
        var value = try keys.value.repeatInterleave(repeats, axis: 1)  // [batch, heads, keys, headSize]
        if let columns = try keys.columns() {
            let shape = [value.size(0), value.size(1), value.size(2), ObservedKeys.columnCount]
            value = try Tensor.concatenate([value, columns.expand(shape)], axis: -1)
        }
        let scores = try (query * scale).matmul(key.transpose(2, 3))  // [batch, heads, queries, keys]
        let hidden = try Tensor(
            visible.flatMap { count in (0..<keys.count).map { $0 >= count } }, shape: [visible.count, keys.count]
        ).to(device: query.device)
        func weigh(_ scores: Tensor) throws -> Tensor { try scores.masked(hidden, with: -.infinity).softmax() }
        var weights = try weigh(scores)
        if let changes {
            let numbers = try KeyNumbers(changes, groups: keys.groups ?? [], like: query)
            func perKey(_ x: Tensor) throws -> Tensor { try x.transpose(2, 3) }  // [batch, heads, 1, keys]
            let moved =
                try scores * perKey(numbers.score) + scores.abs() * perKey(numbers.absolute) + perKey(numbers.bias)
            let flags = try numbers.changedRows(changes.rows, visible: visible, device: query.device)
            weights = try flags.choose((weigh(moved) * perKey(numbers.value)).to(weights.dtype), otherwise: weights)
        }
        return ExplicitRows(weights: weights, attended: try weights.matmul(value))
    }

    /// What the kernel gave, with the rows that are changed written out and put in place.
    func withExplicitRows(
        _ attended: Tensor, query: Tensor, keys: WidenedKeys, visible: [Int], changes: LayerChanges
    ) throws -> Tensor {
        let wanted = visible.indices.filter { row in changes.rows.contains { $0[row] } }
        var result = attended
        for start in stride(from: 0, to: wanted.count, by: Self.rowsAtOnce) {
            let rows = Array(wanted[start..<min(start + Self.rowsAtOnce, wanted.count)])
            let indices = try Tensor(rows).to(device: query.device)
            let ofRows = LayerChanges(
                heads: changes.heads, rows: changes.rows.map { flags in rows.map { flags[$0] } },
                keyChanges: changes.keyChanges)
            let explicit = try explicitRows(
                query.indexSelect(2, indices), keys: keys, visible: rows.map { visible[$0] }, changes: ofRows)
            result = try result.indexCopy(2, indices, explicit.attended)
        }
        return result
    }
}
