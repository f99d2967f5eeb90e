import Tokenization

/// One answer while it is written: its text as it becomes certain, and the tokens that made it.
struct ChoiceWriter {
    /// What has become certain.
    struct Piece: Sendable {
        var text = ""
        var tokens: [AnswerToken] = []
        var isEmpty: Bool { text.isEmpty && tokens.isEmpty }
    }

    private var cutter: TextCutter
    /// Told but not certain, with the place where their bytes begin and end.
    private var open: [(token: AnswerToken, start: Int, end: Int)] = []
    private var length = 0
    /// How many tokens were told.
    private(set) var count = 0
    /// Why it ended.
    private(set) var end: AnswerEnd?
    /// The attention, where it was told at the end.
    private(set) var visualAttention: [TokenVisualAttention]?
    private let keepsTokens: Bool

    init(stops: [String], keepsTokens: Bool) {
        cutter = TextCutter(stops: stops)
        self.keepsTokens = keepsTokens
    }

    mutating func append(_ token: AnswerToken) -> Piece {
        guard end == nil else { return Piece() }
        count += 1
        if keepsTokens { open.append((token, length, length + token.bytes.count)) }
        length += token.bytes.count
        let bytes = cutter.append(token.bytes)
        if cutter.isStopped { end = .stop }
        return piece(bytes)
    }

    mutating func finish(_ reason: AnswerEnd, visualAttention: [TokenVisualAttention]?) -> Piece {
        if let visualAttention { self.visualAttention = visualAttention }
        guard end == nil else { return Piece() }
        end = reason
        return piece(cutter.finish())
    }

    private mutating func piece(_ bytes: [UInt8]) -> Piece {
        var piece = Piece(text: String(decoding: bytes, as: UTF8.self))
        // Of what a stop text cut, the tokens that begin before the cut count.
        let place = cutter.released
        let certain = open.prefix { end == nil ? $0.end <= place : $0.start < place || $0.end <= place }
        piece.tokens = certain.map(\.token)
        open.removeFirst(certain.count)
        if end != nil { open = [] }
        return piece
    }
}
