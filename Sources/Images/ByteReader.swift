import Foundation

/// Bytes read by offset, never beyond their end.
struct ByteReader {
    enum Order {
        case bigEndian
        case littleEndian
    }

    private let bytes: Data

    /// The number of bytes.
    var count: Int { bytes.count }

    init(_ bytes: Data) {
        self.bytes = bytes
    }

    /// The byte at `offset`, or nil if there is none.
    subscript(offset: Int) -> UInt8? {
        guard offset >= 0, offset < bytes.count else { return nil }
        return bytes[bytes.startIndex + offset]
    }

    /// The bytes from `offset` on, or nil if they are not all there.
    func data(at offset: Int, count: Int) -> Data? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        let start = bytes.startIndex + offset
        return bytes[start..<start + count]
    }

    /// The unsigned integer of `size` bytes at `offset`, or nil if they are not all there.
    ///
    /// `size` is 1...4.
    func integer(at offset: Int, size: Int, order: Order = .bigEndian) -> Int? {
        guard let digits = data(at: offset, count: size) else { return nil }
        switch order {
        case .bigEndian: return digits.reduce(0) { $0 << 8 | Int($1) }
        case .littleEndian: return digits.reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    /// True if the bytes from `offset` on are `expected`.
    func holds(_ expected: [UInt8], at offset: Int) -> Bool {
        data(at: offset, count: expected.count)?.elementsEqual(expected) ?? false
    }

    /// True if the bytes from `offset` on are the ASCII characters of `expected`.
    func holds(_ expected: String, at offset: Int) -> Bool {
        holds(Array(expected.utf8), at: offset)
    }
}
