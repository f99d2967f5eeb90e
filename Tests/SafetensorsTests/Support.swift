import Foundation
import Safetensors

/// The folder of golden files; `make_fixtures.py` in it made them.
let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/safetensors")

/// A folder that disappears with the object.
final class TemporaryFolder: Sendable {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("safetensors-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Writes `bytes` to a file of the folder and returns its place.
    func file(_ bytes: [UInt8], named name: String = "model.safetensors") throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file
    }

    /// The names of everything in the folder, hidden files included, sorted.
    func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    }
}

/// The bytes of a safetensors file with this header, right or wrong.
func file(header: String, dataByteCount: Int = 0) -> [UInt8] {
    file(header: Array(header.utf8), dataByteCount: dataByteCount)
}

func file(header: [UInt8], dataByteCount: Int = 0) -> [UInt8] {
    littleEndian([UInt64(header.count)]) + header + [UInt8](repeating: 0, count: dataByteCount)
}

/// The bytes of numbers as this machine, a little-endian one like the format, keeps them.
func littleEndian<Element: BitwiseCopyable>(_ elements: [Element]) -> [UInt8] {
    elements.withUnsafeBytes(Array.init)
}

/// The text of the error that `body` throws, nil if it throws none, with `path` shown as PATH.
func message(replacing path: URL, _ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return error.localizedDescription.replacingOccurrences(of: path.path, with: "PATH")
    }
}

extension SafetensorsFile {
    /// A copy of one tensor's bytes.
    func bytes(of name: String) throws -> [UInt8] {
        try withUnsafeBytes(of: name, Array.init)
    }

    /// Every tensor, as a source for the writer.
    func tensors() -> [SafetensorsWriter.Tensor] {
        entries.map { entry in
            SafetensorsWriter.Tensor(name: entry.name, dtype: entry.dtype, shape: entry.shape) { emit in
                try self.withUnsafeBytes(of: entry.name, emit)
            }
        }
    }
}

extension SafetensorsWriter.Tensor {
    /// A tensor whose bytes are at hand.
    init(_ name: String, _ dtype: SafetensorsDType, _ shape: [Int], _ bytes: [UInt8]) {
        self.init(name: name, dtype: dtype, shape: shape) { emit in try bytes.withUnsafeBytes(emit) }
    }
}

/// Runs `body` as a user whom permissions bind, even where the tests run as root.
///
/// On Linux the identity for file access belongs to the thread, so tests beside this one are not concerned.
func withoutPrivilege<Result>(_ body: () throws -> Result) rethrows -> Result {
    typealias SetIdentity = @convention(c) (uid_t) -> Int32
    guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return try body() }
    let setIdentity = unsafeBitCast(symbol, to: SetIdentity.self)
    _ = setIdentity(65534)
    defer { _ = setIdentity(0) }
    return try body()
}
