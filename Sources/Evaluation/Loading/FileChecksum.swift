import Crypto
import Foundation
import Samples

/// The MD5 digest of a benchmark's file, beside that of VLMEvalKit's.
public struct FileChecksum: Sendable, Equatable, Codable {
    /// In hexadecimal digits.
    public var md5: String
    /// The file of VLMEvalKit's that has this digest; nil if none of the set has.
    public var knownFile: String?
    /// The digests of VLMEvalKit's files of the set, by their names.
    public var expected: [String: String]

    /// Whether the file is, byte for byte, one of VLMEvalKit's.
    public var isKnown: Bool { knownFile != nil }

    /// Whether the file is the published one, in one sentence for people.
    public var sentence: String {
        if let knownFile { return "The file is VLMEvalKit's \(knownFile).tsv (md5 \(md5))." }
        guard !expected.isEmpty else { return "The file's md5 is \(md5); no other is known to compare it with." }
        let others = expected.sorted { $0.key < $1.key }.map { "\($0.key).tsv \($0.value)" }
        return "The file is none of VLMEvalKit's: its md5 is \(md5), not that of \(others.joined(separator: " or "))."
    }
}

extension BenchmarkFile {
    /// Reads the whole file once, a piece at a time, and compares its digest with VLMEvalKit's.
    /// - Parameter isStopped: asked before every piece of 4 MiB; true ends the work.
    /// - Returns: the digest; nil if it was stopped.
    /// - Throws: `SampleError` if the file cannot be read.
    public func checksum(isStopped: () -> Bool = { false }) throws -> FileChecksum? {
        let file = try DataFile(url)
        var (hash, buffer, offset) = (Insecure.MD5(), [UInt8](repeating: 0, count: 4 << 20), 0)
        while !isStopped() {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
            if count == 0 {
                let md5 = hash.finalize().map { String(format: "%02x", $0) }.joined()
                return FileChecksum(
                    md5: md5, knownFile: set.files.first { $0.md5 == md5 }?.name,
                    expected: Dictionary(uniqueKeysWithValues: set.files.map { ($0.name, $0.md5) }))
            }
            buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += count
        }
        return nil
    }
}
