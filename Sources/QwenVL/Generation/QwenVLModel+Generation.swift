import Torch

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
    /// Each prompt is read once. Then the unfinished answers go forward together, a row each (two where they are weighed against a
    /// second reading), and leave when they are over.
    /// - Parameters:
    ///   - requests: prompts, which may differ in everything, but either all observe attention or none, and those with an
    ///     intervention have the same.
    ///   - rowsPerStep: how many answers go forward together, half as many where they are weighed against a second reading. Up to 8, the most that the CPU's product of few rows takes, an
    ///     answer is the same to the last bit whatever is written beside it; above that products may round differently,
    ///     which can change a token that is nearly as likely as another.
    ///   - onToken: sees every token as it comes; returns false to stop its answer.
    /// - Returns: for every request its answers.
    /// - Throws: ``QwenVLError/input(_:)`` if options cannot be used,
    ///   ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if a prompt leaves no room for an answer, and what `onToken`
    ///   throws.
    public func generate(
        _ requests: [GenerationRequest], rowsPerStep: Int = 8,
        onToken: (GeneratedToken) throws -> Bool = { _ in true }
    ) throws -> [[Generation]] {
        guard rowsPerStep > 0 else { throw QwenVLError.input("A step takes at least one row, not \(rowsPerStep)") }
        try Self.check(requests)
        let batch = GenerationBatch(self, rowsPerStep: rowsPerStep)
        for request in requests { try batch.begin(request, onToken: onToken) }
        while !batch.isFinished { try batch.step(onToken: onToken) }
        return requests.indices.map { batch.taken($0) ?? [] }
    }

    /// Refuses requests that cannot be answered together.
    fileprivate static func check(_ requests: [GenerationRequest]) throws {
        guard Set(requests.map { $0.groups?.count ?? 0 }).count <= 1 else {
            throw QwenVLError.input(
                "The requests of a batch must observe attention in the same number of groups, or none of them")
        }
        guard Set(requests.compactMap { $0.modulation }).count <= 1 else {
            throw QwenVLError.input("The requests of a batch can share one intervention, not have several")
        }
        for (index, request) in requests.enumerated() {
            if let problem = request.problem { throw QwenVLError.input("Request \(index + 1) is wrong: \(problem)") }
        }
    }

    /// One step of some answers: their last tokens are read, and the next are drawn.
    fileprivate func advance(_ writers: ArraySlice<Writer>, onToken: (GeneratedToken) throws -> Bool) throws {
        // The answers' own rows, then the rows of those that are weighed against a second reading.
        let others = writers.compactMap(\.other)
        let rows = writers + writers.filter { $0.other != nil }
        let output = try step(
            rows.map(\.lastToken), positions: writers.map(\.position) + writers.compactMap(\.otherPosition),
            sequences: writers.map(\.sequence) + others.map(\.sequence),
            membership: writers.first?.observes == true ? rows.map(\.responseGroups) : [],
            modulation: writers.lazy.compactMap(\.modulation).first,
            modulated: writers.map(\.isModulated) + others.map { _ in false },
            maps: writers.contains { $0.maps != nil } ? writers.map(\.maps) + others.map { _ in nil } : nil)
        var otherRow = writers.count
        for (row, writer) in writers.enumerated() {
            if writer.observes {
                writer.generation.masses.append(try output.masses.map { try $0.slice(0, row..<row + 1) })
            }
            if writer.maps != nil { writer.generation.maps.append(output.maps[row]) }
            var logits = try output.logits?.select(0, row).select(0, 0)
            if let other = writer.other {
                let against = try output.logits?.select(0, otherRow).select(0, 0)
                if let own = logits, let against { logits = try other.combine(own, against) }
                otherRow += 1
            }
            try writer.take(logits, onToken: onToken)
        }
    }

    /// Refuses a prompt that fills the context.
    package func requireRoom(after prompt: ModelInput) throws {
        let limit = configuration.text.maxPositionEmbeddings
        guard prompt.inputIDs.count < limit else {
            throw QwenVLError.contextExceeded(
                tokens: prompt.inputIDs.count, limit: limit,
                advice: "that leaves no room for an answer; shorten the prompt")
        }
    }

    /// Reads a prompt and draws the first token of each of its answers.
    fileprivate func begin(
        _ request: GenerationRequest, index: Int, onToken: (GeneratedToken) throws -> Bool
    ) throws -> [Writer] {
        try requireRoom(after: request.input)
        let prompt = request.input.inputIDs.count
        let limit = configuration.text.maxPositionEmbeddings
        let budget = min(request.options.maxNewTokens, limit - prompt)
        try request.maps?.check(configuration.text, tokens: prompt)
        let main = try read(
            request.input, groups: request.groups, modulation: request.modulation, budget: budget)
        let other = try request.contrast.map { contrast in
            (
                contrast, try banned(request.options.sampling),
                try read(contrast.input, groups: contrast.groups, modulation: nil, budget: budget)
            )
        }
        return try (0..<request.samples).map { sample in
            let writer = Writer(
                request, index: index, sample: sample, budget: budget, position: main.position,
                sequence: try main.sequence())
            writer.generation.promptMasses = main.masses
            var logits = main.logits
            if let (contrast, banned, reading) = other {
                let stream = OtherStream(
                    contrast: contrast, banned: banned, sequence: try reading.sequence(),
                    lead: reading.position - main.position)
                if let own = main.logits, let against = reading.logits { logits = try stream.combine(own, against) }
                writer.other = stream
            }
            try writer.take(logits, onToken: onToken)
            return writer
        }
    }

    /// The tokens that are never drawn, bool `[vocabulary]`, or nil for none.
    private func banned(_ sampling: SamplingOptions) throws -> Tensor? {
        guard !sampling.bannedTokenIDs.isEmpty else { return nil }
        let flags = (0..<configuration.text.vocabularySize).map { sampling.bannedTokenIDs.contains($0) }
        return try Tensor(flags).to(device: device)
    }

    /// Reads a prompt once, for all the answers to it.
    private func read(
        _ input: ModelInput, groups: KeyGroups?, modulation: AttentionModulation?, budget: Int
    ) throws -> PromptReading {
        func cache(_ capacity: Int) throws -> KeyValueCache {
            try KeyValueCache(
                configuration.text, capacity: capacity, groupCount: groups?.count ?? 0, dtype: dtype, device: device)
        }
        let shared = try cache(input.inputIDs.count)
        let output = try forward(input, logits: .last, groups: groups, modulation: modulation, cache: shared)
        return PromptReading(
            logits: try output.logits?.select(0, 0).select(0, 0), masses: output.masses,
            position: try input.positions(spatialMergeSize: configuration.vision.spatialMergeSize).next
        ) {
            // The last token is never read again.
            CachedSequence(shared: [shared], own: try cache(max(1, budget - 1)))
        }
    }
}

/// Answers that are written together, to which others can be added while they are written.
///
/// Every answer is the one its prompt and sample would get alone, whatever is written beside it, as
/// ``QwenVLModel/generate(_:rowsPerStep:onToken:)`` says. A batch belongs to one thread at a time.
public final class GenerationBatch {
    private let model: QwenVLModel
    private let rowsPerStep: Int
    private var requests: [Int: GenerationRequest] = [:]
    private var writers: [Int: [Writer]] = [:]
    private var active: [Writer] = []
    private var next = 0

    /// An empty batch.
    /// - Parameters:
    ///   - model: writes the answers.
    ///   - rowsPerStep: how many answers go forward together, at least 1.
    public init(_ model: QwenVLModel, rowsPerStep: Int = 8) {
        precondition(rowsPerStep > 0, "A step takes at least one row.")
        (self.model, self.rowsPerStep) = (model, rowsPerStep)
    }

    /// Whether no answer is left to be written.
    public var isFinished: Bool { active.isEmpty }
    /// How many answers are being written.
    public var activeCount: Int { active.count }

    /// Reads a prompt and draws the first token of each of its answers.
    /// - Parameters:
    ///   - request: a prompt; with those whose answers are not taken yet all observe attention or none, and those with an
    ///     intervention have the same.
    ///   - onToken: sees the first tokens; returns false to stop an answer.
    /// - Returns: the request's number, by which tokens and answers name it; they are counted from 0.
    /// - Throws: ``QwenVLError/input(_:)`` if options cannot be used,
    ///   ``QwenVLError/contextExceeded(tokens:limit:advice:)`` if the prompt leaves no room for an answer, and what `onToken`
    ///   throws; the batch is then as it was.
    @discardableResult
    public func add(
        _ request: GenerationRequest, onToken: (GeneratedToken) throws -> Bool = { _ in true }
    ) throws -> Int {
        try QwenVLModel.check(Array(requests.values) + [request])
        return try begin(request, onToken: onToken)
    }

    /// Adds what is known to fit.
    @discardableResult
    fileprivate func begin(_ request: GenerationRequest, onToken: (GeneratedToken) throws -> Bool) throws -> Int {
        let number = next
        let own = try withoutGradient { try model.begin(request, index: number, onToken: onToken) }
        next += 1
        (requests[number], writers[number]) = (request, own)
        active += own.filter { !$0.isFinished }
        return number
    }

    /// Writes one more token of every answer that is not finished.
    /// - Parameter onToken: sees every token as it comes; returns false to stop its answer.
    /// - Throws: `TorchError` if memory is short, and what `onToken` throws.
    public func step(onToken: (GeneratedToken) throws -> Bool = { _ in true }) throws {
        let together = active.contains { $0.other != nil } ? max(1, rowsPerStep / 2) : rowsPerStep
        try withoutGradient {
            for start in stride(from: 0, to: active.count, by: together) {
                try model.advance(active[start..<min(start + together, active.count)], onToken: onToken)
            }
        }
        active.removeAll(where: \.isFinished)
    }

    /// The answers to a request that are all finished, which the batch then forgets.
    /// - Parameter number: the request's.
    /// - Returns: its answers; nil if they are still being written, or were taken before.
    public func taken(_ number: Int) -> [Generation]? {
        guard let own = writers[number], own.allSatisfy(\.isFinished) else { return nil }
        return forget(number)
    }

    /// Ends a request as it is.
    /// - Parameter number: the request's.
    /// - Returns: its answers as far as they were written; nil if they were taken before.
    @discardableResult
    public func cancel(_ number: Int) -> [Generation]? {
        active.removeAll { $0.request == number }
        return forget(number)
    }

    private func forget(_ number: Int) -> [Generation]? {
        requests[number] = nil
        return writers.removeValue(forKey: number)?.map(\.generation)
    }
}

/// What the answers to a prompt begin from.
private struct PromptReading {
    /// `[vocabulary]`.
    let logits: Tensor?
    let masses: [Tensor]
    /// The rotary position of the first token of an answer.
    let position: Int
    /// A sequence that shares the prompt's cache.
    let sequence: () throws -> CachedSequence
}

/// The second stream of an answer.
private struct OtherStream {
    let contrast: Contrast
    /// Tokens that are never drawn, bool `[vocabulary]`, or nil.
    let banned: Tensor?
    let sequence: CachedSequence
    /// By how many positions it is ahead of the answer's own stream.
    let lead: Int

    func combine(_ logits: Tensor, _ other: Tensor) throws -> Tensor {
        try contrast.combine(logits, other, banned: banned)
    }
}

/// One answer while it is being written.
private final class Writer {
    let request: Int
    let sequence: CachedSequence
    let responseGroups: UInt8
    let observes: Bool
    /// Where the answer's own rows are changed.
    let modulation: AttentionModulation?
    let isModulated: Bool
    let maps: AttentionMaps?
    /// What the answer is weighed against.
    var other: OtherStream?
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
        modulation = request.modulation
        isModulated = request.modulation?.changesAnswer(to: request.input) ?? false
        maps = request.maps
        sampler = Sampler(request.options.sampling, sample: sample, prompt: request.input.inputIDs)
    }

    var lastToken: Int { generation.tokenIDs.last ?? 0 }
    var otherPosition: Int? { other.map { position + $0.lead } }

    /// Draws the next token from its logits `[vocabulary]`.
    func take(_ logits: Tensor?, onToken: (GeneratedToken) throws -> Bool) throws {
        guard let logits else { return }
        let draw = try sampler.draw(
            logits, wantsLogProbability: options.wantsLogProbabilities, alternatives: options.alternativeCount)
        generation.tokenIDs.append(draw.tokenID)
        if let logProbability = draw.logProbability { generation.logProbabilities.append(logProbability) }
        position += 1
        let reason = reasonToFinish
        let token = GeneratedToken(
            request: request, sample: sample, tokenID: draw.tokenID, logProbability: draw.logProbability,
            alternatives: draw.alternatives, finishReason: reason)
        let isWanted = try onToken(token)
        if let reason, isWanted || reason == .stop {
            finish(reason)
        } else if !isWanted {
            finish(.cancelled)
        }
    }

    /// Why the token written last is the last, nil if it is not.
    private var reasonToFinish: FinishReason? {
        if options.endTokenIDs.contains(lastToken) { return .stop }
        guard generation.tokenIDs.count == budget else { return nil }
        return budget < options.maxNewTokens ? .context : .length
    }

    private func finish(_ reason: FinishReason) {
        generation.finishReason = reason
        isFinished = true
    }
}
