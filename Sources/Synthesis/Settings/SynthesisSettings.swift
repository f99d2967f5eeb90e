import Foundation
import Samples
import SettingsFiles

/// What a synthesis does: data, stages, limits and where it all goes.
public struct SynthesisSettings: Sendable {
    /// Samples, and how many are taken.
    public struct Source: Sendable {
        /// Where questions come from: a data file, a folder, or the microworld.
        public let samples: any SampleSource
        /// The most that are taken; nil for all.
        public let count: Int?
    }

    /// What tokens of a model cost.
    public struct Price: Sendable, Equatable {
        /// A million tokens of prompts, in the currency of the limits.
        public let input: Double
        /// A million tokens of answers.
        public let output: Double

        /// What some tokens cost.
        func cost(prompt: Int, new: Int) -> Double { (Double(prompt) * input + Double(new) * output) / 1e6 }
    }

    /// The most that may be spent on a store altogether, by all of its runs; nil for no limit.
    public struct Caps: Sendable, Equatable {
        /// Requests, repetitions included.
        public var requests: Int?
        /// Tokens of prompts and answers.
        public var tokens: Int?
        /// Cost, in the currency of the prices.
        public var cost: Double?
    }

    /// When an endpoint is left alone for a while.
    public struct Breaker: Sendable, Equatable {
        /// How many failures in a row have an endpoint left alone.
        public var failures: Int
        /// The share of failures among the last ``window`` requests.
        public var share: Double
        /// How many requests the share is taken of.
        public var window: Int
        /// The first pause, in seconds; each further one doubles it.
        public var pause: Double
        /// The pause, in seconds, that doubling does not go beyond.
        public var longestPause: Double
        /// Probes that fail one after the other until the run stops.
        public var probes: Int

        /// When an endpoint is left alone.
        public init(
            failures: Int = 10, share: Double = 0.6, window: Int = 40, pause: Double = 5, longestPause: Double = 120,
            probes: Int = 10
        ) {
            (self.failures, self.share, self.window) = (failures, share, window)
            (self.pause, self.longestPause, self.probes) = (pause, longestPause, probes)
        }
    }

    /// How pictures come into the exported folder.
    public enum PictureTransfer: String, Sendable, CaseIterable {
        /// Their bytes are written again.
        case copy
        /// Hard links where the file system can, copies elsewhere.
        case link
    }

    /// Where the store and the data set go.
    public let output: URL
    /// Where samples come from.
    public let sources: [Source]
    /// The stages in their order.
    public let stages: [StageSettings]
    /// The seed of first attempts.
    public let seed: Int64
    /// How often a stage is asked again with another seed if its reply is empty, cut or malformed.
    public let malformedRetries: Int
    /// How often reasoning and anchors are made again if the judge rejects a sample.
    public let rejectedRetries: Int
    /// When an endpoint is left alone.
    public let breaker: Breaker
    /// What may be spent.
    public let caps: Caps
    /// What models cost, by name.
    public let prices: [String: Price]
    /// After how many seconds without a sign of life a process's samples are taken over.
    public let leaseSeconds: Double
    /// How long requests under way are waited for when the run is stopped, in seconds.
    public let graceSeconds: Double
    /// What the exported set is called in dataset_info.json.
    public let datasetName: String
    /// What stands behind each question in the exported set.
    public let instruction: String
    /// How pictures come into the exported folder.
    public let pictureTransfer: PictureTransfer
    /// The settings of the judge, which is built by whoever reads ``SynthesisSettings/init(contentsOf:named:gates:)``.
    public static let gatesKey = "gates"

    /// What stands behind each question unless the settings say otherwise.
    public static let defaultInstruction =
        "Think about the picture and the question first, then answer. Put your reasoning between <think> and "
        + "</think> and the final answer between <answer> and </answer>."

    /// Reads settings.
    /// - Parameters:
    ///   - url: a YAML file; paths in it start from its folder.
    ///   - named: finds samples that are no file, by their name; nil for others.
    ///   - gates: reads the section `gates`, which this module does not know; must read all its settings.
    /// - Throws: `SettingsError` about the file, the line and the setting; ``SynthesisError`` about a prompt; what
    ///   opening the data throws.
    public init(
        contentsOf url: URL, named: (String) throws -> (any SampleSource)? = { _ in nil },
        gates: (SettingsSection) throws -> Void = { _ in }
    ) throws {
        try self.init(
            SettingsFile(contentsOf: url).root, folder: url.deletingLastPathComponent(), named: named, gates: gates)
    }

    /// Reads settings from a text.
    /// - Parameters:
    ///   - text: YAML.
    ///   - folder: where relative paths start.
    ///   - named: finds samples that are no file, by their name; nil for others.
    ///   - gates: reads the section `gates`.
    /// - Throws: as ``init(contentsOf:named:gates:)``.
    public init(
        text: String, folder: URL, named: (String) throws -> (any SampleSource)? = { _ in nil },
        gates: (SettingsSection) throws -> Void = { _ in }
    ) throws {
        try self.init(
            SettingsFile(text: text, path: "the settings").root, folder: folder, named: named, gates: gates)
    }

    private init(
        _ root: SettingsSection, folder: URL, named: (String) throws -> (any SampleSource)?,
        gates: (SettingsSection) throws -> Void
    ) throws {
        // A relative path takes the place of a last part that is not known to be a folder.
        let folder = URL(fileURLWithPath: folder.path, isDirectory: true)
        func place(_ path: String) -> URL { URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL }
        output = place(try root.text("output"))
        seed = Int64(try root.integer("seed", default: 1, in: 0...(1 << 52)))
        sources = try root.list("data").map { section in
            let path = try section.text("path")
            let count = try section.optionalInteger("count", in: 1...100_000_000)
            if let made = try named(path) {
                guard count != nil else {
                    throw section.refuse("count", "is missing: how many of \(path) there are to be")
                }
                return Source(samples: made, count: count)
            }
            let name = try section.has("name") ? section.text("name") : nil
            return Source(samples: try SampleFiles.source(place(path).path, named: name), count: count)
        }
        guard !sources.isEmpty else { throw root.refuse("data", "must name one file of questions at least") }

        let stages = try root.section("stages")
        let seed = seed
        self.stages = try Stage.allCases.map { stage in
            guard stages.has(stage.rawValue) else {
                throw stages.refuse(stage.rawValue, "is missing: where, and of which model, this stage asks")
            }
            return try StageSettings(stage, stages.section(stage.rawValue), seed: seed, folder: folder)
        }

        let retries = try root.section("retries")
        malformedRetries = try retries.integer("malformed", default: 2, in: 0...100)
        rejectedRetries = try retries.integer("rejected", default: 2, in: 0...100)

        let breaker = try root.section("breaker")
        self.breaker = Breaker(
            failures: try breaker.integer("failures", default: 10, in: 1...1_000_000),
            share: try breaker.number("share", default: 0.6, in: 0.01...1),
            window: try breaker.integer("window", default: 40, in: 2...1_000_000),
            pause: try breaker.number("pause", default: 5, in: 0.001...3600),
            longestPause: try breaker.number("longest_pause", default: 120, in: 0.001...86_400),
            probes: try breaker.integer("probes", default: 10, in: 1...1_000_000))

        let limits = try root.section("limits")
        caps = Caps(
            requests: try limits.optionalInteger("requests", in: 0...Int.max),
            tokens: try limits.optionalInteger("tokens", in: 0...Int.max),
            cost: try limits.optionalNumber("cost", in: 0...1e12))
        prices = try Self.prices(root.list("prices"))
        for stage in self.stages where caps.cost != nil && prices[stage.model] == nil {
            throw limits.refuse("cost", "needs the price of \(stage.model), which 'prices' does not name")
        }

        let running = try root.section("running")
        leaseSeconds = try running.number("lease", default: 30, in: 0.2...86_400)
        graceSeconds = try running.number("grace", default: 60, in: 0...86_400)

        let dataset = try root.section("dataset")
        datasetName = try dataset.text("name", default: "vard")
        guard !datasetName.isEmpty, datasetName.allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) }),
            !datasetName.hasPrefix(".")
        else { throw dataset.refuse("name", "must be made of letters, digits, '_', '-' and '.'") }
        instruction = try dataset.text("instruction", default: Self.defaultInstruction)
        pictureTransfer = try dataset.choice("pictures", default: .copy)
        try gates(root.section(Self.gatesKey))
        try root.finish()
    }

    private static func prices(_ sections: [SettingsSection]) throws -> [String: Price] {
        var prices: [String: Price] = [:]
        for section in sections {
            let model = try section.text("model")
            guard prices[model] == nil else { throw section.refuse("model", "'\(model)' has a price already") }
            prices[model] = Price(
                input: try section.number("input", in: 0...1e9), output: try section.number("output", in: 0...1e9))
        }
        return prices
    }

    /// What a stage asks and how.
    public func settings(of stage: Stage) -> StageSettings {
        guard let found = stages.first(where: { $0.stage == stage }) else {
            preconditionFailure("every stage is read with the settings")
        }
        return found
    }
}
