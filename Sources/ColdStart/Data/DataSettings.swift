import Foundation
import QwenVL
import Samples
import SettingsFiles

/// How training data are taken.
public struct DataSettings: Sendable, Equatable {
    /// What a sample that cannot be used does.
    public enum BadSample: String, Sendable, CaseIterable {
        /// It ends everything, before the first step.
        case fail
        /// It is left out and listed.
        case skip
    }

    /// How closely pictures are looked at before the first step.
    public enum PictureCheck: String, Sendable, CaseIterable {
        /// They are decoded, every one.
        case decode
        /// Their headers are read; what is damaged behind them shows when its step comes.
        case header
    }

    /// Which system turn a conversation begins with.
    public enum System: Sendable, Equatable {
        /// Its own, or the chat template's if it has none.
        case keep
        /// None at all, as the chat template itself never has it.
        case none
        /// This one, whatever it has.
        case text(String)

        /// Reads `system`: `keep`, `none`, or a text.
        /// - Parameter section: where it stands.
        /// - Throws: `SettingsError`, naming the line.
        package init(_ section: SettingsSection) throws {
            self =
                switch try section.text("system", default: "keep") {
                case "keep": .keep
                case "none": .none
                case let text: .text(text)
                }
        }

        /// A sample's turns with this one.
        package func turns(of sample: Sample) -> [Sample.Turn] {
            switch self {
            case .keep: sample.turns
            case .none: sample.turns.filter { $0.role != .system }
            case .text(let text):
                [Sample.Turn(role: .system, content: [.text(text)])] + sample.turns.filter { $0.role != .system }
            }
        }

        /// As settings say it.
        package var text: String {
            switch self {
            case .keep: "keep"
            case .none: "none"
            case .text(let text): text
            }
        }
    }

    /// The most tokens of a sample; a longer one is left out and counted, never cut.
    public var maximumTokens: Int
    /// What a sample that cannot be used does.
    public var onBadSample: BadSample
    /// Which system turn a conversation begins with.
    public var system: System
    /// How closely pictures are looked at before the first step.
    public var checkPictures: PictureCheck

    /// How training data are taken.
    /// - Parameters:
    ///   - maximumTokens: the most tokens of a sample.
    ///   - onBadSample: what a sample that cannot be used does.
    ///   - system: which system turn a conversation begins with.
    ///   - checkPictures: how closely pictures are looked at before the first step.
    public init(
        maximumTokens: Int, onBadSample: BadSample = .fail, system: System = .keep,
        checkPictures: PictureCheck = .decode
    ) {
        (self.maximumTokens, self.onBadSample) = (maximumTokens, onBadSample)
        (self.system, self.checkPictures) = (system, checkPictures)
    }

    /// Reads `maximum_tokens`, `on_bad_sample`, `system` and `check_pictures`.
    /// - Parameters:
    ///   - section: where they stand.
    ///   - maximumTokens: what `maximum_tokens` is unless given; nil if it must be.
    /// - Throws: `SettingsError`, naming the line.
    public init(_ section: SettingsSection, maximumTokens: Int? = nil) throws {
        self.maximumTokens = try section.integer("maximum_tokens", default: maximumTokens, in: 1...Int.max)
        onBadSample = try section.choice("on_bad_sample", default: .fail)
        checkPictures = try section.choice("check_pictures", default: .decode)
        system = try System(section)
    }

    /// A sample's turns as they are learned from.
    func turns(of sample: Sample) -> [Sample.Turn] { system.turns(of: sample) }
}

/// Samples that are learned from, and how often.
public struct WeightedSource: Sendable {
    /// Where the samples come from: a data file, a folder of them, or samples made as they are wanted.
    public var source: any SampleSource
    /// What share of the samples it gives, beside those of the others; nil for as many as it has.
    public var weight: Double?
    /// The path it was found under.
    public var path = ""
    /// The entry of the dataset_info.json there, if it is one.
    public var entry: String?

    /// Samples that are learned from.
    /// - Parameters:
    ///   - source: the samples.
    ///   - weight: what share it gives, beside those of the others.
    public init(_ source: any SampleSource, weight: Double? = nil) {
        (self.source, self.weight, path) = (source, weight, source.name)
    }

    /// Reads a list of sources, each with `path`, and `name` and `weight` if wanted.
    /// - Parameters:
    ///   - sections: the list.
    ///   - folder: where relative paths start.
    /// - Returns: the sources in their order.
    /// - Throws: `SettingsError`, naming the line; what opening the files throws.
    public static func list(_ sections: [SettingsSection], relativeTo folder: URL) throws -> [WeightedSource] {
        try sections.map { section in
            let given = try section.text("path")
            let path = given.hasPrefix("/") ? given : folder.appendingPathComponent(given).path
            let name = try section.has("name") ? section.text("name") : nil
            let weight = try section.has("weight") ? section.number("weight") : nil
            if weight == 0 { throw section.refuse("weight", "is 0; leave the source out") }
            var source = WeightedSource(try SampleFiles.source(path, named: name), weight: weight)
            (source.path, source.entry) = (path, name)
            return source
        }
    }
}
