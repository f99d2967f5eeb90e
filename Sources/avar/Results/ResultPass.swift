import ArgumentParser
import Foundation
import Images
import QwenVL
import Samples
import VisualAttention

/// One pass over the first samples of a source: what is done already is left alone, what is measured is kept at once.
struct ResultPass<Settings: RunSettings, Result: StoredResult> {
    /// Samples that could not be measured, in their order.
    private(set) var skipped: [SkippedSample] = []

    private let source: any SampleSource
    private let numbers: [Int]
    /// Those of which something is measured.
    private let asked: [Int]
    private let keys: (Int) -> [Result.Key]
    private let folder: ResultFolder<Settings, Result>?
    private let skipsBad: Bool
    private let title: String
    private let interrupt: Interrupt?
    private var results: [Result.Key: Result]
    private var measured = 0
    private var progress: Progress
    private let began = ContinuousClock.now

    /// A pass over some samples.
    /// - Parameters:
    ///   - source: the samples.
    ///   - numbers: theirs; they are the first of the source.
    ///   - folder: keeps the results, if given.
    ///   - skipsBad: whether samples that cannot be measured are left out.
    ///   - title: what progress calls the samples.
    ///   - interrupt: a wish to stop that others look at as well; one of its own unless given.
    ///   - keys: what is measured of each sample.
    init(
        _ source: any SampleSource, numbers: [Int], folder: ResultFolder<Settings, Result>?, skipsBad: Bool,
        title: String = "samples", interrupt: Interrupt? = nil,
        keys: @escaping (Int) -> [Result.Key]
    ) {
        self.source = source
        self.numbers = numbers
        self.keys = keys
        self.folder = folder
        self.skipsBad = skipsBad
        self.title = title
        self.interrupt = interrupt
        results = folder?.results ?? [:]
        asked = numbers.filter { !keys($0).isEmpty }
        let known = results
        let done = asked.count { keys($0).allSatisfy { known[$0] != nil } }
        progress = Progress(title, total: asked.count, done: done)
        if done > 0 { Output.note("\(done) of \(asked.count) \(title) were measured before.") }
    }

    private func isDone(_ number: Int) -> Bool { keys(number).allSatisfy { results[$0] != nil } }

    /// A result that is missing, and the sample that it is of.
    typealias Job = (entry: SampleEntry, key: Result.Key)

    /// Measures what is not done.
    /// - Parameters:
    ///   - tool: makes what measuring needs, such as the model, when the first result is missing; what it throws is no
    ///     sample's fault.
    ///   - measure: gives one result; what it throws is its sample's fault if it is about data.
    /// - Throws: what `tool` throws; what is wrong with the first bad sample unless these are skipped; `ExitCode` 130
    ///   after Ctrl-C.
    mutating func run<Tool>(
        with tool: () throws -> Tool, _ measure: (Tool, SampleEntry, Result.Key, () -> Bool) throws -> Result
    ) throws {
        try run(with: tool, together: 1) { tool, tasks, shouldStop in
            try tasks.map { task in
                try task.entry.naming { try measure(tool, task.entry, task.key, shouldStop) }
            }
        }
    }

    /// Measures what is not done, several results at a time.
    /// - Parameters:
    ///   - tool: as above.
    ///   - count: how many results are asked for together, of one sample or of several.
    ///   - measure: gives the results in the order of the tasks; where it throws because of data, each task is tried by
    ///     itself, to find the one that is to blame.
    /// - Throws: as above.
    mutating func run<Tool>(
        with tool: () throws -> Tool, together count: Int,
        _ measure: (Tool, [Job], @escaping () -> Bool) throws -> [Result]
    ) throws {
        let interrupt = self.interrupt ?? Interrupt()
        defer { if self.interrupt == nil { interrupt.end() } }
        var waiting: [Job] = []
        for entry in try source.entries().prefix(numbers.count) {
            waiting += keys(entry.number).filter { results[$0] == nil }.map { (entry, $0) }
            while waiting.count >= count {
                try attempt(Array(waiting.prefix(count)), with: tool(), interrupt, measure)
                waiting.removeFirst(count)
            }
        }
        if !waiting.isEmpty { try attempt(waiting, with: tool(), interrupt, measure) }
        progress.finish()
    }

    private mutating func attempt<Tool>(
        _ tasks: [Job], with tool: Tool, _ interrupt: Interrupt,
        _ measure: (Tool, [Job], @escaping () -> Bool) throws -> [Result]
    ) throws {
        let isBad = Set(skipped.map(\.line))
        let tasks = tasks.filter { !isBad.contains($0.entry.number) }
        if tasks.isEmpty { return }
        // Making the tool may have taken long.
        if interrupt.isRequested { try stop() }
        do {
            for result in try measure(tool, tasks, { interrupt.isRequested }) { try keep(result) }
        } catch SampleError.entry(_, let cause) where cause is CancellationError {
            try stop()
        } catch is CancellationError {
            try stop()
        } catch {
            let cause: any Error = if case SampleError.entry(_, let cause) = error { cause } else { error }
            guard Self.isFaultOfData(cause) else {
                progress.finish()
                throw error
            }
            if tasks.count > 1 {
                for task in tasks { try attempt([task], with: tool, interrupt, measure) }
                return
            }
            guard skipsBad else {
                progress.finish()
                throw BadSample(place: tasks[0].entry.place, cause: cause)
            }
            try skip(tasks[0].entry, because: cause)
            progress.advance()
            return
        }
        for number in Set(tasks.map { $0.entry.number }) where isDone(number) { progress.advance() }
    }

    /// The results to be summed up, those of skipped samples left out, in their order.
    /// - Throws: a sentence if there are none.
    func countedResults() throws -> [Result] {
        let skipped = Set(skipped.map(\.line))
        let counted = numbers.filter { !skipped.contains($0) }.flatMap { keys($0).compactMap { results[$0] } }
        guard counted.isEmpty, let first = self.skipped.first else { return counted }
        throw SampleError.content(
            "None of the \(numbers.count) samples of \(source.name) could be measured; what is wrong with the first, number "
                + "\(first.line): \(first.reason.hasSuffix(".") ? String(first.reason.dropLast()) : first.reason)")
    }

    /// What the work has cost, and what was left out.
    var closingNote: String {
        let seconds = began.duration(to: .now).seconds
        let left = skipped.isEmpty ? "" : ", \(skipped.count) left out"
        return
            "\(measured) results in \(seconds.fixed(1)) s (\((Double(measured) / max(seconds, 1e-9)).fixed(2)) per "
            + "second)\(left), peak memory \(System.peakResidentMiB) MiB"
    }

    private mutating func keep(_ result: Result) throws {
        try folder?.append(result)
        results[result.key] = result.kept
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
        Output.note(
            "Stopped with \(asked.count(where: isDone)) of \(asked.count) \(title) measured. "
                + (folder == nil ? "Nothing is kept without --output." : Interrupt.goesOn))
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

/// Something that is opened when it is first needed, such as a model.
final class OpenedOnce<Value> {
    private let open: () throws -> Value
    private var value: Value?

    init(_ open: @escaping () throws -> Value) { self.open = open }

    /// The value, opened the first time.
    func callAsFunction() throws -> Value {
        if let value { return value }
        let new = try open()
        value = new
        return new
    }
}
