import Torch

extension QwenVLModel {
    /// Queries whose rows lie in memory at once.
    package static let rowsAtOnce = 16

    /// Rows of the attention map, on demand: the recorded queries of one layer against the cached keys.
    ///
    /// Each row is what the pass used, interventions included, and costs what one decoded token costs in this layer.
    /// - Parameters:
    ///   - recorder: was given to the pass.
    ///   - layer: counted from 0.
    ///   - cache: was filled by the pass.
    ///   - modulation: the intervention of the pass, or nil.
    ///   - input: what the pass read.
    ///   - places: which of the recorded queries; nil for all.
    ///   - body: sees some rows at a time: the places of their queries among the recorded ones, and the weights, float32
    ///     `[queries, heads, keys]` with zeros where a key is not seen.
    /// - Throws: ``QwenVLError/input(_:)`` if the pass did not record this layer, and what `body` throws.
    public func forEachAttentionRows(
        _ recorder: QueryRecorder, layer: Int, cache: KeyValueCache, modulation: AttentionModulation? = nil,
        input: ModelInput, places: Range<Int>? = nil, _ body: (Range<Int>, Tensor) throws -> Void
    ) throws {
        guard let queries = recorder.queries[layer] else {
            throw QwenVLError.input("The queries of layer \(layer) were not recorded")
        }
        guard recorder.positions.allSatisfy({ $0 < min(cache.count, input.inputIDs.count) }) else {
            throw QwenVLError.input("The cache and the input are not those of the pass whose queries were recorded")
        }
        let attention = AugmentedAttention(configuration: configuration.text, layer: layer)
        let flags = modulation?.changedRows(of: input)
        try withoutGradient {
            let places = places ?? recorder.positions.indices
            for start in stride(from: places.lowerBound, to: places.upperBound, by: Self.rowsAtOnce) {
                let part = start..<min(start + Self.rowsAtOnce, places.upperBound)
                let positions = recorder.positions[part]
                let changes = try PassModulation(modulation, rows: positions.map { [flags?[$0] ?? false] })?
                    .changes(layer: layer)
                // Our kernels take the groups from the cache; elsewhere they are wanted in the program's memory.
                let groups = queries.isPlain ? nil : cache.groups
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

    /// Views of where the recorded queries look, as ``GenerationRequest/maps`` gives them of written tokens.
    /// - Parameters:
    ///   - maps: the views, and the keys to keep.
    ///   - recorder: was given to the pass.
    ///   - cache: was filled by the pass.
    ///   - modulation: the intervention of the pass, or nil.
    ///   - input: what the pass read.
    /// - Returns: `[query][selection][key]`.
    /// - Throws: ``QwenVLError/input(_:)`` for a layer, head or key that is not there.
    public func attentionMaps(
        _ maps: AttentionMaps, of recorder: QueryRecorder, cache: KeyValueCache, modulation: AttentionModulation? = nil,
        input: ModelInput
    ) throws -> [[[Float]]] {
        try maps.check(configuration.text, tokens: input.inputIDs.count)
        let wanted = [AttentionMaps?](repeating: maps, count: recorder.positions.count)
        guard let collector = MapCollector(wanted, configuration: configuration.text) else { return [] }
        for layer in 0..<configuration.text.layerCount where collector.wants(layer: layer) {
            try forEachAttentionRows(
                recorder, layer: layer, cache: cache, modulation: modulation, input: input
            ) { try collector.take($1, layer: layer, sequences: $0) }
        }
        return wanted.indices.map(collector.means)
    }
}
