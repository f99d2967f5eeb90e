import QwenVL

/// A question to a ``VisualAssistant``, to be answered once or several times.
public struct Question {
    /// The prompt, ending in the header of an assistant turn.
    public var input: ModelInput
    /// Length, end and sampling.
    public var options: GenerationOptions
    /// Strings that end the answer and are not part of it, wherever the borders of tokens lie.
    ///
    /// They are looked for in the text, of which special tokens are no part.
    public var stopStrings: [String]
    /// How many answers; they share one pass over the prompt and one copy of its cache.
    public var samples: Int
    /// True to observe the attention that is paid to each part of the conversation.
    public var observesAttention: Bool
    /// What is done to the attention, or nil.
    public var intervention: Intervention?
    /// Views of where each token of the answer looks, over the visual tokens; they need a picture.
    public var maps: [AttentionMaps.Selection] = []

    /// A question.
    /// - Parameters:
    ///   - input: the prompt, ending in the header of an assistant turn.
    ///   - options: length, end and sampling.
    ///   - stopStrings: strings that end the answer.
    ///   - samples: how many answers, at least 1.
    ///   - observesAttention: true to observe the attention.
    ///   - intervention: what is done to the attention, or nil.
    public init(
        _ input: ModelInput, options: GenerationOptions, stopStrings: [String] = [], samples: Int = 1,
        observesAttention: Bool = true, intervention: Intervention? = nil
    ) {
        self.input = input
        self.options = options
        self.stopStrings = stopStrings
        self.samples = samples
        self.observesAttention = observesAttention
        self.intervention = intervention
    }

    /// The same for the model alone, which knows tokens and groups of keys.
    /// - Parameters:
    ///   - configuration: of the model.
    ///   - observes: whether attention is observed, which an intervention that changes it needs.
    /// - Returns: the request.
    /// - Throws: ``InterventionError`` if the intervention does not fit the model.
    package func request(for configuration: ModelConfiguration, observes: Bool) throws -> GenerationRequest {
        let modulation = try intervention?.modulation(for: configuration.text)
        let contrast = try intervention?.contrast.flatMap { rule in
            try rule.contrast(
                for: input, configuration: configuration, seed: options.sampling.seed &+ input.fingerprint)
        }
        var request = GenerationRequest(
            input, options: options, samples: samples, groups: observes ? KeyGroups(roles: input.roles) : nil,
            responseGroups: RoleGroup.response.bit)
        request.modulation = modulation
        request.contrast = contrast
        if !observes { request.contrast?.groups = nil }
        let visual = input.roles.indices.filter { input.roles[$0] == .image }
        if !maps.isEmpty, !visual.isEmpty { request.maps = AttentionMaps(maps, keys: visual) }
        return request
    }
}

extension ModelInput {
    /// A number that differs with question and picture, so that each has noise of its own, alone or in a batch (FNV-1a over
    /// the tokens and some of the pixels).
    fileprivate var fingerprint: UInt64 {
        get throws {
            func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 { (hash ^ value) &* 0x100_0000_01B3 }
            let ofTokens = inputIDs.reduce(0xCBF2_9CE4_8422_2325) { mix($0, UInt64(truncatingIfNeeded: $1)) }
            let pixels = try pixelValues?.to(.float32, device: .cpu).floats() ?? []
            return stride(from: 0, to: pixels.count, by: 61).reduce(ofTokens) { mix($0, UInt64(pixels[$1].bitPattern)) }
        }
    }
}

/// A piece of an answer's text as it becomes certain.
public struct AnswerText: Sendable, Equatable {
    /// Which question it answers, counted from 0.
    public var question: Int
    /// Which of the question's answers it belongs to, counted from 0.
    public var sample: Int
    /// The text, which may be empty: a character may take several tokens, and the beginning of a stop string is held back.
    public var text: String
    /// Why no text follows; nil if some may follow.
    public var finishReason: FinishReason?
}

/// An answer in words, and the attention the model paid.
public struct Answer {
    /// The text, without special tokens and without the string that ended it.
    public let text: String
    /// Tokens, log-probabilities and masses; the tokens of the string that ended the answer are among them.
    public let generation: Generation
    /// The prompt that was answered, with the roles of its tokens.
    public let input: ModelInput

    /// The attention of the question's tokens that can see a picture, nil without a picture or where not observed.
    /// - Returns: for every layer, head and token the share of each part of the conversation.
    /// - Throws: `TorchError` if memory is short.
    public func questionAttention() throws -> AttentionMass? {
        guard !generation.promptMasses.isEmpty, !input.userQueries.isEmpty else { return nil }
        return try AttentionMass(generation.promptMasses, queries: input.userQueries)
    }

    /// The attention of the answer's tokens without the last, which is never a query; nil without a picture, where not
    /// observed, or for an answer of one token.
    /// - Returns: for every layer, head and token the share of each part of the conversation.
    /// - Throws: `TorchError` if memory is short.
    public func answerAttention() throws -> AttentionMass? {
        guard !generation.masses.isEmpty, input.roles.contains(.image) else { return nil }
        return try AttentionMass(steps: generation.masses)
    }
}
