/// Remembers the ids of words already encoded; natural text repeats most of its words.
///
/// The size is bounded: a full cache is emptied and begins again, which costs one pass and needs no bookkeeping per hit.
struct WordCache: Sendable {
    /// Longer words are rarely seen twice, so they are not kept.
    static let longestWord = 64
    /// How many words are kept at most.
    private static let capacity = 1 << 15

    /// For each word the number of its ids in the lower 8 bits; above them the id itself where it is only one, and
    /// else the place of the first in `ids`.
    private var places = ByteStringTable(capacity: capacity)
    private var ids: [UInt32] = []

    /// Appends the ids of one word, from memory or from the model.
    ///
    /// - Parameters:
    ///   - word: the bytes of one word of the pre-tokenizer, not empty.
    ///   - model: the model that this cache belongs to.
    ///   - output: receives the ids.
    @inline(__always)
    mutating func appendIDs(
        of word: UnsafeBufferPointer<UInt8>, from model: borrowing BytePairModel, to output: inout [Int]
    ) {
        guard word.count <= Self.longestWord else {
            model.encode(word) { output.append(Int($0)) }
            return
        }
        let hash = places.hash(of: word)
        if let found = places.value(for: word, hash: hash) {
            let count = Int(found & 0xFF)
            let place = Int(found >> 8)
            if count == 1 {
                output.append(place)
            } else {
                for index in place..<(place + count) { output.append(Int(ids[index])) }
            }
        } else {
            encodeAndKeep(word, hash: hash, from: model, to: &output)
        }
    }

    private mutating func encodeAndKeep(
        _ word: UnsafeBufferPointer<UInt8>, hash: UInt64, from model: borrowing BytePairModel, to output: inout [Int]
    ) {
        if places.count == Self.capacity {
            places.removeAll()
            ids.removeAll(keepingCapacity: true)
        }
        let start = ids.count
        model.encode(word) { ids.append($0) }
        for id in ids[start...] { output.append(Int(id)) }
        let count = UInt64(ids.count - start)
        if count == 1, let id = ids.popLast() {
            places.insert(word, hash: hash, value: UInt64(id) << 8 | 1)
        } else {
            places.insert(word, hash: hash, value: UInt64(start) << 8 | count)
        }
    }
}
