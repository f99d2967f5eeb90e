import DurableFiles
import Foundation
import Safetensors
import Torch

/// The files of a state, with a digest of everything in them: what is read back is what was written, or the damage is named.
///
/// The list of digests, manifest.json, is written last. States of earlier versions have none; of theirs only the headers are checked.
struct StateFiles {
    private static let manifestName = "manifest.json"
    /// The name under which a file that is no safetensors file has its digest.
    private static let wholeFile = ""

    let url: URL
    /// Digests by file and by tensor.
    private var digests: [String: [String: String]] = [:]

    /// The files of a state that is being written.
    init(writing url: URL) { self.url = url }

    mutating func write(_ tensors: [(String, Tensor)], _ name: String) throws {
        let collector = Collector()
        try SafetensorsWriter.write(
            tensors.map { name, tensor in
                let tensor = try tensor.detached()
                let (dtype, shape) = (tensor.dtype.safetensors, tensor.shape)
                return SafetensorsWriter.Tensor(name: name, dtype: dtype, shape: shape) { emit in
                    try tensor.withUnsafeBytes { bytes in
                        collector.digests[name] = StateDigest.text(of: bytes)
                        try emit(bytes)
                    }
                }
            }, to: url.appendingPathComponent(name))
        digests[name] = collector.digests
    }

    mutating func write(_ data: Data, _ name: String) throws {
        digests[name] = [Self.wholeFile: data.withUnsafeBytes(StateDigest.text)]
        try writeDurably(data, to: url.appendingPathComponent(name))
    }

    /// Writes the list of digests.
    func finish() throws {
        try writeDurably(StateJSON.encoder.encode(digests), to: url.appendingPathComponent(Self.manifestName))
        flushFolder(url)
    }

    /// The files of a state, every byte of them compared with its digest.
    /// - Throws: ``TrainingError/folder(path:problem:)`` that names what is damaged.
    init(reading url: URL) throws {
        self.url = url
        guard FileManager.default.fileExists(atPath: url.appendingPathComponent(Self.manifestName).path) else { return }
        digests = try json([String: [String: String]].self, Self.manifestName)
        for (name, expected) in digests.sorted(by: { $0.key < $1.key }) {
            if let whole = expected[Self.wholeFile] {
                let found = try data(name).withUnsafeBytes(StateDigest.text)
                guard found == whole else { throw damage(name) }
                continue
            }
            let file = try tensors(name)
            guard Set(file.names) == Set(expected.keys) else { throw damage(name) }
            for (tensor, digest) in expected {
                let found = try file.withUnsafeBytes(of: tensor, StateDigest.text)
                guard found == digest else { throw damage("\(name) (\(tensor))") }
            }
        }
    }

    func tensors(_ name: String) throws -> SafetensorsFile {
        do {
            return try SafetensorsFile(contentsOf: url.appendingPathComponent(name))
        } catch {
            throw damage(name)
        }
    }

    func data(_ name: String) throws -> Data {
        guard let data = try? Data(contentsOf: url.appendingPathComponent(name)) else { throw damage(name) }
        return data
    }

    func json<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let data = try data(name)
        do {
            return try StateJSON.decoder.decode(type, from: data)
        } catch {
            throw damage(name)
        }
    }

    func contains(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path)
    }

    private func damage(_ what: String) -> TrainingError {
        .folder(
            path: url.path,
            problem: "its \(what) is damaged; remove the folder to go on from the state before, if there is one")
    }

    private final class Collector {
        var digests: [String: String] = [:]
    }
}
