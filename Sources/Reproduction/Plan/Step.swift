import Foundation

/// One command of a study, with everything that decides what comes of it.
public struct Step: Sendable {
    /// What kind of work it is.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// A data set that a command makes.
        case data
        /// A data set that is synthesized.
        case synthesize
        /// A cold start.
        case sft
        /// A reinforcement.
        case grpo
        /// Adapters merged into their checkpoint.
        case merge
        /// The Visual Attention Score of a checkpoint.
        case vas
        /// Its answers to benchmarks.
        case eval
        /// Its answers under interventions.
        case sweep
        /// Its answers with the picture, another's, and none.
        case exam
        /// Score against accuracy over all checkpoints.
        case correlate

        init(_ measure: Study.MeasureKind) {
            switch measure {
            case .vas: self = .vas
            case .eval: self = .eval
            case .sweep: self = .sweep
            case .exam: self = .exam
            }
        }
    }

    /// Its name, such as `vard.sft.1`: the data set or checkpoint, the kind, and the seed if it depends on one.
    public let name: String
    /// What kind of work it is.
    public let kind: Kind
    /// The data set or the checkpoint that it is about.
    public let subject: String
    /// The seed that it depends on.
    public let seed: Int?
    /// The names of the steps whose results it takes.
    public let inputs: [String]
    /// A hash of its settings, of the files it reads and of its inputs' keys: with the same key it need not be done again.
    public let key: String
    /// Its folder.
    public let folder: URL
    /// The arguments of `avar`.
    public let arguments: [String]
    /// Files that are written into its folder before it begins, by their names.
    public let files: [String: String]
    /// The file or folder in its folder that must be there when it is done.
    public let result: String
    /// The arguments of an `avar` that serves meanwhile; none for most.
    public let server: [String]
    /// Files that it reads and that are not there: it can be planned, and not done.
    public let missing: [String]

    /// Where the result lies.
    public var resultURL: URL { folder.appendingPathComponent(result) }
    /// What it said on standard error.
    public var log: URL { folder.appendingPathComponent("log.txt") }
    /// What it said on standard output.
    public var output: URL { folder.appendingPathComponent("output.json") }
}
