/// The merges of a byte-pair vocabulary: which two neighbouring tokens join, into which, and how early.
///
/// The rank of a merge is its place in the file; the lower rank is applied first.
struct MergeTable: Sendable {
    /// The rank of a pair that does not merge; every real rank is lower.
    static let noRank = UInt32.max

    private struct Slot {
        var pair: UInt64
        var rank: UInt32
    }

    private var slots: [Slot]
    private var count = 0
    private var results: [UInt32] = []

    /// No token pair has this key: ids are far below 2³².
    private static let emptyPair = UInt64.max

    /// Makes an empty table for about `capacity` merges.
    init(capacity: Int) {
        var slotCount = 16
        while slotCount < capacity * 2 { slotCount *= 2 }
        slots = Array(repeating: Slot(pair: Self.emptyPair, rank: Self.noRank), count: slotCount)
        results.reserveCapacity(capacity)
    }

    /// Adds the next merge of the file; a pair listed twice keeps its last rank, as in the reference.
    mutating func append(left: UInt32, right: UInt32, result: UInt32) {
        if (count + 1) * 2 > slots.count { grow() }
        let pair = Self.key(left, right)
        let index = slotIndex(of: pair)
        if slots[index].pair == Self.emptyPair { count += 1 }
        slots[index] = Slot(pair: pair, rank: UInt32(results.count))
        results.append(result)
    }

    /// The rank of the merge of two neighbours, ``noRank`` if they do not merge.
    @inline(__always)
    func rank(of left: UInt32, _ right: UInt32) -> UInt32 {
        slots[slotIndex(of: Self.key(left, right))].rank
    }

    /// The token that the merge of a rank makes.
    @inline(__always)
    func result(ofRank rank: UInt32) -> UInt32 {
        results[Int(rank)]
    }

    @inline(__always)
    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
        UInt64(left) << 32 | UInt64(right)
    }

    /// The slot that holds a pair, or the empty one where it would go.
    @inline(__always)
    private func slotIndex(of pair: UInt64) -> Int {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while slots[index].pair != pair && slots[index].pair != Self.emptyPair {
            index = (index + 1) & mask
        }
        return index
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(pair: Self.emptyPair, rank: Self.noRank), count: old.count * 2)
        for slot in old where slot.pair != Self.emptyPair {
            slots[slotIndex(of: slot.pair)] = slot
        }
    }
}
