import Foundation

/// A mean over samples, with its 95 % confidence interval by the percentile bootstrap.
public struct ScoreEstimate: Sendable, Equatable, Codable {
    /// The mean over the samples in which it is defined, of the geometric form the geometric mean; nil if there are none.
    public var value: Double?
    /// The lower end of the 95 % interval; nil for fewer than two samples.
    public var low: Double?
    /// The upper end.
    public var high: Double?
    /// Samples in which it is not defined, and which are left out.
    public var undefined: Int

    /// The mean of one form of the score.
    /// - Parameters:
    ///   - values: one per sample, nil where not defined.
    ///   - isGeometric: true for the geometric mean.
    ///   - bootstrap: draws the samples again.
    init(_ values: [Double?], isGeometric: Bool, bootstrap: Bootstrap) {
        let defined = values.compactMap { $0 }.filter { !isGeometric || $0 > 0 }
        undefined = values.count - defined.count
        guard !defined.isEmpty else { return }
        let numbers = isGeometric ? defined.map { log($0) } : defined
        let back: (Double) -> Double = isGeometric ? { exp($0) } : { $0 }
        value = back(numbers.mean)
        let interval = bootstrap.interval(ofMeanOf: numbers)
        low = interval.map { back($0.low) }
        high = interval.map { back($0.high) }
    }
}

/// The four forms of a score, averaged over samples.
public struct ScoreEstimates: Sendable, Equatable, Codable {
    /// See ``ScoreForm/paper``.
    public var paper: ScoreEstimate
    /// See ``ScoreForm/pooled``.
    public var pooled: ScoreEstimate
    /// See ``ScoreForm/reward``.
    public var reward: ScoreEstimate
    /// See ``ScoreForm/geometric``.
    public var geometric: ScoreEstimate

    /// The forms averaged over samples.
    /// - Parameters:
    ///   - scores: one per sample.
    ///   - bootstrap: draws the samples again, for the intervals.
    public init(_ scores: [ScoreForms], bootstrap: Bootstrap = Bootstrap()) {
        func estimate(_ form: ScoreForm) -> ScoreEstimate {
            ScoreEstimate(scores.map { $0[form] }, isGeometric: form == .geometric, bootstrap: bootstrap)
        }
        paper = estimate(.paper)
        pooled = estimate(.pooled)
        reward = estimate(.reward)
        geometric = estimate(.geometric)
    }

    /// The estimate of a form that is chosen while the program runs.
    public subscript(form: ScoreForm) -> ScoreEstimate {
        switch form {
        case .paper: paper
        case .pooled: pooled
        case .reward: reward
        case .geometric: geometric
        }
    }
}

/// A sample that could not be measured.
public struct SkippedSample: Sendable, Equatable, Codable {
    /// Its line in the data file, or its item in a list, counted from 1.
    public var line: Int
    /// What is wrong with it, in a sentence.
    public var reason: String

    /// A sample that could not be measured.
    /// - Parameters:
    ///   - line: its line in the data file.
    ///   - reason: what is wrong with it.
    public init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// What a model's samples give together: made of their results alone, and the same in whatever order they come.
public struct DatasetSummary: Sendable, Equatable, Codable {
    /// How many samples were measured, those that could not be left out.
    public var samples: Int
    /// The score of the model: the mean over samples of the paper's form.
    public var vas: Double?
    /// Narrow, wide or panoramic by the paper's form; nil where that is not defined.
    public var attentionClass: AttentionClass?
    /// The class by each form that is defined.
    public var classes: [String: AttentionClass]
    /// The four forms with their intervals.
    public var scores: ScoreEstimates
    /// The same with position 0, the usual attention sink, left out of the system turn.
    public var scoresWithoutFirst: ScoreEstimates
    /// The same with the attention on the sinks among the visual tokens left out of the picture's; nil if they were not
    /// looked for.
    public var scoresWithoutSinks: ScoreEstimates?
    /// Sinks among the visual tokens in all samples; nil if they were not looked for.
    public var sinks: Int?
    /// Those of them that lie at the border of their picture.
    public var borderSinks: Int?
    /// Samples that have any.
    public var samplesWithSinks: Int?
    /// Tokens that were read in all samples; of generated answers the prompts'.
    public var tokens: Int
    /// Visual tokens among them.
    public var imageTokens: Int
    /// Tokens that were asked where they look.
    public var queries: Int
    /// Tokens that were not, because they stand before the first picture.
    public var queriesBeforePicture: Int
    /// Queries of which some head gives the system turn nothing.
    public var zeroSystemQueries: Int
    /// Ratios that are left out because they are not defined.
    public var undefinedRatios: Int
    /// Pairs of layer and head whose mean score is above 1,000, and which decide the paper's form.
    public var extremeHeads: Int
    /// Layer by layer, means over samples.
    public var layers: [LayerAttention]
    /// The paper's form of every layer and head, means over samples, `[layers][heads]`; nil where not defined.
    public var heads: [[Double?]]
    /// Samples that could not be measured.
    public var skipped: [SkippedSample]

    private enum CodingKeys: String, CodingKey {
        case samples, vas, classes, scores, sinks, tokens, queries, layers, heads, skipped
        case attentionClass = "class"
        case scoresWithoutFirst = "scores_without_first"
        case scoresWithoutSinks = "scores_without_sinks"
        case borderSinks = "border_sinks"
        case samplesWithSinks = "samples_with_sinks"
        case imageTokens = "image_tokens"
        case queriesBeforePicture = "queries_before_picture"
        case zeroSystemQueries = "zero_system_queries"
        case undefinedRatios = "undefined_ratios"
        case extremeHeads = "extreme_heads"
    }

    /// The summary of some samples.
    /// - Parameters:
    ///   - results: one per sample, all of one model.
    ///   - skipped: samples that could not be measured.
    ///   - bootstrap: draws the samples again, for the intervals.
    public init(_ results: [SampleResult], skipped: [SkippedSample] = [], bootstrap: Bootstrap = Bootstrap()) {
        // Sums depend on their order in the last bit, and a run that went on later has another order in its file.
        let results = results.sorted { $0.line < $1.line }
        samples = results.count
        scores = ScoreEstimates(results.map(\.vas), bootstrap: bootstrap)
        scoresWithoutFirst = ScoreEstimates(results.map(\.vasWithoutFirst), bootstrap: bootstrap)
        if !results.isEmpty, results.allSatisfy({ $0.sinks != nil }) {
            scoresWithoutSinks = ScoreEstimates(results.compactMap(\.vasWithoutSinks), bootstrap: bootstrap)
            let found = results.compactMap(\.sinks)
            sinks = found.reduce(0) { $0 + $1.count }
            borderSinks = found.reduce(0) { $0 + $1.count(where: \.isBorder) }
            samplesWithSinks = found.count { !$0.isEmpty }
        }
        vas = scores.paper.value
        attentionClass = vas.map { AttentionClass(score: $0) }
        classes = [:]
        for form in ScoreForm.allCases { classes[form.rawValue] = scores[form].value.map { AttentionClass(score: $0) } }
        func sum(_ part: (SampleResult) -> Int) -> Int { results.reduce(0) { $0 + part($1) } }
        tokens = sum(\.tokens)
        imageTokens = sum(\.imageTokens)
        queries = sum(\.queries)
        queriesBeforePicture = sum(\.queriesBeforePicture)
        zeroSystemQueries = sum(\.zeroSystemQueries)
        undefinedRatios = sum(\.undefinedRatios)
        layers = (results.first?.layers ?? []).indices.map { layer in
            LayerAttention(meanOf: results.map { $0.layers[layer] })
        }
        heads = (results.first?.heads ?? []).enumerated().map { layer, heads in
            heads.indices.map { head in results.compactMap { $0.heads[layer][head] }.meanIfAny }
        }
        extremeHeads = heads.joined().count { ($0 ?? 0) > VisualAttentionScore.extremeRatio }
        self.skipped = skipped.sorted { $0.line < $1.line }
    }

    /// The forms that put the model into another class than the paper's form does, with that class.
    public var disagreeing: [(form: ScoreForm, class: AttentionClass)] {
        ScoreForm.allCases.compactMap { form in
            guard let other = classes[form.rawValue], other != attentionClass else { return nil }
            return (form, other)
        }
    }
}

extension LayerAttention {
    /// The mean of a layer over samples.
    fileprivate init(meanOf parts: [LayerAttention]) {
        func mean(_ part: (LayerAttention) -> Double) -> Double { parts.map(part).mean }
        self = parts[0]
        system = mean(\.system)
        first = mean(\.first)
        visual = mean(\.visual)
        user = mean(\.user)
        response = mean(\.response)
        marker = mean(\.marker)
        vas = parts.compactMap(\.vas).meanIfAny
    }
}

extension [Double] {
    /// The mean of numbers of which there is at least one.
    fileprivate var mean: Double { reduce(0, +) / Double(count) }
    /// The mean, nil of none.
    fileprivate var meanIfAny: Double? { isEmpty ? nil : mean }
}
