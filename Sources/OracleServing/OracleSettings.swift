import Foundation

/// How an oracle answers.
public struct OracleSettings: Sendable, Equatable {
    /// What decides every choice of words: the seed of the oracle.
    public var seed: UInt64 = 0
    /// How many texts there are about the same question; a request's seed chooses one.
    ///
    /// Texts are known again by being written again, so there must not be too many.
    public var variants = 16
    /// The share of answers with a slip that gates are to catch, 0 to 1.
    public var slips = 0.0
    /// How long an answer takes, in seconds.
    public var seconds = 0.0

    /// Settings, all with their defaults.
    public init() {}

    /// Refuses settings that cannot be meant.
    /// - Throws: ``OracleError``.
    public func validate() throws {
        guard (1...1000).contains(variants) else { throw OracleError.setting("The variants must be 1 to 1000.") }
        guard (0...1).contains(slips) else {
            throw OracleError.setting("The share of slips must be 0 to 1, got \(slips).")
        }
        guard (0...3600).contains(seconds) else {
            throw OracleError.setting("An answer must take 0 to 3600 s, got \(seconds).")
        }
    }
}

/// Why an oracle cannot begin.
public enum OracleError: Error, LocalizedError, Equatable {
    /// A setting that cannot be meant.
    case setting(String)

    /// What is wrong with the settings, in one sentence.
    public var errorDescription: String? {
        switch self {
        case .setting(let sentence): sentence
        }
    }
}

/// What is wrong with an answer on purpose.
enum OracleSlip: CaseIterable {
    /// The final answer is wrong.
    case wrongAnswer
    /// The text names the description that it was made from.
    case leak
    /// No sentence looks at the picture.
    case noAnchors
}
