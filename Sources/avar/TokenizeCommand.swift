import ArgumentParser
import Foundation
import Tokenization

/// `avar tokenize`: encodes a file of documents, for comparing ids and speed with another tokenizer.
///
/// The input is UTF-8 text, its documents separated by the byte 0. The output holds the ids of each document as
/// little-endian 32-bit integers, with 0xFFFFFFFF after each document. Benchmarks/tokenizer/compare.py reads it.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Encode a file of documents as token ids.", shouldDisplay: false)

    @Option(help: ArgumentHelp("The tokenizer.json of a model.", valueName: "file"))
    var tokenizer: String

    @Option(help: ArgumentHelp("UTF-8 text, documents separated by the byte 0.", valueName: "file"))
    var input: String

    @Option(
        help: ArgumentHelp(
            "Ids as little-endian 32-bit integers, 0xFFFFFFFF after each document.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("The decoded ids, documents separated by the byte 0.", valueName: "file"))
    var decoded: String?

    @Flag(help: "Take special tokens in the text for plain characters.")
    var literal = false

    /// What is printed, as one line of JSON.
    private struct Report: Encodable {
        /// UTF-8 bytes of the documents, separators not counted.
        var bytes: Int
        var tokens: Int
        /// The time of the calls to the tokenizer alone, on one thread.
        var seconds: Double
    }

    func run() throws {
        let tokenizer = try Tokenizer(contentsOf: URL(fileURLWithPath: tokenizer))
        let documents = try readDocuments()
        var ids: [[Int]] = []
        ids.reserveCapacity(documents.count)
        let duration = ContinuousClock().measure {
            for document in documents { ids.append(tokenizer.encode(document, parsesSpecialTokens: !literal)) }
        }
        try Self.packed(ids).write(to: URL(fileURLWithPath: output), options: .atomic)
        if let decoded {
            let text = ids.map { tokenizer.decode($0) }.joined(separator: "\0")
            try Data(text.utf8).write(to: URL(fileURLWithPath: decoded), options: .atomic)
        }
        let report = Report(
            bytes: documents.reduce(0) { $0 + $1.utf8.count }, tokens: ids.reduce(0) { $0 + $1.count },
            seconds: duration / .seconds(1))
        try Output.json(report)
    }

    /// The texts between the bytes 0 of the input.
    private func readDocuments() throws -> [String] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: input)) else {
            throw TokenizeError.unreadable(file: input)
        }
        return try data.split(separator: 0, omittingEmptySubsequences: false).enumerated().map { index, bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw TokenizeError.notUTF8(file: input, document: index)
            }
            return text
        }
    }

    private static func packed(_ ids: [[Int]]) -> Data {
        var words: [UInt32] = []
        words.reserveCapacity(ids.reduce(0) { $0 + $1.count + 1 })
        for document in ids {
            for id in document { words.append(UInt32(id).littleEndian) }
            words.append(.max)
        }
        return words.withUnsafeBytes { Data($0) }
    }
}

/// What can be wrong with the input.
private enum TokenizeError: LocalizedError {
    case unreadable(file: String)
    /// The documents are counted from 0.
    case notUTF8(file: String, document: Int)

    var errorDescription: String? {
        switch self {
        case .unreadable(let file):
            return "The text \(file) cannot be read; give the path of a readable file."
        case .notUTF8(let file, let document):
            return "Document \(document) of \(file) is not valid UTF-8; convert the file to UTF-8."
        }
    }
}
