import Foundation
import QwenVL
import VisualAttention

/// One intervention of a sweep, or none.
struct SweepPoint: Codable, Equatable {
    /// In tables, and what tells it from the others.
    let name: String
    var reading: Intervention.Reading?
    var enhance: Double?
    var suppress: Double?
    var preset: Preset?

    /// No intervention: what the others are compared with.
    static let none = SweepPoint(name: "none")

    private init(name: String) { self.name = name }

    init(_ preset: Preset) {
        name = preset.rawValue
        self.preset = preset
    }

    init(reading: Intervention.Reading, enhance: Double, suppress: Double) {
        name = "\(reading.rawValue) +\(enhance.exact) -\(suppress.exact)"
        self.reading = reading
        self.enhance = enhance
        self.suppress = suppress
    }

    /// The intervention in a model, nil for none.
    func intervention(
        for configuration: TextConfiguration, layers: Set<Int>?, heads: Set<Int>?, rows: AttentionModulation.Rows
    ) throws -> Intervention? {
        if let preset { return preset.intervention(layerCount: configuration.layerCount) }
        guard let reading, let enhance, let suppress else { return nil }
        let intervention = try Intervention(
            enhance: enhance, suppress: suppress, reading: reading, layers: layers, heads: heads, rows: rows)
        _ = try intervention.modulation(for: configuration)
        return intervention
    }
}

extension [SweepPoint] {
    /// No intervention, then the paper's with every reading and coefficient, then presets.
    static func sweep(
        readings: [Intervention.Reading], enhance: [Double], suppress: [Double], presets: [Preset]
    ) -> [SweepPoint] {
        let ofPaper = readings.flatMap { reading in
            enhance.flatMap { enhance in
                suppress.map { SweepPoint(reading: reading, enhance: enhance, suppress: $0) }
            }
        }
        return [.none] + ofPaper + presets.map { SweepPoint($0) }
    }

    /// The interventions by the names of the points; it is said how presets are brought to the depth of the model.
    func interventions(
        for configuration: TextConfiguration, layers: Set<Int>? = nil, heads: Set<Int>? = nil,
        rows: AttentionModulation.Rows = .all
    ) throws -> [String: Intervention?] {
        for preset in compactMap(\.preset) {
            if let note = preset.depthNote(layerCount: configuration.layerCount) { Output.note(note) }
        }
        return Dictionary(
            uniqueKeysWithValues: try map {
                ($0.name, try $0.intervention(for: configuration, layers: layers, heads: heads, rows: rows))
            })
    }
}

/// What came of one sample under one intervention.
struct SweepResult: StoredResult {
    /// A sample and an intervention.
    struct Key: Hashable {
        let line: Int
        let point: String
    }

    let line: Int
    let point: String
    /// Of the question's tokens.
    let question: ScoreForms
    /// Of the answer's tokens without the last; nil for an answer of one token.
    let answer: ScoreForms?
    let text: String
    /// Tokens that were decoded after the first, and how long that took.
    let decodedTokens: Int
    let decodeSeconds: Double
    /// Whether the answer is right; nil where the data give none.
    let isRight: Bool?

    private enum CodingKeys: String, CodingKey {
        case line, point, question, answer, text
        case decodedTokens = "decoded_tokens"
        case decodeSeconds = "decode_seconds"
        case isRight = "right"
    }

    var key: Key { Key(line: line, point: point) }
    var kept: SweepResult { self }
}

/// What decides the results of a sweep.
struct SweepSettings: RunSettings {
    let model: MeasurementSettings.Source
    let data: MeasurementSettings.Source
    let points: [SweepPoint]
    /// The layers, heads and rows of the paper's intervention, in words.
    let scope: String
    let maxNewTokens: Int
    let dtype: String
    let device: String
    /// True for the results of `avar demo`, nil for others.
    var isOfDemo: Bool?

    func difference(from earlier: SweepSettings) -> String? {
        let words = Self.words
        func names(_ points: [SweepPoint]) -> String { points.map(\.name).joined(separator: "; ") }
        let differences: [String?] = [
            words("the command was", earlier.command, command),
            model.difference(from: earlier.model, "model"), data.difference(from: earlier.data, "data file"),
            words("the interventions were", names(earlier.points), names(points)),
            words("their layers, heads and rows were", earlier.scope, scope),
            words("--max-new-tokens was", "\(earlier.maxNewTokens)", "\(maxNewTokens)"),
            words("--dtype was", earlier.dtype, dtype), words("--device was", earlier.device, device),
        ]
        return differences.lazy.compactMap { $0 }.first
    }
}
