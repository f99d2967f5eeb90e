import Foundation
import Parquet

/// The folder of the files that `make_parquet.py` wrote.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/parquet")

/// One of those files.
func fixture(_ name: String) -> URL { fixtures.appendingPathComponent(name) }

/// What `expected.json` says of one file.
struct Expected: Decodable {
    /// Names and kinds.
    let columns: [[String]]
    let rowGroups: [Int]
    let rows: [[String: ExpectedValue]]?

    static func all() throws -> [String: Expected] {
        try JSONDecoder().decode([String: Expected].self, from: Data(contentsOf: fixture("expected.json")))
    }
}

/// A value as `expected.json` spells it.
struct ExpectedValue: Decodable {
    let value: ParquetValue

    private enum Key: String, CodingKey { case bool, integer, number, text, bytes, list, structure }

    struct Unknown: Error {}

    init(from decoder: any Decoder) throws {
        if try decoder.singleValueContainer().decodeNil() {
            value = .null
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else { throw Unknown() }
        switch key {
        case .bool: value = .bool(try container.decode(Bool.self, forKey: key))
        case .text: value = .text(try container.decode(String.self, forKey: key))
        case .integer:
            guard let integer = Int64(try container.decode(String.self, forKey: key)) else { throw Unknown() }
            value = .integer(integer)
        case .number:
            guard let number = Double(try container.decode(String.self, forKey: key)) else { throw Unknown() }
            value = .number(number)
        case .bytes:
            guard let data = Data(base64Encoded: try container.decode(String.self, forKey: key)) else {
                throw Unknown()
            }
            value = .bytes(data)
        case .list: value = .list(try container.decode([ExpectedValue].self, forKey: key).map(\.value))
        case .structure:
            value = .structure(try container.decode([String: ExpectedValue].self, forKey: key).mapValues(\.value))
        }
    }
}

extension ParquetKind {
    /// The kind in the words of `expected.json`.
    var words: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer: "integer"
        case .number: "number"
        case .text: "text"
        case .bytes: "bytes"
        case .list(let items): "list<\(items.words)>"
        case .structure(let members):
            "structure<" + members.map { "\($0.name): \($0.kind.words)" }.joined(separator: ", ") + ">"
        case .unsupported(let type): "unsupported \(type)"
        }
    }
}

/// All rows that are left.
func all(_ rows: ParquetRows) throws -> [[String: ParquetValue]] {
    var result: [[String: ParquetValue]] = []
    while let row = try rows.next() { result.append(row) }
    return result
}

/// What `body` throws, in words, with PATH for `url`.
func message(replacing url: URL, _ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return error.localizedDescription.replacingOccurrences(of: url.path, with: "PATH")
    }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("ParquetTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A file in it.
    func write(_ data: Data, _ name: String = "file.parquet") throws -> URL {
        let file = url.appendingPathComponent(name)
        try data.write(to: file)
        return file
    }
}
