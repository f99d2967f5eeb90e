import RandomNumbers

/// Chooses words by chance, for one text.
struct Wording {
    private var random: SplitMix64

    init(_ random: SplitMix64) { self.random = random }

    /// One of several ways to say the same.
    mutating func one(_ ways: String...) -> String { random.pick(ways) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { random.pick(elements) }

    /// An order by chance, for what may be said in any order.
    mutating func order<Element>(_ elements: [Element]) -> [Element] { random.shuffled(elements) }

    mutating func chance(_ probability: Double) -> Bool { random.chance(probability) }
}
