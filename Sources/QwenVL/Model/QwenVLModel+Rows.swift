import Torch

extension QwenVLModel {
    /// Queries whose rows lie in memory at once.
    private static let rowsAtOnce = 16

    /// Rows of the attention map, on demand: the recorded queries of one layer against the cached keys.
    ///
    /// Each row is what the pass used, interventions included, and costs what one decoded token costs in this layer.
    /// - Parameters:
    ///   - recorder: was given to the pass.
    ///   - layer: counted from 0.
    ///   - cache: was filled by the pass.
    ///   - modulation: the intervention of the pass, or nil.
    ///   - input: what the pass read.
    ///   - body: sees some rows at a time: the places of their queries among the recorded ones, and the weights, float32
    ///     `[queries, heads, keys]` with zeros where a key is not seen.
    /// - Throws: ``QwenVLError/input(_:)`` if the pass did not record this layer, and what `body` throws.
    public func forEachAttentionRows(
        _ recorder: QueryRecorder, layer: Int, cache: KeyValueCache, modulation: AttentionModulation? = nil,
        input: ModelInput, _ body: (Range<Int>, Tensor) throws -> Void
    ) throws {
        guard let queries = recorder.queries[layer] else {
            throw QwenVLError.input("The queries of layer \(layer) were not recorded")
        }
        let attention = AugmentedAttention(configuration: configuration.text, layer: layer)
        let flags = modulation?.changedRows(of: input)
        try withoutGradient {
            for start in stride(from: 0, to: recorder.positions.count, by: Self.rowsAtOnce) {
                let part = start..<min(start + Self.rowsAtOnce, recorder.positions.count)
                let positions = recorder.positions[part]
                let changes = try PassModulation(modulation, rows: positions.map { [flags?[$0] ?? false] })?
                    .changes(layer: layer)
                let groups = cache.groups
                let weights = try attention.rows(
                    queries.slice(0, part),
                    sequences: positions.map { [try cache.read(layer: layer, tokens: $0 + 1)] },
                    groups: groups.map { all in
                        positions.map { KeyGroups(count: all.count, membership: Array(all.membership.prefix($0 + 1))) }
                    }, changes: changes)
                let missing = cache.count - weights.size(2)
                try body(part, missing > 0 ? weights.padLastAxis(after: missing) : weights)
            }
        }
    }
}
