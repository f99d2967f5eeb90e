import Foundation
import Samples

/// Questions of a benchmark in their order, read or made as they are wanted.
///
/// It is a source of samples as well: each question as the prompt of ``sampleStyle``, with the right answer as the turn of an assistant.
public protocol BenchmarkSource: SampleSource {
    /// The set that they are of.
    var set: BenchmarkSet { get }

    /// How questions are put where they are read as samples.
    var sampleStyle: PromptStyle { get set }

    /// The questions from the beginning on.
    /// - Returns: a sequence that reads or makes them as it goes.
    /// - Throws: `SampleError`, `ParquetError` or ``BenchmarkError`` if there is nothing to read.
    func questions() throws -> BenchmarkQuestions
}

extension BenchmarkSource {
    /// The questions as samples.
    /// - Returns: a sequence that reads them as it goes.
    /// - Throws: as ``questions()``.
    public func entries() throws -> SampleEntries {
        let (questions, style) = (try questions(), sampleStyle)
        return SampleEntries {
            questions.next().map { entry in
                SampleEntry(number: entry.number, place: entry.place) {
                    let kept = entry.kept
                    return { try kept.question().sample(style) }
                } read: {
                    try entry.question().sample(style)
                }
            }
        }
    }
}

/// Questions in their order, each read when its turn comes.
///
/// It belongs to whoever goes through it, on one thread at a time.
public final class BenchmarkQuestions: Sequence, IteratorProtocol {
    /// How many rows so far have no picture; they are no questions.
    public private(set) var withoutPicture = 0
    /// How many rows so far are of another version of the benchmark (of MathVerse five lie in one file).
    public private(set) var ofOtherVersions = 0

    private let body: (BenchmarkQuestions) -> BenchmarkEntry?

    init(_ next: @escaping (BenchmarkQuestions) -> BenchmarkEntry?) { body = next }

    /// The next question's place.
    /// - Returns: nil at the end.
    public func next() -> BenchmarkEntry? { body(self) }

    func leaveOut(_ fate: RowFate) {
        if fate == .noPicture { withoutPicture += 1 }
        if fate == .otherVersion { ofOtherVersions += 1 }
    }
}

/// A question's place in its source; what lies there is looked at when it is asked for, from any thread.
public struct BenchmarkEntry: Sendable {
    /// The row, line or item of the file, or the question of the microworld, counted from 1.
    public let number: Int
    /// For messages: `Row 3 of MMStar.tsv`.
    public let place: String

    private let read: @Sendable () throws -> BenchmarkQuestion
    private let keep: (@Sendable () -> @Sendable () throws -> BenchmarkQuestion)?

    init(
        number: Int, place: String, keep: (@Sendable () -> @Sendable () throws -> BenchmarkQuestion)? = nil,
        read: @escaping @Sendable () throws -> BenchmarkQuestion
    ) {
        (self.number, self.place, self.keep, self.read) = (number, place, keep, read)
    }

    /// The same place without anything that has been read ahead, so that those of a large file can all be kept.
    public var kept: BenchmarkEntry {
        keep.map { BenchmarkEntry(number: number, place: place, read: $0()) } ?? self
    }

    /// Reads the question; its pictures are not decoded.
    /// - Returns: the question.
    /// - Throws: `SampleError.entry`, which says where and what is wrong.
    public func question() throws -> BenchmarkQuestion {
        do {
            return try read()
        } catch {
            throw SampleError.entry(place: place, cause: error)
        }
    }
}
