import Foundation

/// Counts of tokens.
struct Usage: Encodable, Sendable {
    let prompt: Int
    let completion: Int

    enum CodingKeys: String, CodingKey {
        case prompt = "prompt_tokens"
        case completion = "completion_tokens"
        case total = "total_tokens"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(prompt, forKey: .prompt)
        try container.encode(completion, forKey: .completion)
        try container.encode(prompt + completion, forKey: .total)
    }
}

/// What all replies to one request have in common.
struct ReplyHead: Sendable {
    let id: String
    let created: Int
    let model: String

    init(model: String) {
        let digits = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
        id = "chatcmpl-" + String(digits.0, radix: 36) + String(digits.1, radix: 36)
        created = Int(Date().timeIntervalSince1970)
        self.model = model
    }
}

/// A whole reply.
struct CompletionReply: Encodable {
    let head: ReplyHead
    let request: ChatRequest
    let choices: [Answering.Choice]
    let usage: Usage

    private enum CodingKeys: String, CodingKey { case id, object, created, model, choices, usage }
    private enum ChoiceKeys: String, CodingKey {
        case index, message, logprobs
        case finishReason = "finish_reason"
        case visualAttention = "visual_attention"
    }
    private enum MessageKeys: String, CodingKey { case role, content, refusal }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(head.id, forKey: .id)
        try container.encode("chat.completion", forKey: .object)
        try container.encode(head.created, forKey: .created)
        try container.encode(head.model, forKey: .model)
        var list = container.nestedUnkeyedContainer(forKey: .choices)
        for (index, choice) in choices.enumerated() {
            var item = list.nestedContainer(keyedBy: ChoiceKeys.self)
            try item.encode(index, forKey: .index)
            var message = item.nestedContainer(keyedBy: MessageKeys.self, forKey: .message)
            try message.encode("assistant", forKey: .role)
            try message.encode(choice.text, forKey: .content)
            try message.encodeNil(forKey: .refusal)
            let tokens = request.wantsLogProbabilities ? TokensReply(choice.tokens) : nil
            try item.encode(tokens, forKey: .logprobs)
            try item.encode(choice.end, forKey: .finishReason)
            if request.wantsVisualAttention {
                try item.encode(
                    AttentionReply.list(choice.tokens, choice.visualAttention), forKey: .visualAttention)
            }
        }
        try container.encode(usage, forKey: .usage)
    }
}

/// A piece of a reply that is sent while it is written.
struct ChunkReply: Encodable {
    /// What a chunk says.
    enum Content {
        /// That an answer begins.
        case start
        case text(ChoiceWriter.Piece)
        case end(AnswerEnd, [AnswerToken], [TokenVisualAttention]?)
    }

    let head: ReplyHead
    let request: ChatRequest
    /// Nil in the chunk that only counts tokens.
    let choice: (index: Int, content: Content)?
    let usage: Usage?

    private enum CodingKeys: String, CodingKey { case id, object, created, model, choices, usage }
    private enum ChoiceKeys: String, CodingKey {
        case index, delta, logprobs
        case finishReason = "finish_reason"
        case visualAttention = "visual_attention"
    }
    private enum DeltaKeys: String, CodingKey { case role, content }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(head.id, forKey: .id)
        try container.encode("chat.completion.chunk", forKey: .object)
        try container.encode(head.created, forKey: .created)
        try container.encode(head.model, forKey: .model)
        var list = container.nestedUnkeyedContainer(forKey: .choices)
        if let (index, content) = choice {
            var item = list.nestedContainer(keyedBy: ChoiceKeys.self)
            try item.encode(index, forKey: .index)
            var delta = item.nestedContainer(keyedBy: DeltaKeys.self, forKey: .delta)
            var tokens: TokensReply?
            var end: AnswerEnd?
            switch content {
            case .start:
                try delta.encode("assistant", forKey: .role)
                try delta.encode("", forKey: .content)
            case .text(let piece):
                try delta.encode(piece.text, forKey: .content)
                if request.wantsLogProbabilities { tokens = TokensReply(piece.tokens) }
                if request.wantsVisualAttention, piece.tokens.contains(where: { $0.visualAttention != nil }) {
                    try item.encode(AttentionReply.list(piece.tokens, nil), forKey: .visualAttention)
                }
            case .end(let reason, let tokens, let attention):
                end = reason
                if request.wantsVisualAttention, let attention {
                    try item.encode(AttentionReply.list(tokens, attention), forKey: .visualAttention)
                }
            }
            try item.encode(tokens, forKey: .logprobs)
            try item.encode(end, forKey: .finishReason)
        }
        if request.streamsUsage { try container.encode(usage, forKey: .usage) }
    }
}

/// Log-probabilities of tokens.
private struct TokensReply: Encodable {
    private struct Alternative: Encodable {
        let token: String
        let logprob: Double
        let bytes: [UInt8]

        init(_ bytes: [UInt8], _ logProbability: Double) {
            (token, self.bytes) = (String(decoding: bytes, as: UTF8.self), bytes)
            // JSON has no infinity; this is what others send for a probability of zero.
            logprob = logProbability.isFinite ? logProbability : -9999
        }
    }

    private struct Token: Encodable {
        let token: String
        let logprob: Double
        let bytes: [UInt8]
        let alternatives: [Alternative]

        enum CodingKeys: String, CodingKey {
            case token, logprob, bytes
            case alternatives = "top_logprobs"
        }
    }

    private let content: [Token]

    init(_ tokens: [AnswerToken]) {
        content = tokens.map { token in
            let own = Alternative(token.bytes, token.logProbability ?? -.infinity)
            return Token(
                token: own.token, logprob: own.logprob, bytes: own.bytes,
                alternatives: token.alternatives.map { Alternative($0.bytes, $0.logProbability) })
        }
    }
}

/// The visual attention of a token.
private struct AttentionReply: Encodable {
    let token: String
    let imageMass: Double?
    let score: Double?

    enum CodingKeys: String, CodingKey {
        case token
        case imageMass = "image_mass"
        case score = "visual_attention_score"
    }

    init(token: String, _ attention: TokenVisualAttention?) {
        self.token = token
        imageMass = attention.map(\.imageMass).flatMap { $0.isFinite ? $0 : nil }
        score = attention?.score.flatMap { $0.isFinite ? $0 : nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(token, forKey: .token)
        try container.encode(imageMass, forKey: .imageMass)
        try container.encode(score, forKey: .score)
    }

    static func list(_ tokens: [AnswerToken], _ attention: [TokenVisualAttention]?) -> [AttentionReply] {
        tokens.enumerated().map { index, token in
            let own = attention.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? token.visualAttention
            return AttentionReply(token: String(decoding: token.bytes, as: UTF8.self), own)
        }
    }
}

/// The list of models.
struct ModelsReply: Encodable {
    let object = "list"
    let data: [ModelReply]
}

/// One model.
struct ModelReply: Encodable {
    let id: String
    let object = "model"
    let created: Int
    let owner: String

    enum CodingKeys: String, CodingKey {
        case id, object, created
        case owner = "owned_by"
    }

    init(_ model: ServedModel) { (id, created, owner) = (model.id, model.created, model.owner) }
}
