import Crypto
import Foundation

/// The checksum by which the Hub names a file's content: SHA-256 for a large file, and for any other git's name of a
/// blob, SHA-1 of `blob <length>\0` and the content.
package struct HubChecksum {
    private var hash: any HashFunction

    /// A checksum of the kind that `etag` is, nil if it is none.
    /// - Parameters:
    ///   - etag: the expected checksum, 64 or 40 lower-case hexadecimal digits.
    ///   - size: the content's length in bytes.
    package init?(matching etag: String, size: Int) {
        guard etag.isHexadecimal else { return nil }
        switch etag.utf8.count {
        case 64:
            hash = SHA256()
        case 40:
            hash = Insecure.SHA1()
            hash.update(data: Data("blob \(size)\0".utf8))
        default:
            return nil
        }
    }

    /// Takes the next bytes in.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
    }

    /// The checksum of what was taken in, in hexadecimal digits.
    package var text: String { Self.hexadecimal(hash.finalize()) }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension String {
    /// Whether every character is a lower-case hexadecimal digit.
    var isHexadecimal: Bool { utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }
}
