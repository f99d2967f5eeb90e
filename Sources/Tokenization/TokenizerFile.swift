/// `tokenizer.json` as Hugging Face's `tokenizers` writes it, as far as this module reads it.
struct TokenizerFile: Decodable {
    let version: String?
    let truncation: Present?
    let padding: Present?
    let addedTokens: [AddedToken]?
    let normalizer: Component?
    let preTokenizer: Component?
    let postProcessor: Component?
    let decoder: Component?
    let model: Model

    private enum CodingKeys: String, CodingKey {
        case version, truncation, padding, normalizer, decoder, model
        case addedTokens = "added_tokens"
        case preTokenizer = "pre_tokenizer"
        case postProcessor = "post_processor"
    }

    /// Any value but null: what it holds does not matter, only that it is there.
    struct Present: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    /// A normalizer, pre-tokenizer, post-processor or decoder: a type and, by type, some of the settings.
    struct Component: Decodable {
        let type: String
        let pretokenizers: [Component]?
        let pattern: Pattern?
        let behavior: String?
        let invert: Bool?
        let addsPrefixSpace: Bool?
        let usesRegex: Bool?

        private enum CodingKeys: String, CodingKey {
            case type, pretokenizers, pattern, behavior, invert
            case addsPrefixSpace = "add_prefix_space"
            case usesRegex = "use_regex"
        }
    }

    /// Where a `Split` cuts.
    struct Pattern: Decodable {
        let regex: String?

        private enum CodingKeys: String, CodingKey {
            case regex = "Regex"
        }
    }

    /// The byte-pair model.
    struct Model: Decodable {
        let type: String?
        let dropout: Double?
        let unknownToken: String?
        let continuingSubwordPrefix: String?
        let endOfWordSuffix: String?
        let byteFallback: Bool?
        let ignoresMerges: Bool?
        let vocabulary: [String: Int]
        let merges: Merges

        private enum CodingKeys: String, CodingKey {
            case type, dropout, merges
            case unknownToken = "unk_token"
            case continuingSubwordPrefix = "continuing_subword_prefix"
            case endOfWordSuffix = "end_of_word_suffix"
            case byteFallback = "byte_fallback"
            case ignoresMerges = "ignore_merges"
            case vocabulary = "vocab"
        }
    }

    /// The merges in order, in one of the two styles that are in use.
    enum Merges: Decodable {
        /// `"a b"`, which is how files were written up to `tokenizers` 0.19; a line `#version…` is a comment.
        case lines([String])
        /// `["a", "b"]`.
        case pairs([[String]])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let lines = try? container.decode([String].self) {
                self = .lines(lines)
            } else {
                self = .pairs(try container.decode([[String]].self))
            }
        }
    }
}
