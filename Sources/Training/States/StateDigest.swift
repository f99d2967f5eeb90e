import RandomNumbers

/// A number for some bytes, which damage changes: against disks and copies, not against malice.
///
/// Four streams of 64 bits, each word multiplied into its own, as fast as memory is read; what is left over and the count are mixed
/// in at the end.
enum StateDigest {
    private static let prime: UInt64 = 0x9E37_79B1_85EB_CA87

    static func text(of bytes: UnsafeRawBufferPointer) -> String { String(value(of: bytes), radix: 16) }

    static func value(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        func fold(_ state: inout UInt64, _ offset: Int) {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let mixed = (state ^ word) &* prime
            state = mixed ^ (mixed >> 29)
        }
        var place = 0
        while place + 32 <= bytes.count {
            fold(&a, place)
            fold(&b, place + 8)
            fold(&c, place + 16)
            fold(&d, place + 24)
            place += 32
        }
        var digest = SplitMix64.mixed(UInt64(bytes.count))
        for state in [a, b, c, d] { digest = SplitMix64.mixed(digest ^ state) }
        for byte in bytes[place...] { digest = SplitMix64.mixed(digest ^ UInt64(byte)) }
        return digest
    }
}
