import RandomNumbers

/// Numbers for words and for words in a row: the same on every machine, so that what is kept does not hang on one.
enum WordHash {
    /// What the numbers of words are joined to.
    static let start: UInt64 = 0x243F_6A88_85A3_08D3

    /// The number of a word.
    static func of(_ word: String) -> UInt64 { SplitMix64.digest(word) }

    /// The number of what ends with one more word.
    static func join(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        SplitMix64.mixed(hash &* 0x9E37_79B9_7F4A_7C15 &+ word)
    }

    /// The numbers of all `count` words in a row; none if there are fewer.
    static func grams(_ words: [UInt64], _ count: Int) -> [UInt64] {
        guard words.count >= count, count > 0 else { return [] }
        return (0...words.count - count).map { place in words[place..<place + count].reduce(start, join) }
    }
}
