import ArgumentParser
import Foundation
import QwenVL
import SettingsFiles
import VisualAttention

extension Intervention.Reading: ExpressibleByArgument {}
extension AttentionModulation.Rows: ExpressibleByArgument {}
extension Preset: ExpressibleByArgument {}

/// The intervention in the attention, named by its coefficients or by the method that people compare with.
struct ModulationFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Raise attention on the picture: visual tokens get a factor of 1 plus this. The paper takes 0.15.")
    var enhance: Double?

    @Option(
        parsing: .unconditional,
        help: """
            Lower attention on the system turn: its tokens get a factor of 1 less this; 1 removes them. The paper takes 0, \
            0.05, 0.4 or 0.6.
            """)
    var suppress: Double?

    @Option(
        help: """
            What the factors multiply: the scores before the softmax, the weights after it made to sum to one again \
            (renormalized), or the weights as they are (raw). Default: scores.
            """)
    var modulate: Intervention.Reading?

    @Option(help: "The layers to change, as in 8-15 or 0,4-6, counted from 0, both ends included; all unless given.")
    var layers: NumberList?

    @Option(help: "The query heads to change in those layers, likewise; all unless given.")
    var heads: NumberList?

    @Option(
        help: """
            Whose attention to change: all rows, those after the image, those of the generated tokens, or those that are \
            last while generating. Default: all.
            """)
    var modulateQueries: AttentionModulation.Rows?

    @Option(
        help: """
            A published method with its defaults, its layers scaled by depth: vaf (ClearSight), pai, or vcd. Takes none of \
            the options above.
            """)
    var preset: Preset?

    func validate() throws {
        let details = modulate != nil || layers != nil || heads != nil || modulateQueries != nil
        if preset != nil, details || enhance != nil || suppress != nil {
            throw ValidationError(
                "--preset brings its own coefficients, layers and rows; leave --enhance, --suppress, --modulate, --layers, "
                    + "--heads and --modulate-queries out.")
        }
        if details, enhance == nil, suppress == nil {
            throw ValidationError(
                "--modulate, --layers, --heads and --modulate-queries say how to intervene; give --enhance or --suppress."
            )
        }
    }

    /// The intervention, nil for none; says on standard error which layers a preset takes.
    /// - Throws: `InterventionError` for what cannot be done to this model.
    func intervention(for configuration: TextConfiguration) throws -> Intervention? {
        if let preset {
            let intervention = preset.intervention(layerCount: configuration.layerCount)
            if let note = preset.depthNote(layerCount: configuration.layerCount) { Output.note(note) }
            return intervention
        }
        guard enhance != nil || suppress != nil else { return nil }
        let intervention = try Intervention(
            enhance: enhance ?? 0, suppress: suppress ?? 0, reading: modulate ?? .scores, layers: layers?.numbers,
            heads: heads?.numbers, rows: modulateQueries ?? .all)
        // What the model does not have is said before anything is computed.
        _ = try intervention.modulation(for: configuration)
        return intervention
    }

    /// The intervention in a few words, for tables; nil for none.
    var name: String? {
        if let preset { return preset.rawValue }
        guard enhance != nil || suppress != nil else { return nil }
        var parts = ["\((modulate ?? .scores).rawValue) +\((enhance ?? 0).exact) -\((suppress ?? 0).exact)"]
        if let layers { parts.append("layers \(layers.text)") }
        if let heads { parts.append("heads \(heads.text)") }
        if let modulateQueries, modulateQueries != .all { parts.append("\(modulateQueries.rawValue) rows") }
        return parts.joined(separator: ", ")
    }
}

extension Preset {
    /// Which layers the method takes in a model of another depth than it was published for.
    func depthNote(layerCount: Int) -> String? {
        guard let published = publishedLayers, let own = layers(of: layerCount), let first = own.min(),
            let last = own.max()
        else { return nil }
        let range = first == last ? "layer \(first)" : "layers \(first)-\(last)"
        return
            "\(rawValue): layers \(published.lowerBound)-\(published.upperBound) of \(Self.publishedLayerCount) are \(range) of "
            + "this model's \(layerCount)"
    }
}

/// Numbers and ranges of numbers, as in 0,4-6.
struct NumberList: ExpressibleByArgument {
    /// Counted from 0.
    let numbers: Set<Int>
    /// As it was given.
    let text: String

    init?(argument: String) {
        guard let numbers = Set(ranges: argument) else { return nil }
        self.numbers = numbers
        text = argument
    }
}
