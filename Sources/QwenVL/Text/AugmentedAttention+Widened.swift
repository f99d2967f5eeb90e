import Torch

// Attention of new tokens by libtorch's kernel: for gradients, for float64 and for other devices.

extension AugmentedAttention {
    private var widening: WidenedAttention { WidenedAttention(scale: scale) }

    /// Many tokens of each sequence.
    func attendWidenedBlock(_ new: Projections, rotary: RotaryTable, block: BlockPass) throws -> Attended {
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)  // [batch, tokens, heads, headSize]
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        try block.recorder?.take(query, layer: layer)
        if let cache = block.cache {
            let slots = try cache.slots(layer: layer, new: key.size(1))
            try slots.keys.copy(from: key)
            try slots.values.copy(from: new.value)
        }
        if block.isPacked { return try attendWidenedPacked(query, key: key, value: new.value, block: block) }
        let keys = WidenedKeys(
            key: try key.transpose(1, 2), value: try new.value.transpose(1, 2), groups: block.keys?.groups)
        let attended = try widening.attend(
            query.transpose(1, 2), parts: [keys], causal: true, changes: block.modulation?.changes(layer: layer))
        return try split(attended, groupCount: block.keys?.groups.first?.count)
    }

    /// Several sequences in one row, a call for each; query and key are turned.
    private func attendWidenedPacked(_ query: Tensor, key: Tensor, value: Tensor, block: BlockPass) throws -> Attended {
        let groups = block.keys?.groups.first
        let parts = try block.stretches.flatMap(PackedSequence.all).map { sequence -> Attended in
            func own(_ x: Tensor) throws -> Tensor {
                let parts = try sequence.ranges.map { try x.slice(1, $0) }
                return try (parts.count == 1 ? parts[0] : Tensor.concatenate(parts, axis: 1)).transpose(1, 2)
            }
            let ownGroups = groups.map { groups in
                [KeyGroups(count: groups.count, membership: sequence.ranges.flatMap { groups.membership[$0] })]
            }
            let keys = WidenedKeys(key: try own(key), value: try own(value), groups: ownGroups)
            let attended = try widening.attend(own(query), parts: [keys], causal: true, changes: nil)
            return try split(
                sequence.known == 0 ? attended : attended.slice(2, sequence.known..<attended.size(2)),
                groupCount: groups?.count)
        }
        let masses = parts.compactMap(\.masses)
        return (
            try Tensor.concatenate(parts.map(\.output), axis: 1),
            try masses.isEmpty ? nil : Tensor.concatenate(masses, axis: 2)
        )
    }

    /// Where the tokens of a sequence lie in a row.
    ///
    /// Every branch is a sequence of its own with the tokens that it goes on from, which are attended again with it: only so is the
    /// kernel's gradient whole.
    private struct PackedSequence {
        var ranges: [Range<Int>]
        /// How many of the first tokens an earlier sequence has given already.
        var known = 0

        static func all(_ stretch: SequenceStretch) -> [PackedSequence] {
            guard !stretch.branches.isEmpty else {
                return (0..<stretch.count).map { index in
                    let start = stretch.start + index * stretch.length
                    return PackedSequence(ranges: [start..<start + stretch.length])
                }
            }
            let shared = stretch.start..<stretch.start + stretch.shared
            var start = shared.upperBound
            return stretch.branches.enumerated().map { index, length in
                defer { start += length }
                return PackedSequence(
                    ranges: [shared, start..<start + length], known: index == 0 ? 0 : shared.count)
            }
        }
    }

    /// One token of each of several sequences: one call per sequence.
    func attendWidenedStep(_ new: Projections, rotary: RotaryTable, step: StepPass) throws -> Attended {
        let key = try new.key.rotary(cos: rotary.cos, sin: rotary.sin)
        let query = try new.query.rotary(cos: rotary.cos, sin: rotary.sin)
        let changes = step.modulation?.changes(layer: layer)
        let parts = try step.sequences.enumerated().map { index, sequence -> Attended in
            let slots = try sequence.own.slots(layer: layer, new: 1)
            try slots.keys.copy(from: key.slice(0, index..<index + 1))
            try slots.values.copy(from: new.value.slice(0, index..<index + 1))
            let pieces = try sequence.pieces(layer: layer, new: 1)
            let own = try query.slice(0, index..<index + 1).transpose(1, 2)
            let ownChanges = changes?.sequence(index)
            if step.maps?.wants(layer: layer, sequence: index) == true {
                let keys = try widened(pieces, groups: sequence.groups)
                let weights = try widening.explicitRows(
                    own, keys: keys, visible: [keys.count], changes: ownChanges
                ).weights
                try step.maps?.take(weights.squeeze(2), layer: layer, sequences: index..<index + 1)
            }
            // The prompt's keys stay where they are: each piece is a call, merged by its log-sum-exp.
            let parts = try zip(pieces, sequence.pieceGroups).map { try widened([$0], groups: $1) }
            let attended = try widening.attend(own, parts: parts, causal: false, changes: ownChanges)
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

    /// Output and masses of what the kernel gave, `[batch, heads, tokens, width]`.
    private func split(_ attended: Tensor, groupCount: Int?) throws -> Attended {
        let (batch, tokens) = (attended.size(0), attended.size(2))
        let output = try attended.slice(3, 0..<headSize).transpose(1, 2).reshape([batch, tokens, -1])
        guard let groupCount else { return (output, nil) }
        return (output, try attended.slice(3, headSize..<headSize + groupCount))
    }
}
