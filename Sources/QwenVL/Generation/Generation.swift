import Torch

/// How an answer is written.
public struct GenerationOptions: Sendable, Equatable {
    /// The most tokens to write.
    public var maxNewTokens: Int
    /// Tokens that end the answer; empty to write `maxNewTokens` whatever comes.
    public var endTokenIDs: Set<Int>
    /// How the next token is drawn.
    public var sampling: SamplingOptions
    /// True to give the log-probability of every token.
    public var wantsLogProbabilities: Bool

    /// Options.
    /// - Parameters:
    ///   - maxNewTokens: the most tokens to write, at least 1.
    ///   - endTokenIDs: tokens that end the answer.
    ///   - sampling: how the next token is drawn; unless given, the likeliest is taken.
    ///   - wantsLogProbabilities: true to give the log-probability of every token.
    public init(
        maxNewTokens: Int = 512, endTokenIDs: Set<Int>, sampling: SamplingOptions = SamplingOptions(),
        wantsLogProbabilities: Bool = false
    ) {
        self.maxNewTokens = maxNewTokens
        self.endTokenIDs = endTokenIDs
        self.sampling = sampling
        self.wantsLogProbabilities = wantsLogProbabilities
    }
}

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
}

/// A token as it is written.
public struct GeneratedToken: Sendable {
    /// Which request it answers, counted from 0.
    public var request: Int
    /// Which of the request's answers it belongs to, counted from 0.
    public var sample: Int
    /// The token.
    public var tokenID: Int
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
    public var tokenIDs: [Int] = []
    /// Natural logarithms of the tokens' probabilities under the temperature and the ban, before top-k and top-p; empty
    /// unless asked for.
    public var logProbabilities: [Double] = []
    /// Why there are no more.
    public var finishReason = FinishReason.length
    /// Attention of the prompt's queries per layer, empty if not observed.
    ///
    /// Each `[1, heads, tokens, groups]`.
    public var promptMasses: [Tensor] = []
    /// Attention of each written token that was read again, per token and layer, empty if not observed.
    ///
    /// Each `[1, heads, 1, groups]`; one fewer than the tokens, since the last is never a query.
    public var masses: [[Tensor]] = []
}

extension QwenVLModel {
    /// Writes one answer, each token at the cost of one row.
    /// - Parameters:
    ///   - input: the prompt, ending in the header of an assistant turn.
    ///   - options: length, end and sampling.
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
        let request = GenerationRequest(input, options: options, groups: groups, responseGroups: responseGroups)
        return try generate([request]) { try onToken($0.tokenID) }[0][0]
    }

    /// Answers several prompts at once; the answers are those that each prompt and each sample would get alone.
    ///
    /// Each prompt is read once. Then all unfinished answers go forward together, a row each, and leave when they are over.
    /// - Parameters:
    ///   - requests: prompts, which may differ in everything, but either all observe attention or none.
    ///   - onToken: sees every token as it comes; returns false to stop its answer.
    /// - Returns: for every request its answers.
    /// - Throws: ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if a prompt leaves no room for an answer, and what
    ///   `onToken` throws.
    public func generate(
        _ requests: [GenerationRequest], onToken: (GeneratedToken) throws -> Bool = { _ in true }
    ) throws -> [[Generation]] {
        try withoutGradient {
            var writers: [Writer] = []
            for (index, request) in requests.enumerated() {
                writers += try begin(request, index: index, onToken: onToken)
            }
            var active = writers.filter { !$0.isFinished }
            while !active.isEmpty {
                let output = try step(
                    active.map(\.lastToken), positions: active.map(\.position), sequences: active.map(\.sequence),
                    membership: active.first?.observes == true ? active.map(\.responseGroups) : [])
                for (row, writer) in active.enumerated() {
                    if writer.observes {
                        writer.generation.masses.append(try output.masses.map { try $0.slice(0, row..<row + 1) })
                    }
                    try writer.take(output.logits?.select(0, row).select(0, 0), onToken: onToken)
                }
                active.removeAll(where: \.isFinished)
            }
            return requests.indices.map { index in writers.filter { $0.request == index }.map(\.generation) }
        }
    }

    /// Reads a prompt and draws the first token of each of its answers.
    private func begin(
        _ request: GenerationRequest, index: Int, onToken: (GeneratedToken) throws -> Bool
    ) throws -> [Writer] {
        let prompt = request.input.inputIDs.count
        let limit = configuration.text.maxPositionEmbeddings
        guard prompt < limit else {
            throw QwenVLError.contextExceeded(
                tokens: prompt, limit: limit, advice: "that leaves no room for an answer; shorten the prompt")
        }
        let budget = min(request.options.maxNewTokens, limit - prompt)
        let groupCount = request.groups?.count ?? 0
        func cache(_ capacity: Int) throws -> KeyValueCache {
            try KeyValueCache(
                configuration.text, capacity: capacity, groupCount: groupCount, dtype: dtype, device: device)
        }
        let shared = try cache(prompt)
        let output = try forward(request.input, logits: .last, groups: request.groups, cache: shared)
        let position = try request.input.positions(spatialMergeSize: configuration.vision.spatialMergeSize).next
        return try (0..<request.samples).map { sample in
            // The last token is never read again.
            let writer = Writer(
                request, index: index, sample: sample, budget: budget, position: position,
                sequence: CachedSequence(shared: [shared], own: try cache(max(1, budget - 1))))
            writer.generation.promptMasses = output.masses
            try writer.take(output.logits?.select(0, 0).select(0, 0), onToken: onToken)
            return writer
        }
    }
}

/// One answer while it is being written.
private final class Writer {
    let request: Int
    let sequence: CachedSequence
    let responseGroups: UInt8
    let observes: Bool
    var generation = Generation()
    private(set) var isFinished = false
    /// The rotary position of the token written last.
    private(set) var position: Int

    private let sample: Int
    private let options: GenerationOptions
    private let budget: Int
    private var sampler: Sampler

    init(
        _ request: GenerationRequest, index: Int, sample: Int, budget: Int, position: Int, sequence: CachedSequence
    ) {
        self.request = index
        self.sample = sample
        self.sequence = sequence
        self.budget = budget
        self.position = position - 1
        options = request.options
        responseGroups = request.responseGroups
        observes = request.groups != nil
        sampler = Sampler(request.options.sampling, sample: sample, prompt: request.input.inputIDs)
    }

    var lastToken: Int { generation.tokenIDs.last ?? 0 }

    /// Draws the next token from its logits `[vocabulary]`.
    func take(_ logits: Tensor?, onToken: (GeneratedToken) throws -> Bool) throws {
        guard let logits else { return }
        let draw = try sampler.draw(logits, wantsLogProbability: options.wantsLogProbabilities)
        generation.tokenIDs.append(draw.token)
        if let logProbability = draw.logProbability { generation.logProbabilities.append(logProbability) }
        position += 1
        let wanted = try onToken(GeneratedToken(request: request, sample: sample, tokenID: draw.token))
        if options.endTokenIDs.contains(draw.token) {
            finish(.stop)
        } else if !wanted {
            finish(.cancelled)
        } else if generation.tokenIDs.count == budget {
            finish(budget < options.maxNewTokens ? .context : .length)
        }
    }

    private func finish(_ reason: FinishReason) {
        generation.finishReason = reason
        isFinished = true
    }
}
