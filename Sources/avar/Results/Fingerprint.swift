import Crypto
import Foundation
import QwenVL
import Safetensors

/// Tells whether files are still those of an earlier run, wherever they lie.
enum Fingerprint {
    /// How much of the beginning and of the end of a tensor is looked at: enough to notice training, and little to read.
    private static let sampledBytes = 4096

    /// The files beside the weights that decide what a model reads and writes.
    private static let smallFiles = [
        "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json",
        "chat_template.json", "chat_template.jinja",
    ]

    /// The SHA-256 of a file.
    static func file(_ url: URL) throws -> String {
        var hash = SHA256()
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { hash.update(data: chunk) }
        } catch {
            throw QwenVLError.unreadable(path: url.path, reason: "there is no such readable file")
        }
        return text(hash)
    }

    /// A hash of a checkpoint's small files, and of every tensor's name, type, shape, first and last bytes; and of an adapter's files.
    static func model(_ folder: URL, adapter: URL? = nil) throws -> String {
        _ = try ModelConfiguration(folder: folder)
        var hash = SHA256()
        for name in smallFiles {
            let file = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            hash.update(data: Data("\(name) \(try Self.file(file))\n".utf8))
        }
        let checkpoint = try SafetensorsCheckpoint(contentsOf: folder)
        for entry in checkpoint.entries.sorted(by: { $0.name < $1.name }) {
            hash.update(data: Data("\(entry.name) \(entry.dtype) \(entry.shape)\n".utf8))
            try checkpoint.withUnsafeBytes(of: entry.name) { bytes in
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes.prefix(sampledBytes)))
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes.suffix(sampledBytes)))
            }
        }
        if let adapter {
            for name in ["adapter_config.json", "adapter_model.safetensors"] {
                hash.update(data: Data("\(name) \(try Self.file(adapter.appendingPathComponent(name)))\n".utf8))
            }
        }
        return text(hash)
    }

    private static func text(_ hash: SHA256) -> String {
        hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
