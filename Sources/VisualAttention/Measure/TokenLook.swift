import QwenVL
import Torch

/// Where one token of an answer or a question looks: its score, and its weights on the pictures.
public struct TokenLook: Sendable {
    /// The token's number in the vocabulary.
    public let tokenID: Int
    /// Its Visual Attention Score in the reward's form; nil if it is not finite.
    public let score: Double?
    /// Its weights on the visual tokens, `[view][visual token]`.
    public let maps: [[Float]]
}

extension Answer {
    /// Where the answer's tokens look, all but the last, which is never a query; empty unless maps were asked for.
    /// - Returns: one look for each, with the views that the question asked for.
    /// - Throws: `TorchError` if memory is short.
    public func looks() throws -> [TokenLook] {
        let scores = try answerAttention()?.queryScores ?? []
        return generation.maps.enumerated().map { token, maps in
            TokenLook(
                tokenID: generation.tokenIDs[token], score: scores.indices.contains(token) ? scores[token].finite : nil,
                maps: maps)
        }
    }
}

extension VisualAssistant {
    /// Where the tokens of a conversation look that ``measure(_:queries:intervention:findsSinks:shouldStop:)`` asks.
    /// - Parameters:
    ///   - conversation: the turns, with pictures.
    ///   - queries: which tokens are asked.
    ///   - views: means over which layers and heads.
    ///   - intervention: what is done to the attention, or nil.
    /// - Returns: the input, for a written answer the prompt, and one look for each token.
    /// - Throws: ``MeasurementError`` if there is nothing to ask, and as ``looks(of:in:views:intervention:)``.
    public func looks(
        at conversation: [Message], queries: MeasuredQueries,
        views: [AttentionMaps.Selection] = [AttentionMaps.Selection()], intervention: Intervention? = nil
    ) throws -> (input: ModelInput, looks: [TokenLook]) {
        let input = try input(of: conversation, queries: queries)
        guard input.roles.contains(.image) else { throw MeasurementError.noPicture }
        switch queries {
        case .user, .givenResponse:
            let tokens: [Int]
            if case .user = queries { tokens = input.userQueries } else { tokens = input.responseQueries }
            guard !tokens.isEmpty else {
                if case .user = queries {
                    throw MeasurementError.noUserQuery
                } else {
                    throw MeasurementError.noResponseQuery
                }
            }
            return (input, try looks(of: tokens, in: input, views: views, intervention: intervention))
        case .generatedResponse(let options):
            var question = Question(input, options: options, intervention: intervention)
            question.maps = views
            return (input, try answer([question])[0][0].looks())
        }
    }

    /// Where some tokens of an input look: a pass over it, and their rows of the map on demand.
    /// - Parameters:
    ///   - queries: the tokens.
    ///   - input: tokens and pictures.
    ///   - views: means over which layers and heads.
    ///   - intervention: what is done to the attention, or nil.
    /// - Returns: one look for each.
    /// - Throws: `QwenVLError` for a layer or head that is not there, ``InterventionError`` likewise, `TorchError` if memory is
    ///   short.
    public func looks(
        of queries: [Int], in input: ModelInput, views: [AttentionMaps.Selection] = [AttentionMaps.Selection()],
        intervention: Intervention? = nil
    ) throws -> [TokenLook] {
        let modulation = try intervention?.modulation(for: model.configuration.text)
        let pass = try recordedPass(input, queries: queries, modulation: modulation)
        let scores = pass.mass.queryScores
        let visual = input.roles.indices.filter { input.roles[$0] == .image }
        let maps = try model.attentionMaps(
            AttentionMaps(views, keys: visual), of: pass.recorder, cache: pass.cache, modulation: modulation,
            input: input)
        return queries.indices.map { index in
            TokenLook(tokenID: input.inputIDs[queries[index]], score: scores[index].finite, maps: maps[index])
        }
    }
}
