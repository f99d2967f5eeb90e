import Foundation
import Synchronization

/// The tokenizer of Qwen2.5-VL: text to token ids and back, equal to Hugging Face's `tokenizers` id for id.
///
/// Text goes through five steps: added tokens such as `<|im_start|>` are cut out; the rest is brought into
/// Normalization Form C if the file asks for it; a scanner cuts it into words; each word is encoded as byte pairs; ids
/// of words met before come from a cache. Any text can be encoded, and decoding gives back its normalized form.
///
/// One tokenizer may be used from many threads at once.
public final class Tokenizer: Sendable {
    private let tables: TokenizerTables
    private let scanner = WordScanner()
    /// Caches that no call is using.
    ///
    /// A call takes one, or makes one, and puts it back, so that no call waits for another.
    private let idleCaches = Mutex<[WordCache]>([])

    /// Reads a `tokenizer.json`.
    ///
    /// - Parameter url: the file of a model of the Qwen2 family, or one made the same way.
    /// - Throws: ``TokenizerError`` if the file cannot be read, is damaged, or asks for something that would give other
    ///   ids than this tokenizer computes.
    public init(contentsOf url: URL) throws {
        tables = try TokenizerTables(contentsOf: url)
    }

    /// The ids of a text.
    ///
    /// Nothing is added: no begin or end token. Equal to `encode(text, add_special_tokens=False).ids` of the reference.
    /// - Parameters:
    ///   - text: any text.
    ///   - parsesSpecialTokens: false to encode text such as `<|im_end|>` as the plain characters it is made of, so that
    ///     what a user wrote cannot pose as the template's (`encode_special_tokens = True` in the reference). Added
    ///     tokens that are not marked special, such as `<tool_call>`, are recognised either way.
    /// - Returns: the ids in order, empty for an empty text.
    /// - Complexity: O(n log n) in the bytes of the longest word, else linear.
    public func encode(_ text: String, parsesSpecialTokens: Bool = true) -> [Int] {
        var text = text
        var cache = idleCaches.withLock { $0.popLast() } ?? WordCache()
        var ids: [Int] = []
        text.withUTF8 { bytes in
            ids.reserveCapacity(bytes.count / 3)
            tables.literalTokens.forEachSegment(in: bytes, parsesSpecialTokens: parsesSpecialTokens) { segment in
                switch segment {
                case .token(let id):
                    ids.append(Int(id))
                case .text(let range):
                    let part = UnsafeBufferPointer(rebasing: bytes[range])
                    encodeLiteralText(part, parsesSpecialTokens: parsesSpecialTokens, with: &cache, to: &ids)
                }
            }
        }
        idleCaches.withLock { $0.append(cache) }
        return ids
    }

    /// The text of some ids.
    ///
    /// Bytes that are not valid UTF-8 become U+FFFD, one for each maximal ill-formed part, as in the reference. Ids that
    /// the vocabulary does not have are left out.
    /// - Parameters:
    ///   - ids: token ids.
    ///   - skipsSpecialTokens: true to leave out tokens marked special.
    /// - Returns: the text, which for the ids of an encoded text is its normalized form.
    public func decode(_ ids: [Int], skipsSpecialTokens: Bool = false) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 4)
        for id in ids { bytes += self.bytes(of: id, skipsSpecialTokens: skipsSpecialTokens) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of a token.
    ///
    /// - Parameter token: an added token's text, or a token in the byte-level spelling of the file, e.g. `Ġthe`.
    /// - Returns: the id, `nil` if the vocabulary does not have the token.
    public func id(of token: String) -> Int? {
        tables.vocabulary.id(of: token)
    }

    /// The token of an id in the spelling of the file, `nil` if the vocabulary does not have it.
    public func token(for id: Int) -> String? {
        tables.vocabulary.spelling(of: id)
    }

    /// True if an id is that of a special token, as `<|im_end|>` is.
    public func isSpecial(_ id: Int) -> Bool {
        tables.vocabulary.isSpecial(id)
    }

    /// How many tokens there are, the added ones included.
    public var vocabularySize: Int { tables.vocabulary.count }

    /// The bytes that a token stands for, which need not be UTF-8 by themselves; none for an unknown id.
    package func bytes(of id: Int) -> ArraySlice<UInt8> {
        tables.vocabulary.bytes(of: id)
    }

    /// The bytes that a token adds to the text, none if it is unknown or left out.
    func bytes(of id: Int, skipsSpecialTokens: Bool) -> ArraySlice<UInt8> {
        skipsSpecialTokens && isSpecial(id) ? [] : bytes(of: id)
    }

    private func encodeLiteralText(
        _ bytes: UnsafeBufferPointer<UInt8>, parsesSpecialTokens: Bool, with cache: inout WordCache,
        to ids: inout [Int]
    ) {
        if let normalized = tables.composer?.normalized(bytes) {
            normalized.withUnsafeBufferPointer {
                encodeNormalizedText($0, parsesSpecialTokens: parsesSpecialTokens, with: &cache, to: &ids)
            }
        } else {
            encodeNormalizedText(bytes, parsesSpecialTokens: parsesSpecialTokens, with: &cache, to: &ids)
        }
    }

    private func encodeNormalizedText(
        _ bytes: UnsafeBufferPointer<UInt8>, parsesSpecialTokens: Bool, with cache: inout WordCache,
        to ids: inout [Int]
    ) {
        tables.normalizedTokens.forEachSegment(in: bytes, parsesSpecialTokens: parsesSpecialTokens) { segment in
            switch segment {
            case .token(let id):
                ids.append(Int(id))
            case .text(let range):
                encodeWords(of: UnsafeBufferPointer(rebasing: bytes[range]), with: &cache, to: &ids)
            }
        }
    }

    private func encodeWords(
        of bytes: UnsafeBufferPointer<UInt8>, with cache: inout WordCache, to ids: inout [Int]
    ) {
        var start = 0
        while start < bytes.count {
            let end = scanner.endOfWord(in: bytes, from: start)
            cache.appendIDs(
                of: UnsafeBufferPointer(rebasing: bytes[start..<end]), from: tables.model, to: &ids)
            start = end
        }
    }
}
