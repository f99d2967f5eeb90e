import Images
import QwenVL
import Serving
import Tokenization
import VisualAttention

// Requests as the model reads them, and its tokens as they are told.
extension BatchWorker {
    /// A request as a question to the model, under the same rules as `avar generate`.
    static func options(
        _ request: ChatRequest, for assistant: VisualAssistant, maximumNewTokens: Int
    ) -> GenerationOptions {
        var options = assistant.options(maxNewTokens: request.maxTokens ?? maximumNewTokens)
        if let temperature = request.temperature {
            options.sampling.temperature = temperature
        } else if options.sampling.isGreedy, request.topP != nil {
            options.sampling.temperature = 1
        }
        // A share of 0 leaves the likeliest token, as the smallest above it does.
        if let topP = request.topP { options.sampling.topP = max(topP, .leastNormalMagnitude) }
        options.sampling.seed = request.seed ?? .random(in: 0..<1 << 52)
        options.wantsLogProbabilities = request.wantsLogProbabilities
        options.alternativeCount = request.wantsLogProbabilities ? request.alternatives : 0
        return options
    }

    /// The conversation with its pictures read.
    static func messages(_ request: ChatRequest) throws -> [Message] {
        try request.messages.map { message in
            let role: Message.Role =
                switch message.role {
                case .system, .developer: .system
                case .user: .user
                case .assistant: .assistant
                }
            let content = try message.parts.map { part -> Message.Content in
                switch part {
                case .text(let text): return .text(text)
                case .picture(let picture):
                    do {
                        return .image(try RGBImage(encoded: picture.data, name: picture.parameter))
                    } catch {
                        throw Refusal.invalid(picture.parameter, error.localizedDescription, code: "invalid_image")
                    }
                }
            }
            return Message(role: role, content: content)
        }
    }

    /// What a client is told of an error: what is wrong with its request, or nothing.
    static func refusal(_ error: any Error) -> any Error {
        switch error {
        case QwenVLError.contextExceeded:
            Refusal.invalid("messages", error.localizedDescription, code: "context_length_exceeded")
        case QwenVLError.input, QwenVLError.conversation:
            Refusal.invalid("messages", error.localizedDescription)
        default: error
        }
    }

    /// Tells a token.
    /// - Returns: whether more are wanted.
    static func tell(_ token: GeneratedToken, to job: BatchJob, _ tokenizer: Tokenizer) -> Bool {
        func bytes(_ id: Int) -> [UInt8] { tokenizer.isSpecial(id) ? [] : Array(tokenizer.bytes(of: id)) }
        return job.tell(
            .token(
                choice: token.sample,
                AnswerToken(
                    id: token.tokenID, bytes: bytes(token.tokenID), logProbability: token.logProbability,
                    alternatives: token.alternatives.map {
                        TokenAlternative(bytes: bytes($0.tokenID), logProbability: $0.logProbability)
                    })))
    }

    /// Where the tokens of an answer looked; the last, which is never a query, has no entry.
    static func attention(_ answer: Generation) throws -> [TokenVisualAttention] {
        guard !answer.masses.isEmpty else { return [] }
        let mass = try AttentionMass(steps: answer.masses)
        return (0..<mass.queryCount).map { token in
            var (image, score, hasSystem) = (0.0, 0.0, false)
            for layer in 0..<mass.layerCount {
                func mean(_ group: RoleGroup) -> Double {
                    (0..<mass.headCount).reduce(0.0) { $0 + mass[layer, $1, token, group] } / Double(mass.headCount)
                }
                let (visual, system) = (mean(.visual), mean(.system))
                image += visual
                hasSystem = hasSystem || system > 0
                score += visual / (system + 1e-6)
            }
            let layers = Double(mass.layerCount)
            return TokenVisualAttention(imageMass: image / layers, score: hasSystem ? score / layers : nil)
        }
    }
}
