/// A small generator of random numbers that gives the same numbers everywhere, for ever (Steele, Lea and Flood, 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// A stream of its own for every list of numbers.
    package init(_ parts: UInt64...) {
        state = parts.reduce(0) { SplitMix64.mixed($0 &+ 0x9E37_79B9_7F4A_7C15 &+ SplitMix64.mixed($1)) }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// A number below a bound, every one equally likely.
    ///
    /// Written out, because the standard library may change its way.
    package mutating func below(_ bound: Int) -> Int {
        let bound = UInt64(bound)
        let limit = UInt64.max - UInt64.max % bound
        while true {
            let value = next()
            if value < limit { return Int(value % bound) }
        }
    }

    package mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// In 0 ..< 1, with 53 bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True with the given probability.
    package mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// The first elements of a shuffled list.
    package mutating func sample<Element>(_ elements: [Element], _ count: Int) -> [Element] {
        var rest = elements
        for place in 0..<min(count, rest.count) { rest.swapAt(place, place + below(rest.count - place)) }
        return Array(rest.prefix(count))
    }

    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] { sample(elements, elements.count) }

    /// The finaliser: every bit of the input decides every bit of the output.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number for a text (FNV-1a, then mixed): the same everywhere, which `Hasher` does not promise.
    package static func digest(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(hash)
    }
}
