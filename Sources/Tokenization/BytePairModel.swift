/// Byte-pair encoding of one word: starts from its bytes and applies, again and again, the earliest merge that fits,
/// the leftmost one where several places offer it (Sennrich et al., 2016, over bytes as in GPT-2).
struct BytePairModel: Sendable {
    /// The id of the token of each byte, 256 of them.
    let byteIDs: [UInt32]
    /// The merges in the order of the file.
    let merges: MergeTable

    /// Words up to this many bytes look for their best merge by walking along the ranks, which is quadratic but beats
    /// a heap while it fits in a few cache lines.
    private static let longestWalkedWord = 96

    /// Encodes one word.
    ///
    /// - Parameters:
    ///   - word: the bytes of one word of the pre-tokenizer.
    ///   - emit: called with each token id, in order.
    /// - Complexity: O(n log n) in the bytes of the word.
    @inline(__always)
    func encode(_ word: UnsafeBufferPointer<UInt8>, emit: (UInt32) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: word.count * 2) { buffer in
            let ids = UnsafeMutableBufferPointer(rebasing: buffer[..<word.count])
            let ranks = UnsafeMutableBufferPointer(rebasing: buffer[word.count...])
            for index in word.indices { ids[index] = byteIDs[Int(word[index])] }
            for index in word.indices.dropLast() { ranks[index] = merges.rank(of: ids[index], ids[index + 1]) }
            ranks[word.count - 1] = MergeTable.noRank
            let count =
                word.count <= Self.longestWalkedWord
                ? mergeByWalking(ids: ids, ranks: ranks) : mergeByHeap(ids: ids, ranks: ranks)
            for index in 0..<count { emit(ids[index]) }
        }
    }

    /// Merges in place and closes each gap at once.
    ///
    /// - Parameters:
    ///   - ids: the tokens; on return the first ones are the result.
    ///   - ranks: at each place the rank of the merge with the right neighbour, `noRank` at the last.
    /// - Returns: how many tokens are left.
    private func mergeByWalking(
        ids: UnsafeMutableBufferPointer<UInt32>, ranks: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        var count = ids.count
        while true {
            var best = MergeTable.noRank
            var place = 0
            for index in 0..<count where ranks[index] < best {
                best = ranks[index]
                place = index
            }
            guard best != MergeTable.noRank else { return count }
            ids[place] = merges.result(ofRank: best)
            count -= 1
            for index in (place + 1)..<max(count, place + 1) {
                ids[index] = ids[index + 1]
                ranks[index] = ranks[index + 1]
            }
            ranks[place] = place + 1 < count ? merges.rank(of: ids[place], ids[place + 1]) : MergeTable.noRank
            if place > 0 { ranks[place - 1] = merges.rank(of: ids[place - 1], ids[place]) }
        }
    }

    /// Merges with a heap of candidate merges over a doubly linked list of tokens.
    ///
    /// Parameters and result are those of `mergeByWalking`.
    private func mergeByHeap(
        ids: UnsafeMutableBufferPointer<UInt32>, ranks: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        let count = ids.count
        var next = Array(1...count)
        var previous = Array(-1..<(count - 1))
        var heap = MinimumHeap(ranks.indices.compactMap { Self.candidate(rank: ranks[$0], place: $0) })
        while let candidate = heap.popMinimum() {
            let rank = UInt32(candidate >> 32)
            let place = Int(candidate & 0xFFFF_FFFF)
            // A merge at this place or its neighbour has made this candidate stale. It cannot look fresh again: the
            // pair at a place only ever grows, and a rank belongs to one pair.
            guard ranks[place] == rank else { continue }
            let absorbed = next[place]
            let following = next[absorbed]
            ids[place] = merges.result(ofRank: rank)
            ranks[absorbed] = MergeTable.noRank
            next[absorbed] = -1
            next[place] = following
            if following < count { previous[following] = place }
            ranks[place] = following < count ? merges.rank(of: ids[place], ids[following]) : MergeTable.noRank
            if let candidate = Self.candidate(rank: ranks[place], place: place) { heap.insert(candidate) }
            let before = previous[place]
            if before >= 0 {
                ranks[before] = merges.rank(of: ids[before], ids[place])
                if let candidate = Self.candidate(rank: ranks[before], place: before) { heap.insert(candidate) }
            }
        }
        var kept = 0
        var place = 0
        while place < count {
            ids[kept] = ids[place]
            kept += 1
            place = next[place]
        }
        return kept
    }

    /// A merge as one number that sorts by rank, then from left to right; `nil` where nothing merges.
    private static func candidate(rank: UInt32, place: Int) -> UInt64? {
        rank == MergeTable.noRank ? nil : UInt64(rank) << 32 | UInt64(place)
    }
}

/// A binary heap of numbers that gives back the smallest first.
struct MinimumHeap {
    private var numbers: [UInt64]

    /// Makes a heap of the given numbers.
    /// - Complexity: O(n).
    init(_ numbers: [UInt64]) {
        self.numbers = numbers
        for index in stride(from: numbers.count / 2 - 1, through: 0, by: -1) { sink(from: index) }
    }

    /// Adds a number.
    /// - Complexity: O(log n).
    mutating func insert(_ number: UInt64) {
        numbers.append(number)
        var index = numbers.count - 1
        while index > 0, numbers[(index - 1) / 2] > number {
            numbers[index] = numbers[(index - 1) / 2]
            index = (index - 1) / 2
        }
        numbers[index] = number
    }

    /// Removes and returns the smallest number, `nil` if the heap is empty.
    /// - Complexity: O(log n).
    mutating func popMinimum() -> UInt64? {
        guard let last = numbers.popLast() else { return nil }
        guard let first = numbers.first else { return last }
        numbers[0] = last
        sink(from: 0)
        return first
    }

    private mutating func sink(from start: Int) {
        let number = numbers[start]
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < numbers.count else { break }
            if child + 1 < numbers.count && numbers[child + 1] < numbers[child] { child += 1 }
            guard numbers[child] < number else { break }
            numbers[index] = numbers[child]
            index = child
        }
        numbers[index] = number
    }
}
