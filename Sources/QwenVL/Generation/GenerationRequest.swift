/// A prompt to be answered once or several times.
public struct GenerationRequest {
    /// The prompt, ending in the header of an assistant turn.
    public var input: ModelInput
    /// Length, end and sampling.
    public var options: GenerationOptions
    /// How many answers; they share one pass over the prompt and one copy of its cache.
    public var samples: Int
    /// Key groups of the prompt's tokens, to observe attention; nil observes nothing.
    public var groups: KeyGroups?
    /// The groups that written tokens belong to: bit g for group g.
    public var responseGroups: UInt8
    /// An intervention in the attention, which needs groups; nil changes nothing.
    public var modulation: AttentionModulation?
    /// A second reading that the answer is weighed against, or nil.
    public var contrast: Contrast?
    /// The rows of the map that are wanted of every written token, or nil.
    public var maps: AttentionMaps?

    /// A request.
    /// - Parameters:
    ///   - input: the prompt, ending in the header of an assistant turn.
    ///   - options: length, end and sampling.
    ///   - samples: how many answers, at least 1.
    ///   - groups: key groups of the prompt's tokens, or nil.
    ///   - responseGroups: the groups that written tokens belong to.
    public init(
        _ input: ModelInput, options: GenerationOptions, samples: Int = 1, groups: KeyGroups? = nil,
        responseGroups: UInt8 = 0
    ) {
        self.input = input
        self.options = options
        self.samples = samples
        self.groups = groups
        self.responseGroups = responseGroups
    }

    /// What is wrong with the options, or nil.
    var problem: String? {
        if samples < 1 { return "it asks for \(samples) samples, at least 1 is needed" }
        if options.maxNewTokens < 1 { return "it asks for \(options.maxNewTokens) tokens, at least 1 is needed" }
        if let contrast, contrast.groups?.count != groups?.count {
            return "its second reading must observe attention in as many groups as it does itself"
        }
        return contrast?.problem ?? options.sampling.problem
    }
}
