import Torch

/// What a layer does to each key of a pass, as tensors for libtorch's operations.
struct KeyNumbers {
    /// Stands for the bias of a removed key: far below every score, and still a number, so that gradients stay so too.
    private static let removal = -1e30

    /// Score factor, absolute factor, bias and value factor, each `[batch, heads, keys, 1]`, of one head where all are alike.
    let score, absolute, bias, value: Tensor
    /// How many heads the numbers are of.
    let headCount: Int
    /// The first key of each sequence and head that is not removed, `[batch][headCount]`.
    private let firstKept: [[Int]]

    /// - Parameters:
    ///   - changes: what the layer does.
    ///   - groups: the groups of the keys, one list a sequence, equally long.
    ///   - like: a tensor of the type and on the device wanted.
    /// - Throws: `TorchError` if memory is short.
    init(_ changes: LayerChanges, groups: [KeyGroups], like: Tensor) throws {
        let heads = Set(changes.heads).count == 1 ? [changes.heads[0]] : changes.heads
        let keys = groups.first?.membership.count ?? 0
        var all: [KeyChange] = []
        all.reserveCapacity(groups.count * heads.count * keys)
        var firstKept: [[Int]] = []
        for sequence in groups {
            firstKept.append([])
            for head in heads {
                let byBits = (0...UInt8.max).map { head.combined($0) }
                let own = sequence.membership.map { byBits[Int($0)] }
                firstKept[firstKept.count - 1].append(own.firstIndex { !$0.removes } ?? keys)
                all += own
            }
        }
        headCount = heads.count
        self.firstKept = firstKept
        // Rounded once, when they have been applied: in half the bits a small coefficient would be none.
        let dtype = like.dtype == .float64 ? DType.float64 : .float32
        func tensor(_ part: (KeyChange) -> Double) throws -> Tensor {
            try Tensor(all.map(part), shape: [groups.count, heads.count, keys, 1]).to(dtype, device: like.device)
        }
        score = try tensor(\.scoreFactor)
        absolute = try tensor(\.absoluteFactor)
        bias = try tensor { $0.bias == -.infinity ? Self.removal : $0.bias }
        value = try tensor { $0.bias == -.infinity ? 0 : $0.valueFactor }
    }

    private init(score: Tensor, absolute: Tensor, bias: Tensor, value: Tensor, headCount: Int, firstKept: [[Int]]) {
        (self.score, self.absolute, self.bias, self.value) = (score, absolute, bias, value)
        (self.headCount, self.firstKept) = (headCount, firstKept)
    }

    /// The numbers of some of the keys; which rows are changed is still a matter of all.
    func slice(_ keys: Range<Int>) throws -> KeyNumbers {
        try KeyNumbers(
            score: score.slice(2, keys), absolute: absolute.slice(2, keys), bias: bias.slice(2, keys),
            value: value.slice(2, keys), headCount: headCount, firstKept: firstKept)
    }

    /// Which rows are changed, bool `[batch, heads, queries, 1]`: those asked for that see a key which is not removed.
    /// - Parameters:
    ///   - rows: `[batch][queries]`.
    ///   - visible: how many keys each query sees.
    ///   - device: where the flags are wanted.
    /// - Returns: the flags, of one head where all are alike.
    /// - Throws: `TorchError` if memory is short.
    func changedRows(_ rows: [[Bool]], visible: [Int], device: Device) throws -> Tensor {
        try Tensor(changedRows(rows, visible: visible), shape: [rows.count, headCount, visible.count, 1])
            .to(device: device)
    }

    /// The same flags, row-major.
    func changedRows(_ rows: [[Bool]], visible: [Int]) -> [Bool] {
        zip(rows, firstKept).flatMap { rows, kept in
            kept.flatMap { first in zip(rows, visible).map { $0 && $1 > first } }
        }
    }
}

extension [KeyChange] {
    /// What becomes of a key in all groups of `bits`.
    fileprivate func combined(_ bits: UInt8) -> KeyChange {
        var change = KeyChange.none
        for (group, own) in enumerated() where bits >> UInt8(group) & 1 != 0 {
            change.scoreFactor *= own.scoreFactor
            change.absoluteFactor += own.absoluteFactor
            change.bias += own.bias
            change.valueFactor *= own.valueFactor
        }
        return change
    }
}

extension KeyChange {
    fileprivate var removes: Bool { bias == -.infinity || valueFactor == 0 }
}
