import ArgumentParser
import Evaluation
import Foundation
import QwenVL
import Samples
import Torch

/// `avar bench-pictures`: a benchmark's pictures from its file to the model's input, timed.
struct BenchPicturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-pictures",
        abstract: "Times reading, decoding, scaling and cutting the pictures of a benchmark's file.",
        discussion:
            "Prints one line of JSON with the keys of Benchmarks/evaluation/pictures.py, which does the same with transformers. "
            + "The sum of all samples tells that both make the same of the pictures.")

    @OptionGroup var place: ModelPlace

    @Option(help: "A file of a benchmark.")
    var data: String

    @Option(parsing: .unconditional, help: "The first pictures only.")
    var limit: Int?

    @Option(parsing: .unconditional, help: "The smallest area of a picture in pixels.")
    var minPixels = PixelRange.kit.minPixels

    @Option(parsing: .unconditional, help: "The largest area of a picture in pixels.")
    var maxPixels = PixelRange.kit.maxPixels

    @Option(parsing: .unconditional, help: "Threads that each prepare a picture.")
    var workers = 2

    @Option(parsing: .unconditional, help: "Threads of one operation.")
    var threads = 1

    @Option(help: "Runs that count, after one that does not.")
    var runs = 3

    /// What came of it.
    private struct Result: Encodable {
        var command = "pictures"
        var pictures = 0
        var patches = 0
        var sum = 0.0
        var seconds = 0.0
        var minSeconds = 0.0
        var picturesPerSecond = 0.0
        var peakRssMib = 0
    }

    func validate() throws {
        for (name, value) in [("--workers", workers), ("--threads", threads), ("--runs", runs)] where value < 1 {
            throw ValidationError("\(name) must be at least 1, got \(value).")
        }
        if minPixels < 1 || maxPixels < minPixels {
            throw ValidationError("--min-pixels must be at least 1 and at most --max-pixels.")
        }
    }

    func run() throws {
        try Runtime.setThreadCount(threads)
        let folder = try place.folder()
        let stored = try ImageProcessorConfiguration(
            contentsOf: folder.appendingPathComponent("preprocessor_config.json"))
        let processor = ImageProcessor(
            PixelRange(minPixels: minPixels, maxPixels: maxPixels).applied(to: stored))
        let file = try BenchmarkFile(URL(fileURLWithPath: data))
        var result = Result()
        let times = try Stopwatch.times(runs: runs) { result = try pass(file, processor) }
        (result.seconds, result.minSeconds) = (times.median, times.min() ?? 0)
        result.picturesPerSecond = Double(result.pictures) / times.median
        result.peakRssMib = System.peakResidentMiB
        try Output.json(result)
    }

    private func pass(_ file: BenchmarkFile, _ processor: ImageProcessor) throws -> Result {
        var result = Result()
        let questions = try file.questions()
        let made = OrderedPrefetch(threads: workers, ahead: 2 * workers) {
            questions.next()
        } make: { entry in
            let question = try entry.question()
            return try question.pictures.map { picture -> (patches: Int, sum: Double) in
                let values = try processor([picture.image()]).pixelValues
                return (values.shape[0], try values.sum().item())
            }
        }
        while result.pictures < limit ?? .max, let pictures = try made.next()?.get() {
            for picture in pictures {
                result.pictures += 1
                result.patches += picture.patches
                result.sum += picture.sum
            }
        }
        return result
    }
}
