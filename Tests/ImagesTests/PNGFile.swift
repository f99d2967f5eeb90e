import Foundation

/// PNG files made in the tests, where the codec's own writer would not do.
enum PNGFile {
    /// A file of a header and the given other chunks.
    static func file(width: UInt32, height: UInt32, chunks: [Data] = []) -> Data {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header = chunk("IHDR", bytes(width) + bytes(height) + [8, 2, 0, 0, 0])
        return ([Data(signature), header] + chunks + [chunk("IEND", [])]).reduce(Data(), +)
    }

    /// Length, type, payload and checksum.
    static func chunk(_ type: String, _ payload: [UInt8]) -> Data {
        let body = Array(type.utf8) + payload
        return Data(bytes(UInt32(payload.count)) + body + bytes(checksum(body)))
    }

    /// The file with the checksum of every chunk made right, as far as its lengths make sense.
    static func withRightChecksums(_ file: [UInt8]) -> [UInt8] {
        var file = file
        var offset = 8
        while offset + 12 <= file.count {
            let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = offset + 8 + length
            guard end + 4 <= file.count else { break }
            file.replaceSubrange(end..<end + 4, with: bytes(checksum(Array(file[offset + 4..<end]))))
            offset = end + 4
        }
        return file
    }

    /// CRC-32 as PNG uses it (ISO 3309).
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    private static let table: [UInt32] = (UInt32(0)..<256).map { index in
        (0..<8).reduce(index) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
