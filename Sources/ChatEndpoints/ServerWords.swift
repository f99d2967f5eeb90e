import Foundation

/// What a server says of a failure, short enough for a sentence.
enum ServerWords {
    private static let limit = 200

    /// The beginning of an answer, on one line.
    static func beginning(of body: [UInt8]) -> String { short(String(decoding: body.prefix(4 * limit), as: UTF8.self)) }

    /// The message in the body of a refusal: `error.message`, `error`, `message` or `detail` of an object, else its beginning.
    static func refusal(_ body: [UInt8]) -> String {
        guard let object = try? JSONDecoder().decode(Refusal.self, from: Data(body)), let words = object.words else {
            return beginning(of: body)
        }
        return words
    }

    /// The words of an error that may be an object with a message, or a string; nil if there is no error.
    static func error<Key: CodingKey>(_ values: KeyedDecodingContainer<Key>, _ key: Key) -> String? {
        guard values.contains(key), (try? values.decodeNil(forKey: key)) == false else { return nil }
        return words(values, key) ?? "no words"
    }

    private static func words<Key: CodingKey>(_ values: KeyedDecodingContainer<Key>, _ key: Key) -> String? {
        if let text = try? values.decode(String.self, forKey: key) { return short(text) }
        return (try? values.decode(Message.self, forKey: key)).map { short($0.message) }
    }

    private static func short(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > limit ? line.prefix(limit) + "…" : line
    }

    private struct Message: Decodable {
        let message: String
    }

    private struct Refusal: Decodable {
        let words: String?

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            words = CodingKeys.allCases.lazy.compactMap { ServerWords.words(values, $0) }.first
        }

        private enum CodingKeys: String, CodingKey, CaseIterable { case error, message, detail }
    }
}
