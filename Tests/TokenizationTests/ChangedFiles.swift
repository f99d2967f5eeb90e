import Foundation
import Testing
import Tokenization

/// Expects that a fixture with one key changed is refused with an error.
///
/// - Parameters:
///   - file: the name of the fixture.
///   - key: the place to change, e.g. `added_tokens[3].special`.
///   - value: what to put there, as JSON.
///   - sourceLocation: the line to blame.
///   - expected: the error for a file of the given path.
/// - Throws: if the fixture cannot be read or the changed file not be written.
func expectError(
    file: String = "tokenizer.json", changing key: String, to value: String,
    sourceLocation: SourceLocation = #_sourceLocation, expected: (String) throws -> TokenizerError
) throws {
    try withFile(file, changing: key, to: value) { url in
        let error = try expected(url.path)
        #expect(throws: error, sourceLocation: sourceLocation) { try Tokenizer(contentsOf: url) }
    }
}

/// Expects that a fixture with one key removed is refused with an error.
func expectError(
    file: String = "tokenizer.json", removing key: String, sourceLocation: SourceLocation = #_sourceLocation,
    expected: (String) throws -> TokenizerError
) throws {
    try withFile(file, changing: key, to: nil) { url in
        let error = try expected(url.path)
        #expect(throws: error, sourceLocation: sourceLocation) { try Tokenizer(contentsOf: url) }
    }
}

/// Writes a fixture with one key changed to a temporary file, or with the key removed if the value is `nil`.
func withFile(
    _ name: String = "tokenizer.json", changing key: String, to value: String?, _ body: (URL) throws -> Void
) throws {
    let data = try Data(contentsOf: Fixtures.directory.appendingPathComponent(name))
    let steps = key.replacingOccurrences(of: "[", with: ".[").split(separator: ".").map(String.init)
    let replacement = try value.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
    }
    let changed = changed(try JSONSerialization.jsonObject(with: data), at: steps[...], to: replacement)
    try withFile(try JSONSerialization.data(withJSONObject: changed), body)
}

/// Writes a temporary file.
func withFile(_ content: Data, _ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("tokenizer-\(UUID().uuidString).json")
    try content.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
}

/// The ids of the vocabulary of tokenizer.json, without added tokens.
func vocabularyIDs() throws -> [String: Int] {
    struct File: Decodable {
        struct Model: Decodable { let vocab: [String: Int] }
        let model: Model
    }
    let data = try Data(contentsOf: Fixtures.directory.appendingPathComponent("tokenizer.json"))
    return try JSONDecoder().decode(File.self, from: data).model.vocab
}

private func changed(_ node: Any, at steps: ArraySlice<String>, to value: Any?) -> Any {
    guard let step = steps.first else { return value ?? NSNull() }
    let rest = steps.dropFirst()
    if var array = node as? [Any], let index = Int(step.dropFirst().dropLast()) {
        array[index] = changed(array[index], at: rest, to: value)
        return array
    }
    guard var object = node as? [String: Any] else { return node }
    object[step] = rest.isEmpty ? value : changed(object[step] ?? [String: Any](), at: rest, to: value)
    return object
}
