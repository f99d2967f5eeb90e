import ArgumentParser
import Foundation
import QwenVL
import VisualAttention

/// `avar demo`: the whole measure on real pictures, with the small checkpoint of this repository.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Answers easy-VQA questions with a small checkpoint, and shows where it looked.",
        discussion:
            "Each question is answered twice, with its own picture and with another: what a model gets right without "
            + "the right picture, it did not see. Run it through make demo, which fetches the questions and pictures.")

    @Option(help: "The folder of the checkpoint.")
    var model = "Checkpoints/easy-vqa"

    @Option(help: "The folder of the set: test.jsonl and the pictures it names.")
    var data = ".data/easy-vqa"

    @Option(help: "How many of the test questions to ask.")
    var limit = 300

    @Option(help: "Write the answers and the attention to this file, as JSON.")
    var output: String?

    @Flag(help: "Print one line of JSON instead of the table.")
    var json = false

    @OptionGroup var runtime: RuntimeOptions

    func validate() throws {
        if limit < 2 { throw ValidationError("--limit must be at least 2, got \(limit).") }
    }

    func run() throws {
        let began = ContinuousClock.now
        let assistant = try VisualAssistant(folder: URL(fileURLWithPath: model, isDirectory: true), runtime: runtime)
        let set = try EasyVQA(folder: URL(fileURLWithPath: data, isDirectory: true), limit: limit)
        let right = try Exam(assistant).sit(
            set, pictures: set.questions.map(\.image), title: "right pictures", observes: true)
        let shuffled = try Exam(assistant).sit(
            set, pictures: set.shuffledPictures, title: "shuffled pictures", observes: false)
        let report = DemoReport(
            right: right, shuffled: shuffled, parameters: assistant.model.parameters.parameterCount,
            seconds: began.duration(to: .now).seconds)
        if let output { try write(report, to: output) }
        if json { return try Output.json(report) }
        report.lines(model: model).forEach(Output.line)
    }

    private func write(_ report: DemoReport, to path: String) throws {
        do {
            try Output.encoded(report).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw QwenVLError.unwritable(path: path, reason: JSONFile.reason(of: error))
        }
    }
}
