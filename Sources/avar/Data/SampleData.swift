import Crypto
import Evaluation
import Foundation
import Microworld
import Samples

/// What `--data` names: a file, or questions of the microworld.
protocol SampleData: SampleSource {
    /// How many samples are taken unless `--limit` says; nil for all.
    var defaultLimit: Int? { get }

    /// When an answer is right, as a sentence.
    var rule: String { get }

    /// What it is, and how it is recognised by a later run.
    func settings() throws -> MeasurementSettings.Source

    /// What an answer to a sample is worth.
    /// - Parameters:
    ///   - text: the answer.
    ///   - sample: what was asked.
    ///   - number: its place among the samples, from 1.
    /// - Returns: nil if the data give no answer.
    func verdict(on text: String, to sample: Sample, number: Int) -> Verdict?
}

/// What an answer is worth.
struct Verdict: Equatable {
    let isRight: Bool
    /// Whether it could be read as an answer at all; nil where any text is one.
    let isReadable: Bool?
}

/// Finds what `--data` names.
enum DataName {
    /// The explanation of `--data`.
    static let help =
        "The data: JSON lines, a JSON list or Parquet in sharegpt or problem form, a benchmark's file (VLMEvalKit's TSV, the Hub's "
        + "Parquet), or a folder of such; or microworld, or microworld:SPLIT, which takes no file."

    /// Opens a data file, or the microworld; a file that is called so is named with its folder, `./microworld`.
    static func open(_ text: String) throws -> any SampleData {
        if let world = try MicroworldData(named: text) { return world }
        if let benchmark = try BenchmarkFile.ifRecognised(text) { return FileData(source: benchmark, path: text) }
        return FileData(source: try SampleFiles.source(text), path: text)
    }
}

extension SampleData {
    /// The numbers of the first samples.
    /// - Parameter limit: how many; as many as the data say unless given.
    /// - Returns: at least one number.
    /// - Throws: a sentence if there are none.
    func numbers(limit: Int?) throws -> [Int] {
        let numbers = try entries().prefix(limit ?? defaultLimit ?? .max).map(\.number)
        guard !numbers.isEmpty else { throw SampleError.content("\(name) has no samples") }
        return numbers
    }
}

/// A data file, or a folder of them.
struct FileData: SampleData {
    let source: any SampleSource
    /// As it was given.
    let path: String

    var name: String { source.name }
    var files: [URL] { source.files }
    var defaultLimit: Int? { nil }
    var rule: String { Self.rule }

    /// When an answer to a question of a file is right.
    static let rule = "An answer is right if it is the data file's, letter case and a full stop aside."

    func entries() throws -> SampleEntries { try source.entries() }

    func settings() throws -> MeasurementSettings.Source {
        let digests = try source.files.map { try Fingerprint.file($0) }
        guard digests.count != 1 else { return .init(path: source.name, fingerprint: digests[0]) }
        let all = SHA256.hash(data: Data(digests.joined(separator: "\n").utf8))
        return .init(path: source.name, fingerprint: all.map { String(format: "%02x", $0) }.joined())
    }

    /// Of both texts the final answer counts; none is never right.
    func verdict(on text: String, to sample: Sample, number: Int) -> Verdict? {
        sample.answer.map { answer in
            let (given, right) = (Self.final(in: text), Self.final(in: answer))
            return Verdict(isRight: !given.isEmpty && given == right, isReadable: nil)
        }
    }

    private static func final(in text: String) -> String {
        AnswerReading.final(in: text).map(AnswerReading.plain) ?? ""
    }
}
