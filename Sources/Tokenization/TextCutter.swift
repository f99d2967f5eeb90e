/// The text of an answer as it becomes certain, from bytes cut anywhere.
///
/// What may be the start of a stop text is held back, and so are the bytes of a character that is not whole. A stop
/// text ends the text, and of several the one that is whole first does, the longest if two are at once: so how the
/// bytes were cut into tokens changes nothing.
package struct TextCutter: Sendable {
    private let stops: [[UInt8]]
    private let longest: Int
    /// What is not released.
    private var held: [UInt8] = []
    /// How many of the held bytes were searched for stop texts that end in them.
    private var searched = 0
    /// True once a stop text was written.
    package private(set) var isStopped = false
    /// How many bytes of the answer were released.
    package private(set) var released = 0

    package init(stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
        longest = self.stops.map(\.count).max() ?? 0
    }

    /// Takes bytes.
    /// - Returns: the bytes that are certain now, whole characters.
    package mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        if isStopped { return [] }
        held += bytes
        if let end = firstStop() {
            isStopped = true
            return release(end)
        }
        return release(min(startOfPossibleStop(), startOfOpenCharacter()))
    }

    /// Ends the text.
    /// - Returns: what was held back.
    package mutating func finish() -> [UInt8] { isStopped ? [] : release(held.count) }

    private mutating func release(_ count: Int) -> [UInt8] {
        let bytes = Array(held.prefix(count))
        held.removeFirst(count)
        searched = held.count
        released += count
        return bytes
    }

    /// Where the stop text begins that is whole first.
    private func firstStop() -> Int? {
        if stops.isEmpty { return nil }
        for end in searched..<held.count {
            let starts = stops.compactMap { stop -> Int? in
                let start = end + 1 - stop.count
                return start >= 0 && held[start...end].elementsEqual(stop) ? start : nil
            }
            if let start = starts.min() { return start }
        }
        return nil
    }

    /// From where on the held bytes may be the start of a stop text.
    private func startOfPossibleStop() -> Int {
        if longest < 2 { return held.count }
        for start in max(0, held.count - longest + 1)..<held.count {
            let rest = held[start...]
            if stops.contains(where: { $0.count > rest.count && $0.starts(with: rest) }) { return start }
        }
        return held.count
    }

    /// From where on the held bytes are a character that is not whole.
    private func startOfOpenCharacter() -> Int {
        for back in 1..<4 where back <= held.count {
            let byte = held[held.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            return length > back && byte < 0xF5 ? held.count - back : held.count
        }
        return held.count
    }
}
