import ArgumentParser
import Evaluation
import Foundation
import Microworld
import QwenVL
import Samples

/// Which questions are put, and how.
struct EvalQuestions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            The set that --data holds: \(BenchmarkSet.allCases.map(\.rawValue).joined(separator: ", ")), or VLMEvalKit's name \
            of it. Unless given, the file's name or its columns say. May be given once for every --data.
            """)
    var benchmark: [BenchmarkSet] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help:
            "A file of a benchmark, or microworld[:SPLIT]; may be given several times, for one table over several sets."
    )
    var data: [String] = []

    @Option(parsing: .unconditional, help: "The first questions of each file only; of the microworld 200 unless given.")
    var limit: Int?

    @Option(help: "Questions of this split only, where the file says one (MMMU: dev, validation).")
    var split: String?

    @Option(
        help: """
            How questions are put: kit (as VLMEvalKit prompts Qwen2.5-VL), kit-cot (its prompts that ask for reasoning), custom \
            (its prompts for Qwen2-VL), or reasoning (asks for <think> and <answer>).
            """)
    var style = PromptStyle.kit

    @Option(
        parsing: .unconditional,
        help:
            "The smallest area of a picture in pixels; 1003520 unless given, as VLMEvalKit has it, of the microworld the model's own."
    )
    var minPixels: Int?

    @Option(
        parsing: .unconditional,
        help: "The largest area of a picture in pixels; 12845056 unless given, of the microworld the model's own.")
    var maxPixels: Int?

    @Flag(help: "Leave out questions that cannot be put, and say so, instead of stopping at the first.")
    var skipBad = false

    func validate() throws {
        if data.isEmpty, benchmark != [.microworld] {
            throw ValidationError("Give --data, a file of a benchmark; or --benchmark microworld, which takes none.")
        }
        if benchmark.count > 1, benchmark.count != data.count {
            throw ValidationError(
                "There are \(benchmark.count) times --benchmark for \(data.count) times --data; give one for all, or one for each."
            )
        }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1, got \(limit).") }
        for (name, value) in [("--min-pixels", minPixels), ("--max-pixels", maxPixels)] {
            if let value, value < 1 { throw ValidationError("\(name) must be at least 1, got \(value).") }
        }
        if let minPixels, let maxPixels, minPixels > maxPixels {
            throw ValidationError("--min-pixels \(minPixels) is more than --max-pixels \(maxPixels).")
        }
    }

    /// The files, opened.
    func sources() throws -> EvalSources {
        var sources: [any BenchmarkSource] = []
        for (place, name) in (data.isEmpty ? ["microworld"] : data).enumerated() {
            let set = benchmark.count == 1 ? benchmark[0] : benchmark.isEmpty ? nil : benchmark[place]
            if MicroworldData.isNamed(name) {
                guard set == nil || set == .microworld, let world = try MicroworldData(named: name) else {
                    throw SampleError.content("\(name) holds the microworld, not \(set?.title ?? "")")
                }
                sources.append(
                    try MicroworldBenchmark(world.questions, count: limit ?? world.defaultLimit ?? 200))
            } else {
                sources.append(try BenchmarkFile(URL(fileURLWithPath: name), set: set))
            }
        }
        return EvalSources(all: sources)
    }

    /// Between which areas pictures of a set are brought; nil leaves it to the model.
    func pixels(of set: BenchmarkSet) -> PixelRange? {
        if set == .microworld, minPixels == nil, maxPixels == nil { return nil }
        return PixelRange(
            minPixels: minPixels ?? min(PixelRange.kit.minPixels, maxPixels ?? .max),
            maxPixels: maxPixels ?? max(PixelRange.kit.maxPixels, minPixels ?? 0))
    }

    /// What of this decides answers; which questions are asked does not.
    var settings: [RunSetting] {
        [
            RunSetting("--style", style.rawValue),
            RunSetting("--min-pixels", minPixels.map(String.init) ?? "as usual"),
            RunSetting("--max-pixels", maxPixels.map(String.init) ?? "as usual"),
        ]
    }
}

extension BenchmarkSet: ExpressibleByArgument {
    /// The set of some name, see `init(named:)`.
    public init?(argument: String) { self.init(named: argument) }
}

extension PromptStyle: ExpressibleByArgument {}

/// The files of a run.
struct EvalSources {
    let all: [any BenchmarkSource]

    /// Set by set, in the order in which they were given.
    var bySet: [(set: BenchmarkSet, sources: [any BenchmarkSource])] {
        var sets: [BenchmarkSet] = []
        for source in all where !sets.contains(source.set) { sets.append(source.set) }
        return sets.map { set in (set, all.filter { $0.set == set }) }
    }

    var files: [BenchmarkFile] { all.compactMap { $0 as? BenchmarkFile } }
}
