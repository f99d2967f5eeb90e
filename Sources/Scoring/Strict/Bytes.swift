/// A text as UTF-8, and the same in small ASCII letters, so that words are found in either case without making other texts.
struct Bytes {
    let original: [UInt8]
    let small: [UInt8]

    init(_ text: String) {
        original = Array(text.utf8)
        small = original.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 32 : $0 }
    }

    /// Where a pattern of small letters stands.
    func range(of pattern: Pattern, last: Bool = false, from start: Int = 0) -> Range<Int>? {
        let bytes = pattern.bytes
        guard let first = bytes.first, small.count - start >= bytes.count else { return nil }
        func matches(_ place: Int) -> Bool {
            guard small[place] == first else { return false }
            for offset in 1..<max(bytes.count, 1) where small[place + offset] != bytes[offset] { return false }
            return true
        }
        if last {
            for place in stride(from: small.count - bytes.count, through: start, by: -1) where matches(place) {
                return place..<place + bytes.count
            }
        } else {
            for place in start...(small.count - bytes.count) where matches(place) { return place..<place + bytes.count }
        }
        return nil
    }

    /// Whether a pattern stands at a place.
    func matches(_ pattern: Pattern, at place: Int) -> Bool {
        small.count - place >= pattern.bytes.count
            && small[place..<place + pattern.bytes.count].elementsEqual(pattern.bytes)
    }

    func contains(_ pattern: Pattern) -> Bool { range(of: pattern) != nil }
    func hasPrefix(_ pattern: Pattern) -> Bool { small.starts(with: pattern.bytes) }
    func hasSuffix(_ pattern: Pattern) -> Bool {
        small.count >= pattern.bytes.count && small.suffix(pattern.bytes.count).elementsEqual(pattern.bytes)
    }
    func text(from start: Int) -> String { String(decoding: original[start...], as: UTF8.self) }
    func text(upTo end: Int) -> String { String(decoding: original[..<end], as: UTF8.self) }
}

/// What is looked for, in small letters.
struct Pattern: ExpressibleByStringLiteral, Sendable {
    let bytes: [UInt8]
    init(stringLiteral value: String) { bytes = Array(value.utf8) }
}
