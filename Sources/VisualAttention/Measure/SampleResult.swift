import QwenVL
import Tokenization

/// What was measured of one sample: a line of `samples.jsonl`, all that a ``DatasetSummary`` is made of.
public struct SampleResult: Sendable, Equatable, Codable {
    /// What the data file calls the sample, if anything.
    public var id: String?
    /// Its line in the data file, or its item in a list, counted from 1.
    public var line: Int
    /// Tokens that were read; of a generated answer the prompt's.
    public var tokens: Int
    /// Visual tokens among them.
    public var imageTokens: Int
    /// Tokens that were asked where they look.
    public var queries: Int
    /// Tokens that were not, because they stand before the first picture.
    public var queriesBeforePicture: Int
    /// Queries of which some head gives the system turn nothing.
    public var zeroSystemQueries: Int
    /// Ratios of a layer, head and query that are left out because the system turn, or for the logarithm the picture, got
    /// nothing.
    public var undefinedRatios: Int
    /// The Visual Attention Score in its four forms.
    public var vas: ScoreForms
    /// The score with position 0, the usual attention sink, left out of the system turn.
    public var vasWithoutFirst: ScoreForms
    /// The attention sinks among the visual tokens; nil if they were not looked for.
    public var sinks: [PatchSink]?
    /// The score with the attention on those sinks left out of the picture's; nil if they were not looked for.
    public var vasWithoutSinks: ScoreForms?
    /// Layer by layer, means over heads and queries.
    public var layers: [LayerAttention]
    /// The paper's form of every layer and head, `[layers][heads]`; nil where not defined.
    public var heads: [[Double?]]
    /// Along the tokens of an answer the score in the reward's form; nil where the user's tokens were asked.
    public var tokenScores: [Double]?
    /// The text of each token that has an entry in ``tokenScores``.
    public var tokenTexts: [String]?
    /// The answer, if it was generated.
    public var text: String?

    private enum CodingKeys: String, CodingKey {
        case id, line, tokens, queries, vas, sinks, layers, heads, text
        case imageTokens = "image_tokens"
        case queriesBeforePicture = "queries_before_picture"
        case zeroSystemQueries = "zero_system_queries"
        case undefinedRatios = "undefined_ratios"
        case vasWithoutFirst = "vas_without_first"
        case vasWithoutSinks = "vas_without_sinks"
        case tokenScores = "token_vas"
        case tokenTexts = "token_texts"
    }

    /// The result of one sample.
    /// - Parameters:
    ///   - measurement: what its queries pay to each group; at least one query.
    ///   - line: its line in the data file.
    ///   - id: what the data file calls it.
    ///   - tokenizer: to give the tokens of an answer with their scores; nil where the user's tokens were asked.
    public init?(_ measurement: AttentionMeasurement, line: Int, id: String?, tokenizer: Tokenizer?) {
        let mass = measurement.mass
        guard let score = VisualAttentionScore(mass), let without = VisualAttentionScore(mass, countsFirstToken: false)
        else {
            return nil
        }
        self.id = id
        self.line = line
        tokens = measurement.input.inputIDs.count
        imageTokens = measurement.input.roles.count { $0 == .image }
        queries = mass.queryCount
        queriesBeforePicture = measurement.queriesBeforePicture
        zeroSystemQueries = mass.queriesWithoutSystemMass
        undefinedRatios = score.undefinedRatios
        vas = ScoreForms(score)
        vasWithoutFirst = ScoreForms(without)
        sinks = measurement.sinks?.sinks
        vasWithoutSinks = measurement.sinks.flatMap { VisualAttentionScore($0.massWithout) }.map { ScoreForms($0) }
        layers = mass.layers(score)
        heads = mass.headScores
        tokenScores = tokenizer == nil ? nil : mass.queryScores
        tokenTexts = tokenizer.map { tokenizer in measurement.queryTokenIDs.map { tokenizer.decode([$0]) } }
        text = measurement.text
    }
}

extension AttentionMass {
    /// The score in the paper's form for every layer and head: the mean ratio over the queries that give the system turn
    /// anything; nil if none does. `[layers][heads]`
    public var headScores: [[Double?]] {
        (0..<layerCount).map { layer in
            (0..<headCount).map { head in
                let ratios = (0..<queryCount).compactMap { query -> Double? in
                    let system = self[layer, head, query, .system]
                    return system > 0 ? self[layer, head, query, .visual] / system : nil
                }
                return ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
            }
        }
    }

    /// The score in the reward's form for every query: per layer masses averaged over heads, then divided (with 1e-6 added to
    /// the system's), then averaged over layers. `[queries]`
    public var queryScores: [Double] {
        (0..<queryCount).map { query in
            let ratios = (0..<layerCount).map { layer -> Double in
                let (visual, system) = (0..<headCount).reduce((0.0, 0.0)) { sums, head in
                    (sums.0 + self[layer, head, query, .visual], sums.1 + self[layer, head, query, .system])
                }
                let heads = Double(headCount)
                return (visual / heads) / (system / heads + VisualAttentionScore.rewardEpsilon)
            }
            return ratios.reduce(0, +) / Double(max(1, layerCount))
        }
    }

    /// How many queries have a layer and head that give the system turn nothing at all.
    public var queriesWithoutSystemMass: Int {
        (0..<queryCount).count { query in
            (0..<layerCount).contains { layer in
                (0..<headCount).contains { self[layer, $0, query, .system] <= 0 }
            }
        }
    }
}
