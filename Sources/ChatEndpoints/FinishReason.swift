/// Why an answer ends.
public enum FinishReason: Sendable, Hashable, Codable {
    /// The model ended it.
    case stop
    /// It was cut at the greatest number of tokens allowed.
    case length
    /// Something else, in the words of the endpoint; empty if it gives none.
    case other(String)

    /// The word for it: `stop`, `length`, or the endpoint's.
    public var word: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .other(let word): word
        }
    }

    /// What a word means.
    /// - Parameter word: as ``word`` gives it.
    public init(word: String) {
        switch word {
        case "stop": self = .stop
        case "length": self = .length
        default: self = .other(word)
        }
    }

    /// Reads the word.
    /// - Parameter decoder: holds a string.
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        self.init(word: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the word.
    /// - Parameter encoder: takes a string.
    /// - Throws: `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(word)
    }
}
