import Foundation
import QwenVL
import Torch

/// Which tokens of a conversation are asked where they look.
public enum MeasuredQueries: Sendable {
    /// The text of the user's turns (arXiv 2603.03825).
    case user
    /// The answers that the conversation holds, each with the token that ends it, read in one pass (teacher forcing).
    case givenResponse
    /// An answer to the last turn of the user, while it is written.
    case generatedResponse(GenerationOptions)
}

/// What the queries of one conversation pay to each part of it.
public struct AttentionMeasurement {
    /// The tokens that were read; for a written answer the prompt.
    public let input: ModelInput
    /// Where the queries stand, counted from 0; those of a written answer stand behind the prompt.
    public let queries: [Int]
    /// The number in the vocabulary of each query's token.
    public let queryTokenIDs: [Int]
    /// Queries of the same kind that stand before the first picture: a causal row there gives the picture nothing by
    /// construction, so they are left out.
    public let queriesBeforePicture: Int
    /// What each query pays to each ``RoleGroup``, for every layer and head.
    public let mass: AttentionMass
    /// The attention sinks among the visual tokens, if they were looked for.
    public let sinks: PatchSinks?
    /// The answer, if one was written.
    public let text: String?

    /// What was measured.
    /// - Parameters:
    ///   - input: the tokens that were read.
    ///   - queries: where the queries stand.
    ///   - queryTokenIDs: the token of each.
    ///   - queriesBeforePicture: queries that are left out.
    ///   - mass: their attention.
    ///   - sinks: the attention sinks among the visual tokens, if they were looked for.
    ///   - text: the answer, if one was written.
    public init(
        input: ModelInput, queries: [Int], queryTokenIDs: [Int], queriesBeforePicture: Int, mass: AttentionMass,
        sinks: PatchSinks? = nil, text: String?
    ) {
        self.input = input
        self.queries = queries
        self.queryTokenIDs = queryTokenIDs
        self.queriesBeforePicture = queriesBeforePicture
        self.mass = mass
        self.sinks = sinks
        self.text = text
    }
}

/// Why a conversation has no Visual Attention Score.
public enum MeasurementError: Error, LocalizedError, Equatable {
    /// There is no picture to look at.
    case noPicture
    /// There is no token of a system turn to compare with.
    case noSystemTurn
    /// No text of the user's turns stands behind a picture.
    case noUserQuery
    /// No text of the assistant's turns stands behind a picture.
    case noResponseQuery
    /// The conversation holds no answer.
    case noAnswer
    /// The answer that was written is of one token, which is never a query.
    case answerOfOneToken
    /// No turn of the user could be answered.
    case noUserTurn

    /// One sentence: what was wrong, and what to do.
    public var errorDescription: String? {
        switch self {
        case .noPicture: "The sample has no image, so there is nothing to look at."
        case .noSystemTurn:
            "The input has no token of a system turn, so there is nothing to divide by; give a system turn."
        case .noUserQuery: "No text of the user's turns stands behind an image, so no token can see one."
        case .noResponseQuery: "No text of the assistant's turns stands behind an image, so no token can see one."
        case .noAnswer: "The sample has no answer to measure; give one, or have answers generated."
        case .answerOfOneToken:
            "The answer that was generated is one token long, and the last token is never a query; allow more tokens."
        case .noUserTurn: "The conversation has no turn of the user."
        }
    }
}

extension VisualAssistant {
    /// Measures one conversation.
    ///
    /// Reading computes no logits. Of a conversation whose user's tokens are asked, only the part up to the user's last turn is
    /// read: what follows cannot change them.
    /// - Parameters:
    ///   - conversation: the turns, with pictures.
    ///   - queries: which tokens are asked.
    ///   - intervention: what is done to the attention, or nil.
    ///   - findsSinks: true to look for attention sinks among the visual tokens too, which costs the queries' rows twice.
    ///   - shouldStop: looked at between two written tokens; true ends the work with `CancellationError`.
    /// - Returns: the attention of the queries.
    /// - Throws: ``MeasurementError`` if there is nothing to measure, `QwenVLError` if the conversation cannot be read or is too
    ///   long, `TorchError` if memory is short.
    public func measure(
        _ conversation: [Message], queries: MeasuredQueries, intervention: Intervention? = nil,
        findsSinks: Bool = false,
        shouldStop: () -> Bool = { false }
    ) throws -> AttentionMeasurement {
        let input = try input(of: conversation, queries: queries)
        switch queries {
        case .user:
            return try measure(input, role: .user, intervention: intervention, findsSinks: findsSinks)
        case .givenResponse:
            return try measure(input, role: .response, intervention: intervention, findsSinks: findsSinks)
        case .generatedResponse(let options):
            return try measure(
                answerTo: input, options: options, intervention: intervention, findsSinks: findsSinks,
                shouldStop: shouldStop)
        }
    }

    /// What is read of a conversation to ask some of its tokens: for an answer that is written, the prompt.
    /// - Parameters:
    ///   - conversation: the turns, with pictures.
    ///   - queries: which tokens are asked.
    /// - Returns: tokens with their roles, and pictures.
    /// - Throws: ``MeasurementError`` if there is no such turn, `QwenVLError` if the conversation cannot be read.
    public func input(of conversation: [Message], queries: MeasuredQueries) throws -> ModelInput {
        guard case .givenResponse = queries else { return try processor(prompt(of: conversation)) }
        guard conversation.contains(where: { $0.role == .assistant && !$0.isBlank }) else {
            throw MeasurementError.noAnswer
        }
        return try processor(conversation, addsGenerationPrompt: false)
    }

    /// Measures the tokens of one role in one pass over an input.
    /// - Parameters:
    ///   - input: tokens with their roles, and pictures.
    ///   - role: whose tokens are asked, `user` or `response`.
    ///   - intervention: what is done to the attention, or nil.
    ///   - findsSinks: true to look for attention sinks among the visual tokens too.
    /// - Returns: the attention of the queries.
    /// - Throws: ``MeasurementError`` if there is nothing to measure, `QwenVLError` if the input is too long, `TorchError` if
    ///   memory is short.
    public func measure(
        _ input: ModelInput, role: TokenRole, intervention: Intervention? = nil, findsSinks: Bool = false
    ) throws -> AttentionMeasurement {
        let picture = try requireMeasurable(input)
        let queries = role == .user ? input.userQueries : input.responseQueries
        guard !queries.isEmpty else {
            throw role == .user ? MeasurementError.noUserQuery : MeasurementError.noResponseQuery
        }
        let modulation = try intervention?.modulation(for: model.configuration.text)
        let (mass, sinks) = try read(input, queries: queries, modulation: modulation, findsSinks: findsSinks)
        return AttentionMeasurement(
            input: input, queries: queries, queryTokenIDs: queries.map { input.inputIDs[$0] },
            queriesBeforePicture: input.roles.prefix(picture).count { $0 == role },
            mass: mass, sinks: sinks, text: nil)
    }

    /// One pass over an input: the attention of some tokens, and the sinks they look at.
    private func read(
        _ input: ModelInput, queries: [Int], modulation: AttentionModulation?, findsSinks: Bool
    ) throws -> (AttentionMass, PatchSinks?) {
        guard findsSinks else {
            let masses = try withoutGradient {
                try model.forward(
                    input, logits: .none, groups: KeyGroups(roles: input.roles), modulation: modulation
                ).masses
            }
            return (try AttentionMass(masses, queries: queries), nil)
        }
        let pass = try recordedPass(input, queries: queries, modulation: modulation)
        let sinks = try PatchSinks(
            in: input, mass: pass.mass, recorder: pass.recorder, cache: pass.cache, modulation: modulation, model: model
        )
        return (pass.mass, sinks)
    }

    /// One pass over an input that keeps what rows of the map are computed from.
    func recordedPass(
        _ input: ModelInput, queries: [Int], modulation: AttentionModulation?
    ) throws -> (mass: AttentionMass, recorder: QueryRecorder, cache: KeyValueCache) {
        let groups = KeyGroups(roles: input.roles)
        let cache = try KeyValueCache(
            model.configuration.text, capacity: input.inputIDs.count, groupCount: groups.count, dtype: model.dtype,
            device: model.device)
        let recorder = QueryRecorder(positions: queries)
        let masses = try withoutGradient {
            try model.forward(
                input, logits: .none, groups: groups, modulation: modulation, cache: cache, recorder: recorder
            ).masses
        }
        return (try AttentionMass(masses, queries: queries), recorder, cache)
    }

    /// Measures the tokens of an answer while it is written, all but the last.
    private func measure(
        answerTo input: ModelInput, options: GenerationOptions, intervention: Intervention?, findsSinks: Bool,
        shouldStop: () -> Bool
    ) throws -> AttentionMeasurement {
        try requireMeasurable(input)
        var isStopped = false
        let question = Question(input, options: options, intervention: intervention)
        let answer = try answer([question]) { _ in
            isStopped = shouldStop()
            return !isStopped
        }[0][0]
        if isStopped { throw CancellationError() }
        let written = answer.generation
        guard let mass = try answer.answerAttention(), mass.queryCount > 0 else {
            throw MeasurementError.answerOfOneToken
        }
        let prompt = input.inputIDs.count
        let queries = Array(prompt..<prompt + mass.queryCount)
        let tokenIDs = Array(written.tokenIDs.prefix(mass.queryCount))
        // Sinks are a matter of all queries, so the answer is read once more.
        let sinks =
            try findsSinks
            ? read(
                input.appending(tokenIDs), queries: queries,
                modulation: intervention?.modulation(for: model.configuration.text), findsSinks: true
            ).1 : nil
        return AttentionMeasurement(
            input: input, queries: queries, queryTokenIDs: tokenIDs, queriesBeforePicture: 0, mass: mass, sinks: sinks,
            text: answer.text)
    }

    /// Where the first picture stands, in an input that has what the score divides.
    @discardableResult
    package func requireMeasurable(_ input: ModelInput) throws -> Int {
        guard let picture = input.roles.firstIndex(of: .image) else { throw MeasurementError.noPicture }
        guard input.roles.contains(.system) else { throw MeasurementError.noSystemTurn }
        return picture
    }

    /// The turns up to the last of the user.
    private func prompt(of conversation: [Message]) throws -> [Message] {
        guard let last = conversation.lastIndex(where: { $0.role == .user }) else { throw MeasurementError.noUserTurn }
        return Array(conversation[...last])
    }
}

extension Message {
    /// True if nothing is said.
    fileprivate var isBlank: Bool {
        content.allSatisfy { piece in
            if case .text(let text) = piece { return text.allSatisfy(\.isWhitespace) }
            return false
        }
    }
}
