import Tokenization

/// Tokens with roles, from pieces of text.
///
/// Neighbouring pieces are encoded as one text, because a token may reach from one into the next (the line break of a header
/// and those with which a user's text begins are one token). Such a token has the role of its first byte.
struct TokenStream {
    private let tokenizer: Tokenizer
    private var text = ""
    /// Where each piece of `text` ends, in bytes, and what it is.
    private var spans: [(end: Int, role: TokenRole, turn: Int)] = []

    private(set) var ids: [Int] = []
    private(set) var roles: [TokenRole] = []
    private(set) var turns: [Int] = []

    init(tokenizer: Tokenizer) { self.tokenizer = tokenizer }

    /// Adds one token of the template.
    mutating func append(special id: Int, role: TokenRole, turn: Int) {
        finish()
        add(id, role: role, turn: turn)
    }

    /// Adds a stretch of plain text.
    mutating func append(text piece: String, role: TokenRole, turn: Int) {
        guard !piece.isEmpty else { return }
        text += piece
        spans.append((text.utf8.count, role, turn))
    }

    /// Encodes what is waiting.
    mutating func finish() {
        guard !spans.isEmpty else { return }
        var offset = 0
        var span = 0
        // The tokenizer may normalise the text and so change its length, but only inside the last piece of a stretch: those
        // before it are the template's own, which are ASCII and end in a line break, with which nothing combines.
        for id in tokenizer.encode(text, parsesSpecialTokens: false) {
            while span < spans.count - 1, offset >= spans[span].end { span += 1 }
            add(id, role: spans[span].role, turn: spans[span].turn)
            offset += tokenizer.bytes(of: id).count
        }
        text = ""
        spans = []
    }

    private mutating func add(_ id: Int, role: TokenRole, turn: Int) {
        ids.append(id)
        roles.append(role)
        turns.append(turn)
    }
}
