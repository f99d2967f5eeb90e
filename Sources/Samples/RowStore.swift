import Foundation
import Synchronization

/// Rows put aside in a file without a name, to be read again in any order.
///
/// It lies in the folder for temporary files (`TMPDIR`) and is gone with the last that holds it, however the process ends.
package final class RowStore: Sendable {
    private let file: DataFile
    private let writer: Mutex<(handle: FileHandle, end: Int)>

    /// An empty store.
    package init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("avar-rows-\(UUID().uuidString)")
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SampleError.unreadable(path: url.path, reason: DataFile.reason) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        defer { unlink(url.path) }
        file = try DataFile(url)
        writer = Mutex((handle, 0))
    }

    /// Puts a row aside; may be called by several threads at once.
    /// - Returns: where it lies.
    package func append(_ row: FieldValue) throws -> Range<Int> {
        var data = Data()
        row.encode(into: &data)
        return try writer.withLock { writer in
            do {
                try writer.handle.write(contentsOf: data)
            } catch {
                throw SampleError.content(
                    "Rows cannot be put aside in \(FileManager.default.temporaryDirectory.path), which may be full; "
                        + "set TMPDIR to a folder with more room")
            }
            writer.end += data.count
            return writer.end - data.count..<writer.end
        }
    }

    /// A row that was put aside.
    package func row(_ range: Range<Int>) throws -> FieldValue {
        var decoder = FieldDecoder(bytes: try file.bytes(range))
        return decoder.value()
    }
}

extension FieldValue {
    /// Appends a byte for the kind, a count, and as many bytes or values.
    fileprivate func encode(into data: inout Data) {
        func begin(_ kind: UInt8, _ count: Int) {
            data.append(kind)
            withUnsafeBytes(of: UInt64(count).littleEndian) { data.append(contentsOf: $0) }
        }
        switch self {
        case .null: begin(0, 0)
        case .flag(let flag): begin(1, flag ? 1 : 0)
        case .number(let text):
            begin(2, text.utf8.count)
            data.append(contentsOf: text.utf8)
        case .text(let text):
            begin(3, text.utf8.count)
            data.append(contentsOf: text.utf8)
        case .bytes(let bytes):
            begin(4, bytes.count)
            data.append(bytes)
        case .list(let items):
            begin(5, items.count)
            for item in items { item.encode(into: &data) }
        case .object(let members):
            begin(6, members.count)
            for (key, value) in members {
                FieldValue.text(key).encode(into: &data)
                value.encode(into: &data)
            }
        }
    }
}

/// Reads what ``FieldValue`` has encoded: our own bytes, which nobody else can have changed.
private struct FieldDecoder {
    let bytes: Data
    var offset = 0

    mutating func value() -> FieldValue {
        let kind = bytes[offset]
        let count = bytes.withUnsafeBytes {
            Int($0.loadUnaligned(fromByteOffset: offset + 1, as: UInt64.self).littleEndian)
        }
        offset += 9
        switch kind {
        case 1: return .flag(count == 1)
        case 2: return .number(String(decoding: take(count), as: UTF8.self))
        case 3: return .text(String(decoding: take(count), as: UTF8.self))
        case 4: return .bytes(take(count))
        case 5: return .list((0..<count).map { _ in value() })
        case 6:
            var members: [String: FieldValue] = [:]
            for _ in 0..<count {
                if case .text(let key) = value() { members[key] = value() }
            }
            return .object(members)
        default: return .null
        }
    }

    private mutating func take(_ count: Int) -> Data {
        offset += count
        // Copied, because indices of a slice do not begin at 0.
        return Data(bytes[offset - count..<offset])
    }
}
