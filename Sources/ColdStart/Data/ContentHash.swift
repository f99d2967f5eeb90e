import Foundation
import RandomNumbers
import Samples

/// A checksum of 128 bits that is the same everywhere: against accidents, not against malice.
struct ContentHash {
    private var (first, second) = (UInt64(0x243F_6A88_85A3_08D3), UInt64(0x1319_8A2E_0370_7344))

    /// Takes the next number in.
    mutating func combine(_ word: UInt64) {
        first = (first ^ word) &* 0x9FB2_1C65_1E98_DF25
        first ^= first >> 32
        second = (second &+ word) &* 0xD6E8_FEB8_6659_FD93
        second ^= second >> 29
    }

    /// Takes a text in, its length included.
    mutating func combine(_ text: String) {
        var bytes = Array(text.utf8)
        bytes.withUnsafeMutableBytes { combine(UnsafeRawBufferPointer($0)) }
        combine(UInt64(bytes.count))
    }

    /// Takes the bytes of a file in, their number included.
    /// - Throws: `SampleError.unreadable`.
    mutating func combine(contentsOf file: URL) throws {
        let handle: FileHandle
        var length = 0
        do {
            handle = try FileHandle(forReadingFrom: file)
            // All pieces but the last have whole words.
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                piece.withUnsafeBytes { combine($0) }
                length += piece.count
            }
        } catch {
            throw SampleError.unreadable(path: file.path, reason: "it cannot be read to its end")
        }
        combine(UInt64(length))
    }

    private mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        let words = bytes.count / 8
        for index in 0..<words {
            combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
        }
        var rest: UInt64 = 0
        for byte in bytes[(words * 8)...].reversed() { rest = rest << 8 | UInt64(byte) }
        if words * 8 < bytes.count { combine(rest) }
    }

    /// 32 hexadecimal digits.
    var text: String {
        [SplitMix64.mixed(first ^ second), SplitMix64.mixed(second &+ 1)].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
