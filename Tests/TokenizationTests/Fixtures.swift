import Foundation
import Testing
import Tokenization

/// The files that Tests/Fixtures/tokenizer/make_fixtures.py made.
enum Fixtures {
    /// One line of encode.jsonl.
    struct Encoding: Decodable {
        let tokenizer: String
        let text: String
        let ids: [Int]
        let literalIDs: [Int]

        private enum CodingKeys: String, CodingKey {
            case tokenizer, text, ids
            case literalIDs = "literal_ids"
        }
    }

    /// One line of decode.jsonl.
    struct Decoding: Decodable {
        let ids: [Int]
        let text: String
        let textWithoutSpecial: String

        private enum CodingKeys: String, CodingKey {
            case ids, text
            case textWithoutSpecial = "text_without_special"
        }
    }

    /// One line of words.jsonl.
    struct Words: Decodable {
        let text: String
        let words: [String]
    }

    /// unicode.json.
    struct UnicodeData: Decodable {
        /// First and last scalar of each range, one after the other.
        let letters: [UInt32]
        let numbers: [UInt32]
        let spaces: [UInt32]
        /// Digests by the first scalar of the block, both in hexadecimal.
        let normalization: [String: String]
    }

    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/tokenizer")

    static func tokenizer(_ name: String = "tokenizer.json") throws -> Tokenizer {
        try Tokenizer(contentsOf: directory.appendingPathComponent(name))
    }

    static func lines<Line: Decodable>(_ name: String, as type: Line.Type = Line.self) throws -> [Line] {
        let data = try Data(contentsOf: directory.appendingPathComponent(name))
        let lines = try data.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Line.self, from: Data($0))
        }
        try #require(!lines.isEmpty)
        return lines
    }

    static func unicodeData() throws -> UnicodeData {
        try JSONDecoder().decode(
            UnicodeData.self, from: Data(contentsOf: directory.appendingPathComponent("unicode.json")))
    }
}

/// True if two texts have the same scalars; `==` would take decomposed and composed forms for the same.
func sameScalars(_ left: String, _ right: String) -> Bool {
    left.unicodeScalars.elementsEqual(right.unicodeScalars)
}
