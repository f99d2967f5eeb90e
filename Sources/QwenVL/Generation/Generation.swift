import Torch

/// How an answer is written.
public struct GenerationOptions: Sendable, Equatable {
    /// The most tokens to write.
    public var maxNewTokens: Int
    /// Tokens that end the answer; empty to write `maxNewTokens` whatever comes.
    public var endTokenIDs: Set<Int>

    /// Options.
    /// - Parameters:
    ///   - maxNewTokens: the most tokens to write, at least 1.
    ///   - endTokenIDs: tokens that end the answer.
    public init(maxNewTokens: Int = 512, endTokenIDs: Set<Int>) {
        self.maxNewTokens = maxNewTokens
        self.endTokenIDs = endTokenIDs
    }
}

/// Why an answer is over.
public enum FinishReason: String, Sendable, Codable {
    /// The model wrote an end token.
    case stop
    /// As many tokens were written as were asked for.
    case length
    /// The model's context is full.
    case context
    /// The caller wanted no more.
    case cancelled
}

/// An answer, and the attention the model paid while writing it.
public struct Generation {
    /// The tokens written, with the end token where there was one.
    public var tokenIDs: [Int]
    /// Why there are no more.
    public var finishReason: FinishReason
    /// Attention of the prompt's queries per layer, empty if not observed.
    ///
    /// Each `[1, heads, tokens, groups]`.
    public var promptMasses: [Tensor]
    /// Attention of each written token that was read again, per token and layer, empty if not observed.
    ///
    /// Each `[1, heads, 1, groups]`; one fewer than the tokens, since the last is never a query.
    public var masses: [[Tensor]]
}

extension QwenVLModel {
    /// Writes an answer, at every step the likeliest token (greedy decoding), each at the cost of one row.
    /// - Parameters:
    ///   - input: the prompt, ending in the header of an assistant turn.
    ///   - options: length and end.
    ///   - groups: key groups of the prompt's tokens, to observe attention; nil observes nothing.
    ///   - responseGroups: the groups that written tokens belong to: bit g for group g.
    ///   - onToken: sees every token as it comes; returns false to stop.
    /// - Returns: the answer.
    /// - Throws: ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if the prompt leaves no room for an answer, and what
    ///   `onToken` throws.
    public func generate(
        _ input: ModelInput, options: GenerationOptions, groups: KeyGroups? = nil, responseGroups: UInt8 = 0,
        onToken: (Int) throws -> Bool = { _ in true }
    ) throws -> Generation {
        try withoutGradient {
            let prompt = input.inputIDs.count
            let limit = configuration.text.maxPositionEmbeddings
            guard prompt < limit else {
                throw QwenVLError.contextExceeded(
                    tokens: prompt, limit: limit, advice: "that leaves no room for an answer; shorten the prompt")
            }
            let budget = min(options.maxNewTokens, limit - prompt)
            let cache = try KeyValueCache(
                configuration.text, capacity: prompt + budget, groupCount: groups?.count ?? 0, dtype: dtype,
                device: device)
            var output = try forward(input, logits: .last, groups: groups, cache: cache)
            var generation = Generation(tokenIDs: [], finishReason: .length, promptMasses: output.masses, masses: [])
            var position = try input.positions(spatialMergeSize: configuration.vision.spatialMergeSize).next
            while let logits = output.logits, generation.tokenIDs.count < budget {
                let token = try logits.argmax(-1).integer()
                generation.tokenIDs.append(token)
                let wanted = try onToken(token)
                if options.endTokenIDs.contains(token) { return generation.finished(.stop) }
                if !wanted { return generation.finished(.cancelled) }
                if generation.tokenIDs.count == budget { break }
                let own = groups.map { KeyGroups(count: $0.count, membership: [responseGroups]) }
                output = try step(token, position: position, groups: own, cache: cache)
                if groups != nil { generation.masses.append(output.masses) }
                position += 1
            }
            return generation.finished(budget < options.maxNewTokens ? .context : .length)
        }
    }
}

extension Generation {
    fileprivate func finished(_ reason: FinishReason) -> Generation {
        var copy = self
        copy.finishReason = reason
        return copy
    }
}
