import RandomNumbers
import Testing

@Suite struct SplitMix64Tests {
    /// The reference's first numbers for the seed 0 (Vigna's splitmix64.c).
    @Test func numbersAreThoseOfTheReference() {
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
        #expect(random.next() == 0x06C4_5D18_8009_454F)
    }

    @Test func streamsDifferAndStayInTheirBounds() {
        var (one, other) = (SplitMix64(3, 4), SplitMix64(4, 3))
        #expect(one.next() != other.next())
        let values = (0..<2000).map { _ in one.below(7) }
        #expect(Set(values) == Set(0..<7))
        #expect((0..<2000).allSatisfy { _ in (0.0..<1).contains(one.uniform()) })
    }
}
