import Foundation
import SettingsFiles

/// What a file of `avar reproduce` says: data, checkpoints that are made of others, what is measured of them, and how the
/// report reads them.
///
/// Settings of single commands stand in it as those commands take them, with placeholders: `${seed}`, `${folder}` (the folder of
/// the file), `${data.NAME}` (a data set) and `${endpoint}` (of a server that a synthesis needs).
public struct Study: Sendable {
    /// The study's name in the report.
    public let title: String
    /// The folder of the file, from which relative paths start.
    public let folder: URL
    /// Where everything goes.
    public let output: URL
    /// The checkpoint that it begins with: a folder, or a name on the Hub.
    public let model: String
    /// How many times everything that a seed decides is done: with the seeds 1, 2 and so on.
    public let seeds: Int
    /// How many steps are done at one time.
    public let jobs: Int
    /// Threads of every step; nil for as many as the processor has cores.
    public let threads: Int?
    /// Seconds that a step of a kind takes, until steps that were done here say better.
    public let seconds: [String: Double]
    /// The data sets, in their order.
    public let data: [DataSet]
    /// The checkpoints, the first being ``base``.
    public let models: [StudyModel]
    /// What is measured.
    public let measures: [Measure]
    /// How the report reads them.
    public let reading: Reading

    /// The name of the checkpoint that it begins with.
    public static let base = "base"

    /// A data set.
    public struct DataSet: Sendable, Equatable {
        /// Its name in placeholders.
        public let name: String
        /// Where it comes from.
        public let source: Source

        /// Where a data set comes from.
        public enum Source: Sendable, Equatable {
            /// A file or a folder that is there.
            case path(String)
            /// Arguments of `avar`, to which `--output FOLDER` is added.
            case command([String])
            /// Settings of `avar synthesize`, and the arguments of an `avar` that serves meanwhile, to which `--port N` is added.
            case synthesis(SettingsTree, server: [String])
        }
    }

    /// Something that is measured of checkpoints, by a command.
    public struct Measure: Sendable, Equatable {
        /// The command.
        public let kind: MeasureKind
        /// Its options by their names, `_` in place of `-`.
        public let options: SettingsTree
        /// The checkpoints; nil for all.
        public let models: [String]?
    }

    /// A command that measures.
    public enum MeasureKind: String, Sendable, CaseIterable, Codable {
        /// `avar vas`.
        case vas
        /// `avar eval run`.
        case eval
        /// `avar sweep`.
        case sweep
        /// `avar microworld exam`.
        case exam

        /// The words behind `avar`.
        var command: [String] {
            switch self {
            case .vas: ["vas"]
            case .eval: ["eval", "run"]
            case .sweep: ["sweep"]
            case .exam: ["microworld", "exam"]
            }
        }
    }

    /// Which checkpoints the report sets side by side.
    public struct Reading: Sendable, Equatable, Codable {
        /// The form of the score in the ladder and the correlation.
        public let score: String
        /// The paper's rungs in their order: base, + VARD, + AGTO, + VARS.
        public let ladder: [String]
        /// Cold starts beside each other.
        public let coldStarts: [String]
        /// The parts alone and together.
        public let ablation: [String]
        /// The objective's forms.
        public let objectives: [String]
        /// What a reader of the report must not take from it.
        public let cautions: [String]
    }
}

/// A checkpoint of a study.
public struct StudyModel: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// What the report calls it.
    public let title: String
    /// The parts of the method that it has, for the table of the ablation: vard, agto, vars.
    public let parts: [String]
    /// How it comes to be.
    public let origin: Origin

    /// How a checkpoint comes to be.
    public enum Origin: Sendable, Equatable {
        /// It is there: a folder, or a name on the Hub.
        case given(String)
        /// A cold start of another, with settings of `avar sft`.
        case coldStart(from: String, SettingsTree)
        /// A reinforcement of another, with settings of `avar grpo`.
        case reinforcement(from: String, SettingsTree)
    }

    /// The name of the checkpoint that it was made of.
    public var start: String? {
        switch origin {
        case .given: nil
        case .coldStart(let start, _), .reinforcement(let start, _): start
        }
    }
}
