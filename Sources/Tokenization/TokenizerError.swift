import Foundation

/// Why a `tokenizer.json` could not be used; each case names the file.
public enum TokenizerError: Error, Equatable, LocalizedError {
    /// The file could not be read.
    case unreadable(file: String, reason: String)
    /// The file is not JSON.
    case notJSON(file: String, reason: String)
    /// A key that must be there is not.
    case missingKey(file: String, key: String)
    /// A key holds a value of the wrong kind.
    case malformed(file: String, key: String, reason: String)
    /// A setting asks for something that this tokenizer does not do.
    case unsupported(file: String, key: String, found: String, expected: String)
    /// Two tokens of the vocabulary have the same id.
    case duplicateID(file: String, id: Int, tokens: [String])
    /// The id of a token is negative or absurdly large.
    case idOutOfRange(file: String, token: String, id: Int, largest: Int)
    /// A merge is not two tokens.
    case malformedMerge(file: String, index: Int, found: String)
    /// A merge joins, or makes, a token that the vocabulary lacks.
    case unknownTokenInMerge(file: String, index: Int, token: String)
    /// The vocabulary lacks the token of a single byte.
    case missingByteToken(file: String, byte: UInt8, token: String)
    /// An added token has no text.
    case emptyAddedToken(file: String, id: Int)
    /// Two added tokens stand for the same text.
    case repeatedAddedToken(file: String, token: String)
    /// An added token has an id that is not the one its place in the file implies.
    case addedTokenID(file: String, token: String, found: Int, expected: Int)

    /// What was wrong, where, and what to do, in one sentence.
    public var errorDescription: String? {
        switch self {
        case .unreadable(let file, let reason):
            "\(file) could not be read (\(reason)); give the path of a model's tokenizer.json."
        case .notJSON(let file, let reason):
            "\(file) is not valid JSON (\(reason)); fetch the model's tokenizer.json again."
        case .missingKey(let file, let key):
            "\(file) has no \(key), which a byte-pair tokenizer.json must have."
        case .malformed(let file, let key, let reason):
            "\(file): \(key) has a value of the wrong kind (\(reason))."
        case .unsupported(let file, let key, let found, let expected):
            "\(file): \(key) is \(found), but only \(expected) is supported; use the tokenizer of a Qwen2.5-VL model."
        case .duplicateID(let file, let id, let tokens):
            "\(file): the id \(id) belongs to \(Self.list(tokens)); every token needs an id of its own."
        case .idOutOfRange(let file, let token, let id, let largest):
            "\(file): the id \(id) of \(Self.quoted(token)) is outside 0...\(largest)."
        case .malformedMerge(let file, let index, let found):
            "\(file): model.merges[\(index)] is \(Self.quoted(found)), which is not two tokens."
        case .unknownTokenInMerge(let file, let index, let token):
            "\(file): model.merges[\(index)] needs the token \(Self.quoted(token)), which model.vocab lacks."
        case .missingByteToken(let file, let byte, let token):
            "\(file): model.vocab lacks \(Self.quoted(token)), the token of the byte \(byte), so not every text can be "
                + "encoded."
        case .emptyAddedToken(let file, let id):
            "\(file): the added token with the id \(id) has no content."
        case .repeatedAddedToken(let file, let token):
            "\(file): the added token \(Self.quoted(token)) is listed twice."
        case .addedTokenID(let file, let token, let found, let expected):
            "\(file): the added token \(Self.quoted(token)) has the id \(found), but the vocabulary gives it \(expected); "
                + "number added tokens as model.vocab does, and new ones from its size on."
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }

    private static func list(_ tokens: [String]) -> String {
        tokens.map(quoted).joined(separator: " and ")
    }
}
