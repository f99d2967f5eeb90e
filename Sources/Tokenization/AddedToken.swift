/// A token that is cut out of the text before byte-pair encoding, as `<|im_start|>` is.
struct AddedToken: Decodable, Equatable, Sendable {
    /// Its id.
    let id: Int
    /// The text it stands for.
    let content: String
    /// True if it must not touch a letter, a digit or the like on either side.
    let isSingleWord: Bool
    /// True if it swallows the white space before it.
    let stripsLeft: Bool
    /// True if it swallows the white space after it.
    let stripsRight: Bool
    /// True if it is looked for in the normalized text, false if in the text as given.
    let isNormalized: Bool
    /// True if it controls the model and is no part of what a person wrote or reads.
    let isSpecial: Bool

    private enum CodingKeys: String, CodingKey {
        case id, content
        case isSingleWord = "single_word"
        case stripsLeft = "lstrip"
        case stripsRight = "rstrip"
        case isNormalized = "normalized"
        case isSpecial = "special"
    }
}
