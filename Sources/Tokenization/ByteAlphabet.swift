/// The printable alphabet in which a byte-level vocabulary spells its tokens: one Unicode scalar for each byte.
///
/// Bytes that print stand for themselves (`!`...`~`, `¡`...`¬`, `®`...`ÿ`); the other 68 take the scalars from U+0100
/// on, in order, so that a space is `Ġ` and a line feed `Ċ`.
enum ByteAlphabet {
    /// The scalar of each byte, 256 of them.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            if standsForItself(byte) { return Unicode.Scalar(byte) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "\u{FFFD}"
        }
    }()

    /// The byte of each scalar below U+0144, `nil` where the scalar is not in the alphabet.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() {
            bytes[Int(scalar.value)] = UInt8(byte)
        }
        return bytes
    }()

    /// The bytes that decoding a token yields.
    ///
    /// A spelling with a scalar outside the alphabet (only added tokens have one) stands for its own UTF-8, as a whole:
    /// that is the rule of the `ByteLevel` decoder.
    /// - Parameter spelling: the token as the vocabulary writes it.
    /// - Returns: its bytes, which need not be UTF-8 by themselves.
    static func decodedBytes(of spelling: String) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(spelling.utf8.count)
        for scalar in spelling.unicodeScalars {
            guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else { return Array(spelling.utf8) }
            decoded.append(byte)
        }
        return decoded
    }

    private static func standsForItself(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: true
        default: false
        }
    }
}
