import Crypto
import Evaluation
import Foundation
import Images
import Samples
import Testing

/// The files that Tests/Fixtures/benchmarks/make.py has made.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures").appendingPathComponent("benchmarks")

    /// What reading and prompting must give, per file.
    struct File: Decodable, CustomStringConvertible {
        var set: BenchmarkSet
        var file: String
        var withoutPicture: Int
        var ofOtherVersions: Int
        var rows: [Row]

        var description: String { file }
        var url: URL { Fixture.folder.appendingPathComponent(file) }

        enum CodingKeys: String, CodingKey {
            case set, file, rows
            case withoutPicture = "without_picture"
            case ofOtherVersions = "of_other_versions"
        }
    }

    struct Row: Decodable {
        var number: Int
        var index: String
        var kind: String
        var choices: [[String]]
        var answer: String
        var pictures: [String]
        var pixels: [String]
        var metadata: [String: String]
        var styles: [String: [Piece]]
    }

    /// A piece of a prompt: text, or the number of a picture.
    enum Piece: Decodable, Equatable {
        case text(String)
        case picture(Int)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            self = try (try? value.decode(Int.self)).map { .picture($0) } ?? .text(value.decode(String.self))
        }
    }

    static let files: [File] = {
        do {
            let data = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
            return try JSONDecoder().decode([File].self, from: data)
        } catch {
            Issue.record("expected.json cannot be read: \(error)")
            return []
        }
    }()
}

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("evaluation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> URL { try write(name, Data(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ data: Data) throws -> URL {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
        return file
    }
}

/// What an error says, with the folder left out.
func sentence(in folder: TemporaryFolder, _ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing is wrong"
    } catch {
        return error.localizedDescription.replacingOccurrences(of: folder.url.path + "/", with: "")
    }
}

func digest(_ data: Data) -> String { SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined() }

/// A small picture, as base64 of a PNG file that is longer than an index.
func picture(_ shade: UInt8 = 7) throws -> String {
    let image = try RGBImage(width: 8, height: 6, pixels: (0..<144).map { UInt8($0) ^ shade })
    return try image.encodedPNG().base64EncodedString()
}

extension BenchmarkFile {
    /// All questions.
    func all() throws -> [BenchmarkQuestion] { try questions().map { try $0.question() } }
}
