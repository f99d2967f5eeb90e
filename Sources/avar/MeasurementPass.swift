import ArgumentParser
import Foundation
import Images
import QwenVL
import Samples
import VisualAttention

/// A sample's result, and the masses it was made of.
struct MeasuredSample {
    let result: SampleResult
    let measurement: AttentionMeasurement
}

/// One pass over the samples of a data file: what is done already is left alone, what is measured is kept at once.
struct MeasurementPass {
    /// Samples that could not be measured, in the order of the file.
    private(set) var skipped: [SkippedSample] = []

    private let file: SampleFile
    private let numbers: [Int]
    private let folder: MeasurementFolder?
    private let skipsBad: Bool
    private let writesMasses: Bool
    private var results: [Int: SampleResult]
    private var measured = 0
    private var progress: Progress
    private let began = ContinuousClock.now

    /// A pass over the samples with some numbers, which are the first of the file.
    init(_ file: SampleFile, numbers: [Int], folder: MeasurementFolder?, skipsBad: Bool, writesMasses: Bool) {
        self.file = file
        self.numbers = numbers
        self.folder = folder
        self.skipsBad = skipsBad
        self.writesMasses = writesMasses
        results = folder?.results ?? [:]
        let done = numbers.count { folder?.results[$0] != nil }
        progress = Progress("samples", total: numbers.count, done: done)
        if done > 0 { Output.note("\(done) of \(numbers.count) samples were measured before.") }
    }

    /// Measures the samples that are not done.
    /// - Parameter measure: gives the result of one; what it throws is its sample's fault if it is about data.
    /// - Throws: what is wrong with the first bad sample unless these are skipped; `ExitCode` 130 after Ctrl-C.
    mutating func run(_ measure: (SampleEntry, () -> Bool) throws -> MeasuredSample) throws {
        let interrupt = Interrupt()
        defer { interrupt.end() }
        for entry in try file.entries().prefix(numbers.count) where results[entry.number] == nil {
            if interrupt.isRequested { try stop() }
            do {
                let sample = try entry.naming { try measure(entry) { interrupt.isRequested } }
                try keep(sample)
            } catch SampleError.entry(_, let cause) where cause is CancellationError {
                try stop()
            } catch SampleError.entry(let place, let cause) where Self.isFaultOfData(cause) {
                guard skipsBad else {
                    progress.finish()
                    throw BadSample(place: place, cause: cause)
                }
                try skip(entry, because: cause)
            } catch {
                progress.finish()
                throw error
            }
            progress.advance()
        }
        progress.finish()
    }

    /// The results to be summed up, without the parts that a summary does not need.
    /// - Throws: a sentence if there are none.
    func countedResults() throws -> [SampleResult] {
        let counted = numbers.compactMap { results[$0] }
        guard counted.isEmpty, let first = skipped.first else { return counted }
        throw SampleError.content(
            "None of the \(numbers.count) samples of \(file.url.path) could be measured; what is wrong with the first, number "
                + "\(first.line): \(first.reason.hasSuffix(".") ? String(first.reason.dropLast()) : first.reason)")
    }

    /// What the work has cost, and what was left out.
    var closingNote: String {
        let seconds = began.duration(to: .now).seconds
        let left = skipped.isEmpty ? "" : ", \(skipped.count) left out"
        return
            "\(measured) samples measured in \(seconds.fixed(1)) s (\((Double(measured) / max(seconds, 1e-9)).fixed(2)) per "
            + "second)\(left), peak memory \(System.peakResidentMiB) MiB"
    }

    private mutating func keep(_ sample: MeasuredSample) throws {
        if let folder {
            if writesMasses { try folder.write(masses: sample.measurement, of: sample.result) }
            try folder.append(sample.result)
        }
        var result = sample.result
        (result.tokenTexts, result.text) = (nil, nil)
        results[result.line] = result
        measured += 1
    }

    private mutating func skip(_ entry: SampleEntry, because cause: any Error) throws {
        let sample = SkippedSample(line: entry.number, reason: cause.localizedDescription)
        try folder?.append(sample)
        skipped.append(sample)
        progress.note("\(entry.place) is left out: \(sample.reason)")
    }

    private mutating func stop() throws -> Never {
        progress.finish()
        let done = numbers.count { results[$0] != nil }
        Output.note(
            "Stopped with \(done) of \(numbers.count) samples measured. "
                + (folder == nil
                    ? "Nothing is kept without --output." : "The same command goes on where this one was."))
        throw ExitCode(130)
    }

    /// Whether it is the sample that cannot be measured, not the machine that cannot go on.
    private static func isFaultOfData(_ error: any Error) -> Bool {
        error is SampleError || error is ImageError || error is QwenVLError || error is MeasurementError
    }
}

/// A sample that cannot be measured, and ends the run.
private struct BadSample: Error, LocalizedError {
    let place: String
    let cause: any Error

    var errorDescription: String? { "\(place): \(cause.localizedDescription) (--skip-bad goes on without it.)" }
}

/// A model that is opened when it is first needed.
final class OpenedAssistant {
    private var assistant: VisualAssistant?

    /// The model, opened by `open` the first time.
    func assistant(_ open: () throws -> VisualAssistant) throws -> VisualAssistant {
        if let assistant { return assistant }
        let new = try open()
        assistant = new
        return new
    }
}
