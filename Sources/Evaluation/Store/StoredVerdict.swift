import Foundation
import Scoring

/// What one reading makes of one answer.
public struct StoredVerdict: Sendable, Equatable {
    /// The answer that was read.
    public var key: AnswerKey
    /// The name of the reading, as `strict` or `reference`.
    public var reading: String
    /// What it found, and whether that is right.
    public var judgement: Judgement

    /// What one reading makes of one answer.
    public init(_ key: AnswerKey, reading: String, _ judgement: Judgement) {
        self.key = key
        self.reading = reading
        self.judgement = judgement
    }
}

/// What a judge said to one request.
public struct JudgeReply: Sendable, Equatable {
    /// SHA-256 of everything that was asked, in hexadecimal.
    public var digest: String
    /// The judge's model.
    public var model: String
    /// Its words, unchanged.
    public var words: String
    /// How often the request was sent until it was answered.
    public var tries: Int
    /// How long that took, in seconds.
    public var seconds: Double
    /// When the words came, in whole seconds.
    public var time: Date

    /// What a judge said.
    public init(digest: String, model: String, words: String, tries: Int, seconds: Double, time: Date) {
        self.digest = digest
        self.model = model
        self.words = words
        self.tries = tries
        self.seconds = seconds
        self.time = time
    }
}
